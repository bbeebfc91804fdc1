"""Questions of researchers over the whole graph: what compares, what is missing, how it hangs together."""

from __future__ import annotations

import strawberry

from schema.asking import CountedConnection
from schema.comparability import ComparabilityType, compare
from schema.feed import PublishedChangesConnection, find_changes
from schema.frameworks import FrameworkComparisonType, compare_frameworks
from schema.matrix import MatrixCellType, find_matrix
from schema.permissions import PUBLIC, decided
from schema.snapshots import SnapshotType, find_snapshot
from schema.statistics import AllianceStatistics, find_statistics
from schema.weights import costs


@strawberry.type
@decided(PUBLIC)
class Exploring:
    """The questions of researchers; inherited by the root."""

    comparability: ComparabilityType | None = strawberry.field(
        resolver=compare,
        metadata=costs(5),
        description="How an outcome stands to an accreditation unit 可比性: statements by dimension, credit, "
        "level and hours. Null where either is not seen.",
    )
    framework_comparison: FrameworkComparisonType | None = strawberry.field(
        resolver=compare_frameworks,
        metadata=costs(5),
        description="Two framework editions side by side 框架比较, and what the one states "
        "differently from the other. Null where either is not seen.",
    )
    alliance_statistics: AllianceStatistics | None = strawberry.field(
        resolver=find_statistics,
        metadata=costs(30),
        description="Who recognises whom in an alliance, what nothing leads to, and on which units most "
        "hangs 联盟统计. Null where the alliance is not seen.",
    )
    matrix: CountedConnection[MatrixCellType] = strawberry.field(
        resolver=find_matrix,
        metadata=costs(40),
        description="Outcomes counted along three axes 矩阵: `level`, `industry` (rolled up to "
        "`industryRank`) and `outcomeClass`; each cell also counts the units its outcomes are mapped to and "
        "the rules that name them. Cells without an outcome are left out.",
    )
    published_changes: PublishedChangesConnection = strawberry.field(
        resolver=find_changes,
        metadata=costs(10),
        description="What was published, closed, corrected and retracted 发布动态, oldest first. A page may "
        "be short; its end always goes on, also later, and nothing is told twice or left out.",
    )
    snapshot: SnapshotType = strawberry.field(
        resolver=find_snapshot, description="What questions as of then are answered from 快照."
    )
