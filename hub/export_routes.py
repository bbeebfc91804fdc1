"""Exports over HTTP: what `alliance-hub export` writes, streamed from `GET /export/CONCEPT.FORM`.

An export is told by its selection and its moment, so its tag is known before anything is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from importlib.metadata import version
from typing import Final, TypeVar

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry import Schema

from graph.errors import GraphError
from graph.exchange.share.aside import aside
from graph.exchange.share.conditions import BadCondition, Condition, condition
from graph.exchange.share.forms import FORMS, Form
from graph.exchange.share.named import TooMany
from graph.exchange.share.selection import Chosen, Selection, SelectsNothing, Snapshot, chosen
from graph.model.concepts import BY_FILE, Concept
from graph.model.values import normalised, parts_of
from graph.moment import Moment
from hub.bounds import Exporting
from hub.exporting import Filter, demand_known, narrowed, read_given, refusal_of
from hub.knowledge import Knowledge
from hub.seats import Seats
from hub.validators import Freshness
from schema.errors import Refusal, translated
from schema.filter_text import said
from schema.loaders import AsOf, zoned

T = TypeVar("T")

ROOT: Final = "/export"
PART: Final = 64 * 1024  # bytes that are sent at a time, or somewhat more
OFTEN: Final = ("where", "key")
ONCE: Final = ("filter", "validOn", "knownAt")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for."""

    name: str
    form: Form
    selection: Selection
    filter: Filter | None
    valid_on: date | None
    known_at: datetime | None

    def told(self, at: Moment) -> bytes:
        """Tell the export apart from every other; the same is told of the same bytes."""
        said = (version("alliance-hub"), self.name, at.valid_on, at.known_at)
        given = (sorted(self.selection.keys), sorted(set(self.selection.where)))
        return msgspec.json.encode((said, *given, self.filter and self.filter.text))


def routes(knowledge: Knowledge, schema: Schema, bounds: Exporting, freshness: Freshness) -> list[Route]:
    """Give the routes; the guard lets them last as long as their bounds do."""
    return [Route(f"{ROOT}/{{name}}", Exports(knowledge, schema, bounds, freshness))]


