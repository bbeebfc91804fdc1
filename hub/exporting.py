"""What an export is asked for, whichever door it came through: its filter, its moment, and its refusals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
from strawberry import Schema

from graph.exchange.share.selection import Selection, SelectsNothing
from graph.fingerprint import NOTHING
from graph.model.concepts import BY_STRUCT, Concept
from graph.moment import Moment
from graph.publication import Publication
from hub.body import read_json
from schema.errors import Refusal
from schema.filter_text import passing_keys, read_filter, said
from schema.filters import FILTERS, GovernedFilter
from schema.loaders import Loaders

FILTERED: Final = tuple(sorted(BY_STRUCT[struct].file for struct in FILTERS))
"""The concepts whose exports take a filter."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter, and its one spelling."""

    where: GovernedFilter
    text: str


def read_given(schema: Schema, concept: Concept, text: str) -> Filter:
    """Read a filter as it came; `Refusal` where it is no JSON, or a query's list would refuse it."""
    if concept.struct not in FILTERS:
        raise Refusal("FILTER_NOT_SERVED", concept=concept.file, concepts=", ".join(FILTERED))
    given = _json(text, FILTERS[concept.struct].__name__)
    where = read_filter(schema, concept.struct, given)
    return Filter(where, msgspec.json.encode(given, order="sorted").decode())


def _json(text: str, wanted: str) -> Any:
    try:
        return read_json(text.encode(errors="surrogateescape"))
    except Refusal as refusal:
        if refusal.code.name != "BODY_NOT_JSON":
            raise
        raise Refusal("BAD_FILTER", type=wanted, why=f"no JSON, {refusal.facts['why']}.") from refusal


async def narrowed(loaders: Loaders, selection: Selection, given: Filter, at: Moment) -> Selection:
    """Narrow a selection to what the API's list would list by the filter; `Refusal` where that is nothing."""
    keys = await passing_keys(loaders, selection.concept.struct, given.where, at)
    for unknown in loaders.warnings:
        name = str(unknown.facts["filter"]).replace("where", "filter", 1)
        raise Refusal("EXPORT_SELECTS_NOTHING", parameter=name, value=unknown.facts["value"])
    if not keys:
        raise Refusal("EXPORT_SELECTS_NOTHING", parameter="filter", value=said(given.text))
    return replace(selection, within=keys)


async def demand_known(publication: Publication, at: Moment) -> None:
    """Raise `Refusal` EXPORT_KNOWS_NOTHING where nothing was published yet: an empty file would hide it."""
    if await publication.fingerprint(at.known_at) == NOTHING:
        raise Refusal("EXPORT_KNOWS_NOTHING", known=at.known_at)


def refusal_of(error: SelectsNothing) -> Refusal:
    """Say which key or condition it is that selects nothing."""
    return Refusal("EXPORT_SELECTS_NOTHING", parameter=error.parameter, value=said(error.given))
