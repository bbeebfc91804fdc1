"""Tapes: a source's real answers about one learner, without the learner, to be played again in tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from connectors.call import Call
from connectors.contract import Manifest, Secret, Settings, settings_of
from connectors.decoding import markup, strict
from connectors.decoding.text import Reading, plain
from connectors.errors import Misdeclared, SourceError, SourceUnreadable
from connectors.expressions import XPATH
from connectors.graphql import GraphQLSettings
from connectors.masking import Mask, Path
from connectors.policy import Policy
from connectors.records import LearnerKey, Record
from connectors.rest import RestSettings
from connectors.rest.settings import Nested
from connectors.rig import Played, script
from connectors.session import Session
from connectors.sifting import sift
from connectors.source import Source, fitting
from connectors.transport import Answer, Limits, Request, Transport

VERSION: Final = 1
UNSAID: Final = "unsaid"
SENT: Final = frozenset({"headers", "params", "body", "form", "variables"})
"""Parts of declarations that are sent."""
NOT_TAPED: Final = (
    "nothing went over HTTP, and a tape holds answers of HTTP only. For files keep a small export with"
    " invented rows beside your tests; for sql a small SQLite file with the same views; a connector in"
    " Python that reads elsewhere plays its source in the stage of its conformance tests"
)
UNREADABLE: Final = (
    "masked, the answer cannot be read again: name with --keep what else is public, path by path"
)
HEADERS: Final = ("content-type", "link")
_DOTTED: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_NAME: Final = re.compile(r"@?[^\W\d][\w-]*|text\(\)")
_QUOTED: Final = re.compile(r"'[^']*'|`[^`]*`")
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


class Exchange(Struct, frozen=True, kw_only=True):
    """One request (what was asked for, never of whom) and its masked answer."""

    method: str
    place: str
    status: int
    headers: dict[str, str] = {}
    body: str = ""


class Tape(Struct, frozen=True, kw_only=True):
    """What one question came to: ``settings`` without secrets, the exchanges, and the records they give."""

    tape: int = VERSION
    source: str
    connector: str
    codec: str = "utf-8"
    learner: LearnerKey
    settings: dict[str, Any]
    exchanges: tuple[Exchange, ...]
    records: tuple[Record, ...] = ()

    def __repr__(self) -> str:
        return f"<Tape of {self.source}, {len(self.exchanges)} exchanges>"


class _Listening:
    """A transport that remembers what passes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.heard: list[tuple[Request, Answer]] = []

    async def send(self, request: Request, limits: Limits) -> Answer:
        answer = await self._transport.send(request, limits)
        self.heard.append((request, answer))
        return answer

    async def close(self) -> None:
        await self._transport.close()


async def record(source: Source, learner: LearnerKey, transport: Transport, keep: Iterable[str]) -> Tape:
    """Ask a source about a learner and make a tape of it, masked; ``keep`` names further public paths.

    ``SourceError`` where it does not answer, or answers with what is neither JSON nor XML; ``Misdeclared``
    where nothing of it goes over HTTP, or too little is public for its records to be read again.
    """
    listening, reading = _Listening(transport), _reading(source.settings)
    try:
        await _asked(source.manifest, source.settings, listening, learner, source.policy)
    finally:
        await listening.close()
    if not listening.heard:
        raise Misdeclared(NOT_TAPED)
    mask = Mask([*_public(source.settings), *map(_path, keep)], [learner.code])
    tape = Tape(
        source=source.code,
        connector=source.manifest.name,
        codec=reading.codec,
        learner=LearnerKey(scheme=learner.scheme, code=mask.text(learner.code)),
        settings=_harmless(msgspec.to_builtins(source.settings, enc_hook=_unsaid, builtin_types=(Decimal,))),
        exchanges=tuple(_masked(mask, reading, *heard) for heard in listening.heard),
    )
    try:
        return msgspec.structs.replace(tape, records=await replay(tape, source.manifest))
    except SourceError as error:
        raise Misdeclared(f"{UNREADABLE} ({error})") from None


async def replay(tape: Tape, manifest: Manifest) -> tuple[Record, ...]:
    """Play a tape to the connector it was made with, and give the records; ``SourceError`` as it gives."""
    parts = [
        Answer(status=one.status, headers=one.headers, body=one.body.encode(tape.codec))
        for one in tape.exchanges
    ]
    settings = settings_of(manifest, tape.settings)
    return await _asked(manifest, settings, Played(script(*parts)), tape.learner, Policy(tries=1))


