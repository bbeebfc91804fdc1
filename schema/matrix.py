"""The matrix in the API: outcomes by level, industry and class."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from graph.inventory import View
from graph.linkage import Linkage
from graph.matrix import RANKS, matrix
from graph.model.framework import Industry
from graph.model.outcomes import Mapping, Outcome, OutcomeClass, Unit
from graph.model.rules import Rule
from graph.moment import Moment
from graph.picking import passing
from schema.arguments import After, As, First
from schema.asking import loaders, neighbour
from schema.errors import Refusal
from schema.filtering import tests_of
from schema.filters import OutcomeFilter
from schema.framework import IndustryType, LevelRefType
from schema.loaders import FIRST, Loaders
from schema.permissions import PUBLIC, decided
from schema.slices import sliced


def _class(root: Any) -> OutcomeClass:
    return OutcomeClass(root.outcome_class)


@strawberry.type(
    name="MatrixCell",
    description="A cell: how much there is of one level (first axis), one industry class (second axis) and "
    "one class of outcomes (third axis). Cells come in order of the axes; what has no level or no industry "
    "comes last on that axis.",
)
@decided(PUBLIC)
class MatrixCellType:
    """A cell of the matrix."""

    level: LevelRefType | None = strawberry.field(
        description="First axis 等级: the level; null: of no level."
    )
    industry: IndustryType | None = strawberry.field(
        resolver=neighbour("industry", Industry),
        description="Second axis 行业: the industry class; null: of none that is seen.",
    )
    outcome_class: OutcomeClass = strawberry.field(
        resolver=_class, description="Third axis 成果类别: the class of outcomes."
    )
    outcomes: int = strawberry.field(description="The outcomes, each once in a cell.")
    mapped_units: int = strawberry.field(
        description="The published units that one of them is mapped to, by approved mappings."
    )
    naming_rules: int = strawberry.field(
        description="The rules in force that ask for, grant or deny one of them."
    )
    synthetic_outcomes: int = strawberry.field(
        description="How many of these outcomes are synthetic 合成数据."
    )
    synthetic_mapped_units: int = strawberry.field(
        description="How many of these units are synthetic 合成数据."
    )
    synthetic_naming_rules: int = strawberry.field(
        description="How many of these rules are synthetic 合成数据."
    )


Where = Annotated[
    OutcomeFilter | None,
    strawberry.argument(description="Which outcomes are counted. Default: all published ones."),
]
Rank = Annotated[
    int,
    strawberry.argument(
        description="How fine the second axis is: the rank that industry classes are rolled up to, 1 "
        "(topmost) to 12. A class of that rank or above stands for itself; one with several classes above "
        "counts in each."
    ),
]


async def find_matrix(
    info: Info,
    where: Where = None,
    industry_rank: Rank = 1,
    first: First = FIRST,
    after: After = None,
    as_of: As = None,
) -> Any:
    """Count outcomes by level, industry and class."""
    own = loaders(info)
    at = await own.moment(info, as_of)
    if not 1 <= industry_rank <= RANKS:
        raise Refusal("BAD_RANK", value=industry_rank, limit=RANKS)
    tests = await tests_of(own, Outcome, where, at)
    outcomes, industries = await own.view(Outcome, at), await own.view(Industry, at)
    linkage = await _linkage(own, outcomes, at)
    cells = await asyncio.to_thread(
        lambda: matrix(passing(outcomes, tests), industries, industry_rank, linkage)
    )
    return sliced(cells, first, after)


async def _linkage(own: Loaders, outcomes: View[Any], at: Moment) -> Linkage:
    rules, mappings, units = [await own.view(struct, at) for struct in (Rule, Mapping, Unit)]

    def make(_view: View[Any]) -> Linkage:
        found = Linkage(rules, mappings, outcomes, units)
        _ = found.units, found.rules
        return found

    return await asyncio.to_thread(outcomes.kept, "linkage", make)
