"""Unit coverage 单元覆盖: which outcomes cover which statements of a unit, and what nobody covers."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types import Info

from graph.covering import covers
from graph.model.outcomes import Mapping, Outcome, Statement, Unit
from graph.model.values import APPROVED, Status
from graph.things import MOST
from schema.asking import loaders
from schema.loaders import Paging
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.units import StatementType
from schema.weights import costs


@strawberry.type(description="The outcomes that cover one statement of a unit.")
@decided(PUBLIC)
class StatementCoverage:
    """The outcomes that cover one statement."""

    statement: StatementType = strawberry.field(description="The statement.")
    covered_by: list[OutcomeType] = strawberry.field(
        metadata=costs(size=10),
        description="The published outcomes live then whose approved mappings name it, or are whole.",
    )


@strawberry.type(description="Which outcomes cover which statements of a unit 单元覆盖.")
@decided(PUBLIC)
class UnitCoverage:
    """Which outcomes cover which statements."""

    statements: list[StatementCoverage] = strawberry.field(
        metadata=costs(size=6), description="Every statement of the unit, in its order."
    )
    uncovered: list[StatementType] = strawberry.field(
        metadata=costs(size=6), description="The statements that no outcome covers."
    )
    whole: list[OutcomeType] = strawberry.field(
        metadata=costs(size=10), description="The outcomes that cover the whole unit, each alone."
    )
    mapping_count: int = strawberry.field(
        description="The approved mappings that were looked at, of outcomes live then."
    )
    synthetic_mapping_count: int = strawberry.field(
        description="How many of these mappings are synthetic 合成数据."
    )
    all_mappings_read: bool = strawberry.field(
        description="Whether all mappings of the unit were looked at: the first 500 are, in order of codes. "
        "It does not say that every statement is covered: that is an empty `uncovered`."
    )


async def cover(root: Unit, info: Info) -> UnitCoverage:
    """Tell which outcomes cover which statements of this unit."""
    own, at = loaders(info), loaders(info).moment_of(info)
    page = await own.mappings("unit", root.key, at, Paging(MOST, statuses=APPROVED))
    keys = tuple(sorted({mapping.outcome for mapping in page.things}))
    found = [outcome for outcome in await own.many(Outcome, keys, at) if outcome is not None]
    live = [outcome for outcome in found if outcome.status is Status.PUBLISHED]
    seen = {outcome.key for outcome in live}
    mappings = tuple(mapping for mapping in page.things if mapping.outcome in seen)
    return _covered(root, mappings, live, complete=not page.more)


def _covered(
    unit: Unit, mappings: tuple[Mapping, ...], live: list[Outcome], *, complete: bool
) -> UnitCoverage:
    def by(statement: Statement) -> list[Outcome]:
        keys = {mapping.outcome for mapping in mappings if covers(mapping, statement.code)}
        return [outcome for outcome in live if outcome.key in keys]

    rows: list[Any] = [(statement, by(statement)) for statement in unit.statements]
    whole = {mapping.outcome for mapping in mappings if mapping.whole}
    alone: list[Any] = [outcome for outcome in live if outcome.key in whole]
    return UnitCoverage(
        statements=[StatementCoverage(statement=one, covered_by=outcomes) for one, outcomes in rows],
        uncovered=[one for one, outcomes in rows if not outcomes],
        whole=alone,
        mapping_count=len(mappings),
        synthetic_mapping_count=sum(mapping.synthetic for mapping in mappings),
        all_mappings_read=complete,
    )