async def _asked(
    manifest: Manifest, settings: Settings, transport: Transport, learner: LearnerKey, policy: Policy
) -> tuple[Record, ...]:
    session, call = Session(transport, policy), Call(seconds=policy.deadline, requests=policy.requests)
    async with manifest.opens(settings, session) as opened:
        connector: Any = fitting(opened, manifest.offered(settings))
        found = sift([learner], await connector.results([learner], call), call)[learner]
    if isinstance(found, SourceError):
        raise found
    return found


def _masked(mask: Mask, reading: Reading, request: Request, answer: Answer) -> Exchange:
    text = plain(answer.body, reading)
    return Exchange(
        method=request.method,
        place=mask.kept(urlsplit(request.url).path),
        status=answer.status,
        headers={name: mask.kept(answer.headers[name]) for name in HEADERS if name in answer.headers},
        body=_body(mask, text) if text.strip() else "",
    )


def _body(mask: Mask, text: str) -> str:
    if text.lstrip().startswith("<"):
        markup.parse(text)  # refuses a DOCTYPE
        return mask.xml(text)
    try:
        return _ENCODER.encode(mask.tree(strict.parse(text))).decode()
    except SourceUnreadable:
        raise SourceUnreadable(where="tape: neither JSON nor XML") from None
    except RecursionError:
        raise SourceUnreadable(where="tape: too deep") from None


def _public(settings: Settings) -> Iterator[Path]:
    """Name the paths that a declaration reads for what is public: outcome, title, credit, mark, day, page."""
    declared = settings.rest() if isinstance(settings, GraphQLSettings) else settings
    if not isinstance(declared, RestSettings) or declared.results is None:
        return
    told, rows = declared.results.map, _path(declared.results.rows)
    within = declared.results.rows.removeprefix(XPATH)
    read = [told.title, told.title_en, told.hours, told.mark, told.completed, told.valid_to, told.status]
    read += [told.obtained, told.version]
    read += [each.code for each in (told.outcome, told.issuer) if each]
    read += [told.credit.amount] if told.credit else []
    for expression in read:
        if expression.startswith(XPATH):
            yield from _stepped(within, expression.removeprefix(XPATH))
            continue
        yield from (_below(rows, declared.results.nested, path) for path in _paths(expression))
    paging, errors = declared.results.paging, declared.errors
    for expression in (*((paging.next, paging.pages) if paging else ()), *((errors.code,) if errors else ())):
        yield from _paths(expression)


def _stepped(rows: str, expression: str) -> Iterator[Path]:
    """Give the paths of a plain XPath below rows at a plain one; of any other none, and it is masked."""
    path: list[str] = []
    for step in (*rows.removeprefix("/").split("/"), *expression.split("/")):
        if step == "..":
            del path[-1:]
        elif _NAME.fullmatch(step):
            path.append(step.replace("@", "_").replace("text()", "_text"))
        elif step != ".":
            return
    yield tuple(path)
    yield (*path, "_text")


def _below(rows: Path, nested: Nested | None, path: Path) -> Path:
    """Give the path from the root of what a row's expression reads: in the row, or in the one it was in."""
    if nested is None:
        return (*rows, *path)
    return (*rows, *path[1:]) if path[:1] == (nested.parent,) else (*rows, *_path(nested.rows), *path)


def _paths(expression: str) -> Iterator[Path]:
    if not expression.startswith(("=", "py:")):
        yield from map(_path, _DOTTED.findall(_QUOTED.sub("", expression)))


def _path(expression: str) -> Path:
    return tuple(expression.replace("[]", "").split(".")) if expression and expression != "@" else ()


def _reading(settings: Settings) -> Reading:
    found = getattr(settings, "reading", None)
    return found if isinstance(found, Reading) else Reading()


def _harmless(settings: Any, sent: bool = False) -> Any:
    """Leave out what is sent as it stands, for it may be a secret; its holes stay."""
    if isinstance(settings, dict):
        if sent and set(settings) in ({"env"}, {"file"}):  # a secret by reference
            return UNSAID
        return {name: _harmless(each, sent or name in SENT) for name, each in settings.items()}
    if isinstance(settings, list):
        return [_harmless(each, sent) for each in settings]
    return UNSAID if sent and isinstance(settings, str) and "{" not in settings else settings


def _unsaid(value: Any) -> str:
    if isinstance(value, Secret):
        return UNSAID
    raise TypeError(type(value).__name__)