class Exports:
    """The door for exports."""

    def __init__(self, knowledge: Knowledge, schema: Schema, bounds: Exporting, freshness: Freshness) -> None:
        self._knowledge, self._schema = knowledge, schema
        self._bounds, self._freshness = bounds, freshness
        self._seats = Seats(bounds.at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what goes wrong after the head was sent cuts the answer off."""
        request = Request(scope, receive)
        if request.method not in ("GET", "HEAD"):
            raise Refusal("METHOD_NOT_ALLOWED", allow="GET, HEAD")
        wanted = read(request.path_params["name"], request.query_params, self._bounds, self._schema)
        try:
            async with asyncio.timeout(self._bounds.seconds):
                await self._respond(wanted, request, send)
        except TimeoutError as error:
            raise Refusal("DEADLINE_EXCEEDED", seconds=self._bounds.seconds) from error
        except TooMany as error:
            limit = self._bounds.versions
            raise Refusal("EXPORT_TOO_LARGE", parameter="things", limit=limit) from error
        except SelectsNothing as error:
            raise refusal_of(error) from error
        except GraphError as error:
            raise translated(error) or error from error

    async def _respond(self, wanted: Wanted, request: Request, send: Send) -> None:
        publication = self._knowledge.publication
        at = await publication.moment(wanted.valid_on, wanted.known_at)
        await demand_known(publication, at)
        head = Response(headers={"content-disposition": _named(wanted.name, at)})
        head.headers["content-type"] = wanted.form.media
        head = self._freshness.tagged(head, wanted.told(at), request.headers)
        del head.headers["content-length"]
        if head.status_code == 304 or request.method == "HEAD":
            await head(request.scope, request.receive, send)
            return
        with self._seats.taken():
            named, most = wanted.form.named, self._bounds.versions
            selection = await self._selected(wanted, at)
            async with chosen(self._knowledge.store, selection, at, named=named, most=most) as found:
                head.headers["x-snapshot"] = _snapshot(found.snapshot)
                await self._stream(wanted.form, found, head, send)

    async def _selected(self, wanted: Wanted, at: Moment) -> Selection:
        if wanted.filter is None:
            return wanted.selection
        return await narrowed(self._knowledge.loaders(), wanted.selection, wanted.filter, at)

    async def _stream(self, form: Form, found: Chosen, head: Response, send: Send) -> None:
        pieces = form.write(found)
        part = await aside(_part, pieces)
        await send({"type": "http.response.start", "status": 200, "headers": head.raw_headers})
        while part:
            async with asyncio.timeout(self._bounds.unread):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            part = await aside(_part, pieces)
        await send({"type": "http.response.body", "body": b""})


def read(name: str, given: QueryParams, bounds: Exporting, schema: Schema) -> Wanted:
    """Read what is asked for; `Refusal` for what is unknown, could never hold, or is too much."""
    file, _, form = name.rpartition(".")
    if file not in BY_FILE or form not in FORMS:
        raise Refusal("EXPORT_UNKNOWN", concepts=", ".join(sorted(BY_FILE)), forms=", ".join(FORMS))
    for parameter in given:
        if parameter not in (*OFTEN, *ONCE):
            raise _bad(parameter, given[parameter], ", ".join((*OFTEN, *ONCE)))
    concept = BY_FILE[file]
    keys = [_key(concept, key) for key in _some(given, "key", bounds.keys)]
    where = tuple(_condition(concept, text) for text in _some(given, "where", bounds.conditions))
    selection = Selection(concept, frozenset(keys), where)
    chosen_by = _once(given, "filter", partial(read_given, schema, concept), "{...}")
    valid_on, known_at = _once(given, "validOn", date.fromisoformat, "2026-01-31"), _moment(given)
    zoned(AsOf(valid_on=valid_on, known_at=known_at))
    return Wanted(name, FORMS[form], selection, chosen_by, valid_on, known_at)


def _some(given: QueryParams, parameter: str, most: int) -> list[str]:
    found = given.getlist(parameter)
    if len(found) > most:
        raise Refusal("EXPORT_TOO_LARGE", parameter=parameter, limit=most)
    return found


def _key(concept: Concept, text: str) -> str:
    try:
        key = normalised(text)
        if not key:
            raise ValueError
        return ":".join(parts_of(key)) if concept.coded else key
    except ValueError as error:
        raise _bad("key", text, "scheme:edition:code" if concept.coded else "CODE") from error


def _condition(concept: Concept, text: str) -> Condition:
    try:
        return condition(concept.struct, text)
    except BadCondition as error:
        raise _bad("where", text, error.allowed) from error


def _moment(given: QueryParams) -> datetime | None:
    return _once(given, "knownAt", datetime.fromisoformat, "2026-01-31T08:00:00Z")


def _once(given: QueryParams, parameter: str, read: Callable[[str], T], allowed: str) -> T | None:
    texts = given.getlist(parameter)
    if not texts:
        return None
    try:
        if len(texts) == 1:
            return read(texts[0])
    except ValueError as error:
        raise _bad(parameter, texts[0], allowed) from error
    raise _bad(parameter, texts[1], f"{allowed} (once)")


def _bad(parameter: str, value: str, allowed: str) -> Refusal:
    return Refusal("BAD_EXPORT", parameter=said(parameter), value=said(value), allowed=allowed)


def _part(pieces: Iterator[bytes]) -> bytes:
    """Take pieces until there is a part to send; nothing is left of them when it is empty."""
    part = bytearray()
    for piece in pieces:
        part += piece
        if len(part) >= PART:
            break
    return bytes(part)


def _named(name: str, at: Moment) -> str:
    concept, _, form = name.rpartition(".")
    return f'attachment; filename="{concept}-{at.valid_on}.{form}"'


def _snapshot(snapshot: Snapshot) -> str:
    return f"hash={snapshot.hash}, valid={snapshot.valid}, known={snapshot.known}"
