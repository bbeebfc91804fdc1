"""Hierarchies in the API: what is above, what is below however deep, and how much there is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

import strawberry
from strawberry.types import Info

from graph.hierarchy import DEEPEST, ancestors, descendants, with_descendants
from graph.inventory import View
from graph.model.framework import Industry, Region
from graph.model.institutions import Institution
from graph.model.outcomes import Outcome, Unit
from graph.model.rules import Rule
from graph.model.values import IN_FORCE, Versioned
from graph.naming import in_force, naming, synthetic
from graph.things import Page
from schema.arguments import After, First, InStatus
from schema.asking import connected, counted, loaders, standing
from schema.errors import Refusal
from schema.loaders import NESTED, paging
from schema.permissions import PUBLIC, decided

Depth = Annotated[int, strawberry.argument(description="At most so many steps down, 1 to 24.")]


def _made(what: str) -> Any:
    return strawberry.field(description=f"How many of these {what} are synthetic 合成数据.")


@strawberry.type(
    description="How much there is at a thing and at all below it; each counted once. Only what is PUBLISHED "
    "counts: no draft, nothing suspended or retired."
)
@decided(PUBLIC)
class SubtreeCounts:
    """How much there is at a thing and below it."""

    descendants: int = strawberry.field(description="Things below it, itself not among them.")
    institutions: int = strawberry.field(
        description="Institutions in these classes or regions; of an institution, itself and its parts."
    )
    units: int = strawberry.field(
        description="Accreditation units of these classes, or established by these institutions."
    )
    outcomes: int = strawberry.field(
        description="Outcomes that name one of these classes themselves, or are issued by these "
        "institutions; those mapped to the classes' units are counted in `gaps`."
    )
    rules: int = strawberry.field(
        description="Rules in force that ask for, grant or deny one of these classes' units or outcomes, or "
        "by which these institutions recognise."
    )
    synthetic_descendants: int = _made("descendants")
    synthetic_institutions: int = _made("institutions")
    synthetic_units: int = _made("units")
    synthetic_outcomes: int = _made("outcomes")
    synthetic_rules: int = _made("rules")


def all_above(struct: type[Versioned]) -> Callable[..., Awaitable[Any]]:
    """Resolve everything above this thing, nearest first."""

    async def resolve(root: Any, info: Info) -> Any:
        at = loaders(info).moment_of(info)
        keys = ancestors(await loaders(info).view(struct, at), root.key)
        return await loaders(info).many(struct, tuple(keys)[:_MOST_ABOVE], at)

    return resolve


def all_below(struct: type[Versioned]) -> Callable[..., Awaitable[Any]]:
    """Resolve a page of everything below this thing, in order of keys."""

    async def resolve(
        root: Any,
        info: Info,
        max_depth: Depth = DEEPEST,
        statuses: InStatus = None,
        first: First = NESTED,
        after: After = None,
    ) -> Any:
        if not 1 <= max_depth <= DEEPEST:
            raise Refusal("BAD_DEPTH", value=max_depth, limit=DEEPEST)
        at, page = loaders(info).moment_of(info), paging(first, after)
        view, wanted = await loaders(info).view(struct, at), standing(statuses, IN_FORCE)
        found = descendants(view, (root.key,), max_depth)
        below = sorted(key for key in found if view.by_key[key].status in wanted)
        keys = [key for key in below if key > page.after]
        told = await loaders(info).many(struct, tuple(keys[: page.first]), at)
        more = len(keys) > page.first
        return connected(Page(tuple(one for one in told if one), more), counted(len(below)))

    return resolve


async def count_subtree(root: Any, info: Info) -> SubtreeCounts:
    """Count what is at this thing and below it."""
    own, at, struct = loaders(info), loaders(info).moment_of(info), type(root)
    view = await own.view(struct, at)
    views = {of: in_force(await own.view(of, at)) for of in (Institution, Unit, Outcome, Rule)}
    return await asyncio.to_thread(_counted, struct, view, views, root.key)


def _counted(struct: Any, view: View[Any], views: dict[Any, View[Any]], key: str) -> SubtreeCounts:
    keys = with_descendants(view, (key,))
    members = naming(views[Institution], _MEMBERS[struct], keys)
    owners = members if struct is Region else keys
    units = naming(views[Unit], "industries" if struct is Industry else "owner", owners)
    outcomes = naming(views[Outcome], "industries" if struct is Industry else "issuer", owners)
    if struct is Industry:
        rules = ruling(views[Rule], units | outcomes)
    else:
        rules = naming(views[Rule], "institution", owners)
    here = in_force(view)
    below = frozenset(here.by_key) & (keys - {key})
    return SubtreeCounts(
        descendants=len(below),
        institutions=len(members),
        units=len(units),
        outcomes=len(outcomes),
        rules=len(rules),
        synthetic_descendants=synthetic(here, below),
        synthetic_institutions=synthetic(views[Institution], members),
        synthetic_units=synthetic(views[Unit], units),
        synthetic_outcomes=synthetic(views[Outcome], outcomes),
        synthetic_rules=synthetic(views[Rule], rules),
    )


def ruling(rules: View[Any], keys: frozenset[str]) -> frozenset[str]:
    """Give the rules that ask for, grant or deny one of these units and outcomes."""
    return naming(rules, "asked", keys) | naming(rules, "granted", keys)


_MEMBERS: Final = {Industry: "industries", Region: "region", Institution: "key"}
_MOST_ABOVE: Final = 200
