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
from graph.model.values import Versioned
from graph.naming import naming
from graph.things import Page
from schema.arguments import After, First
from schema.asking import connected, loaders
from schema.errors import Refusal
from schema.loaders import NESTED, paging
from schema.permissions import PUBLIC, decided

Depth = Annotated[int, strawberry.argument(description="At most so many steps down, 1 to 24.")]


@strawberry.type(description="How much there is at a thing and at all below it; each counted once.")
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
        description="Outcomes of these classes, or issued by these institutions."
    )
    rules: int = strawberry.field(
        description="Rules that ask for, grant or deny one of these classes' units or outcomes, or by which "
        "these institutions recognise."
    )


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
        root: Any, info: Info, max_depth: Depth = DEEPEST, first: First = NESTED, after: After = None
    ) -> Any:
        if not 1 <= max_depth <= DEEPEST:
            raise Refusal("BAD_DEPTH", value=max_depth, limit=DEEPEST)
        at, (count, start) = loaders(info).moment_of(info), paging(first, after)
        below = descendants(await loaders(info).view(struct, at), (root.key,), max_depth)
        keys = sorted(key for key in below if key > start)
        found = await loaders(info).many(struct, tuple(keys[:count]), at)
        return connected(Page(tuple(thing for thing in found if thing), more=len(keys) > count))

    return resolve


async def count_subtree(root: Any, info: Info) -> SubtreeCounts:
    """Count what is at this thing and below it."""
    own, at, struct = loaders(info), loaders(info).moment_of(info), type(root)
    view = await own.view(struct, at)
    views = {of: await own.view(of, at) for of in (Institution, Unit, Outcome, Rule)}
    return await asyncio.to_thread(_counted, struct, view, views, root.key)


def _counted(struct: Any, view: View[Any], views: dict[Any, View[Any]], key: str) -> SubtreeCounts:
    keys = with_descendants(view, (key,))
    members = naming(views[Institution], _MEMBERS[struct], keys)
    owners = members if struct is Region else keys
    units = naming(views[Unit], "industries" if struct is Industry else "owner", owners)
    outcomes = naming(views[Outcome], "industries" if struct is Industry else "issuer", owners)
    rules = ruling(views[Rule], units | outcomes) if struct is Industry else None
    return SubtreeCounts(
        descendants=len(keys) - 1,
        institutions=len(members),
        units=len(units),
        outcomes=len(outcomes),
        rules=len(naming(views[Rule], "institution", owners) if rules is None else rules),
    )


def ruling(rules: View[Any], keys: frozenset[str]) -> frozenset[str]:
    """Give the rules that ask for, grant or deny one of these units and outcomes."""
    return naming(rules, "asked", keys) | naming(rules, "granted", keys)


_MEMBERS: Final = {Industry: "industries", Region: "region", Institution: "key"}
_MOST_ABOVE: Final = 200
