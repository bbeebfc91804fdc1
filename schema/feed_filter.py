"""The filter of the feed: kinds of things, some things by key, and what is under an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import strawberry

from graph.feed import EVERYTHING, Narrow, Wanted
from graph.model.concepts import CONCEPTS, Concept
from graph.model.institutions import Agreement
from graph.model.outcomes import Mapping
from graph.model.rules import Rule
from graph.model.values import Versioned
from graph.moment import Moment
from schema.concept_names import ConceptName
from schema.errors import Refusal
from schema.filtering import each
from schema.loaders import Loaders
from schema.scalars import CodeText, read_code, read_key, shown


@strawberry.input(description="What a change must be of to be told; every field given must hold.")
class PublishedChangeFilter:
    """A filter of the feed."""

    concepts: list[ConceptName] | None = strawberry.field(
        default=None, description="Of a thing of one of these kinds."
    )
    keys: list[str] | None = strawberry.field(
        default=None,
        description="Of one of these things, by key or by bare code, as `key` of a change writes them.",
    )
    agreements: list[CodeText] | None = strawberry.field(
        default=None,
        description="Of one of these agreements, or of a rule of which any version is under one of them.",
    )


ChangedWhere = Annotated[
    PublishedChangeFilter | None,
    strawberry.argument(
        description="What the changes must be of. Default: anything. A cursor may be gone on from with "
        "another filter."
    ),
]


class Spelled(NamedTuple):
    """Keys as concepts with coded keys spell them, and as the others do."""

    coded: frozenset[str]
    bare: frozenset[str]

    def of(self, concept: Concept) -> frozenset[str]:
        """Give them as one concept spells them."""
        return self.coded if concept.coded else self.bare


async def read_wanted(own: Loaders, where: PublishedChangeFilter | None, at: Moment) -> Wanted:
    """Give what is asked about, by concept; a concept of which nothing can be told is left out."""
    if where is None:
        return EVERYTHING
    named = None if where.concepts is None else {one.value for one in each(_same, where.concepts)}
    keyed = None if where.keys is None else await _spelled(own, where.keys, at)
    under = None if where.agreements is None else await _under(own, where.agreements, at)
    found: dict[int, Narrow | None] = {}
    for place, concept in enumerate(CONCEPTS):
        bounds = [keyed.of(concept)] if keyed is not None else []
        bounds += [under.get(concept.struct, frozenset())] if under is not None else []
        keys = frozenset.intersection(*bounds) if bounds else None
        if (named is None or concept.name in named) and keys != frozenset():
            found[place] = None if keys is None else await _narrow(own, concept, keys, at)
    return found


async def warn_of_silent(
    own: Loaders, where: PublishedChangeFilter | None, heard: frozenset[str], at: Moment
) -> None:
    """Warn of keys of which the feed tells nothing at all; not where other fields narrow it too."""
    if where is None or where.keys is None or where.concepts is not None or where.agreements is not None:
        return
    for text in where.keys:
        spelled = await _spelled(own, [text], at)
        if heard.isdisjoint(spelled.coded | spelled.bare):
            own.warn("FILTER_VALUE_UNKNOWN", filter="where.keys", value=shown(text))


async def _narrow(own: Loaders, concept: Concept, keys: frozenset[str], at: Moment) -> Narrow:
    """Say where the keys are found: a mapping has no place of its own but that of its unit."""
    if concept.struct is not Mapping:
        return Narrow(keys, tuple(sorted(keys)))
    found = {one.key: one.unit for one in await own.sketches(Mapping, at) if one.key in keys}
    return Narrow(frozenset(found), tuple(sorted({*found.values()})))


async def _spelled(own: Loaders, texts: Sequence[str], at: Moment) -> Spelled:
    read = each(_both, texts)
    coded = [key for key, _ in read if key is not None]
    bare = frozenset(code for _, code in read if code is not None)
    return Spelled(frozenset(await own.spelled(coded, at)), bare)


def _both(text: str) -> tuple[str | None, str | None]:
    """Read a text as a key and as a bare code; `Refusal` of the second where it is neither."""
    try:
        key = read_key(text)
    except Refusal:
        return None, read_code(text)
    try:
        return key, read_code(text)
    except Refusal:
        return key, None


async def _under(own: Loaders, texts: Sequence[str], at: Moment) -> dict[type[Versioned], frozenset[str]]:
    """Give the agreements, and the rules that were ever under one of them; unknown ones are warned of."""
    codes = each(read_code, texts)
    known = {one.key for one in await own.sketches(Agreement, at)}
    for code in codes:
        if code not in known:
            own.warn("FILTER_VALUE_UNKNOWN", filter="where.agreements", value=shown(code))
    wanted = frozenset(codes)
    rules = frozenset(one.key for one in await own.sketches(Rule, at) if one.agreement in wanted)
    return {Agreement: wanted, Rule: rules}


def _same(one: ConceptName) -> ConceptName:
    return one
