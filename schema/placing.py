"""Placing: records of members tied to outcomes of the graph, all records of a question in two statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, NamedTuple

from msgspec import Struct

from connectors.records import NO_EDITION, Credit, Identifier, Record
from graph.model.learning import Obtained, ResultStatus, Verification
from graph.model.outcomes import Outcome
from graph.model.schemes import Scheme
from graph.model.values import Credit as GraphCredit
from graph.model.values import Key, Text, key_of, normalised
from graph.moment import FOREVER, Moment, stamp
from graph.ties import Place, Tie
from graph.tying import Tied, Told, Tying, tied
from schema.loaders import AsOf, Loaders
from schema.switchboard import Line

# In the order of the last fields of PlacedRecord.
_SAME: Final = (
    "id",
    "title",
    "issuer",
    "earned",
    "available",
    "hours",
    "grade",
    "completion",
    "valid_to",
    "proof",
    "part_of",
    "parts",
    "vanished",
    "provenance",
)
_READ: Final = attrgetter(*_SAME)
_STATUS: Final = {each.value: each for each in ResultStatus}
_OBTAINED: Final = {each.value: each for each in Obtained}
_VERIFICATION: Final = {each.value: each for each in Verification}


class TieView(Struct, frozen=True, gc=False):
    """How a record was tied, and to what, or to what it might be."""

    how: Tying
    outcome: Key | None
    candidates: tuple[Key, ...]


class PlacedRecord(Struct, frozen=True, gc=False):
    """A record as it is answered, flat: what the source gave, and the outcome it is of."""

    source: str
    identifier: Identifier | None
    attempts: int | None
    status: ResultStatus
    verification: Verification
    obtained: Obtained
    outcome: Outcome | None
    tie: TieView | None
    record: Record
    id: str
    title: Any
    issuer: Any
    earned: Any
    available: Any
    hours: Decimal | None
    grade: Any
    completion: Any
    valid_to: Any
    proof: Any
    part_of: str | None
    parts: tuple[str, ...]
    vanished: bool
    provenance: Any

    def __repr__(self) -> str:
        return "<PlacedRecord, hidden>"


class Ground(NamedTuple):
    """What records are tied by: the moment of outcomes, and the moment (``stamp``) of ties."""

    at: Moment
    known: str


def ground(at: Moment, as_of: AsOf | None) -> Ground:
    """Give what a question is tied by: ties as known at its ``knownAt``, else as they stand now."""
    asked: datetime | None = as_of.known_at if as_of else None
    return Ground(at, stamp(asked) if asked else FOREVER)


async def place(
    line: Line, loaders: Loaders, held: Sequence[tuple[str, Record]], on: Ground
) -> tuple[Tied, ...]:
    """Tie records (each with its source) to outcomes, in their order."""
    meant = await meanings(loaders, [record.outcome for _, record in held], on.at)
    places = [Place(source, spelled(record.outcome)) if record.outcome else None for source, record in held]
    ties = await line.ties(tuple(dict.fromkeys(place for place in places if place)), on.known)
    coded = [meant.get(record.outcome, ()) if record.outcome else () for _, record in held]
    versions = await _versions(loaders, coded, ties.values(), on.at)
    return tuple(
        tied(ties[place] if place else (), codes, versions, told(record))
        for place, codes, (_, record) in zip(places, coded, held, strict=True)
    )


def spelled(identifier: Identifier) -> Key:
    """Write a source's identifier as ties name it: folded, ``scheme:edition:code``."""
    return Key(
        ":".join(normalised(part) for part in (identifier.scheme, identifier.edition, identifier.code))
    )


def told(record: Record) -> Told:
    """Say what a record tells of what it is of."""
    done = record.completion
    return Told(
        first=done.first if done else None,
        last=done.last if done else None,
        credit=credit(record.earned),
        title=Text(zh=record.title.zh, en=record.title.en),
    )


def credit(given: Credit | None) -> GraphCredit | None:
    """Take over an amount of credit."""
    return None if given is None else GraphCredit(amount=given.amount, scheme=normalised(given.scheme))


def placed(source: str, record: Record, found: Tied | None) -> PlacedRecord:
    """Dress a record; ``found`` is none where the graph could not be asked."""
    outcome = found.outcome if found else None
    tie = TieView(found.how, outcome.key if outcome else None, found.candidates) if found else None
    return PlacedRecord(
        source,
        record.outcome,
        attempts(record),
        _STATUS[record.status.value],
        _VERIFICATION[record.verification.value],
        _OBTAINED[record.obtained.value],
        outcome,
        tie,
        record,
        *_READ(record),
    )


def attempts(record: Record) -> int | None:
    """Count in how many attempts a record was earned; none where the source does not say."""
    return max((each.number for each in record.attempts), default=None)


async def outcomes_of(
    loaders: Loaders, identifiers: Sequence[Identifier | None], on: Ground, line: Line, source: str
) -> dict[Identifier, Tied]:
    """Tie bare identifiers of one source, valid on the day asked: prerequisites, catalogue items."""
    wanted = [each for each in dict.fromkeys(identifiers) if each is not None]
    meant = await meanings(loaders, wanted, on.at)
    places = {each: Place(source, spelled(each)) for each in wanted}
    ties = await line.ties(tuple(dict.fromkeys(places.values())), on.known)
    versions = await _versions(loaders, meant.values(), ties.values(), on.at)
    day = datetime.fromisoformat(on.at.valid_on).date()
    today = Told(first=day, last=day)
    return {each: tied(ties[places[each]], meant.get(each, ()), versions, today) for each in wanted}


async def meanings(
    loaders: Loaders, identifiers: Iterable[Identifier | None], at: Moment
) -> Mapping[Identifier, tuple[Key, ...]]:
    """Give the outcomes identifiers may mean by their codes: one, or one for each edition of the scheme."""
    wanted = [each for each in dict.fromkeys(identifiers) if each is not None]
    loose = {normalised(each.scheme) for each in wanted if each.edition == NO_EDITION}
    found = await loaders.many(Scheme, tuple(sorted(loose)), at) if loose else []
    editions = {str(scheme.key): tuple(one.code for one in scheme.editions) for scheme in found if scheme}
    meant = {each: tuple(_keys(each, editions)) for each in wanted}
    flat = [key for keys in meant.values() for key in keys]
    spelt = dict(zip(flat, await loaders.spelled(flat, at), strict=True)) if flat else {}
    return {each: tuple(Key(spelt[key]) for key in keys) for each, keys in meant.items()}


def _keys(identifier: Identifier, editions: Mapping[str, tuple[str, ...]]) -> Iterable[Key]:
    """Write the keys of an identifier; one that cannot be a key means nothing."""
    scheme, code = normalised(identifier.scheme), normalised(identifier.code)
    given = normalised(identifier.edition)
    for edition in (given,) if given != NO_EDITION else editions.get(scheme, (NO_EDITION,)):
        try:
            yield key_of(scheme, edition, code)
        except ValueError:
            continue


async def _versions(
    loaders: Loaders, coded: Iterable[Iterable[Key]], ties: Iterable[Iterable[Tie]], at: Moment
) -> dict[Key, tuple[Outcome, ...]]:
    keys = {key for keys in coded for key in keys} | {tie.outcome for some in ties for tie in some}
    wanted = tuple(sorted(keys))
    return dict(zip(wanted, await loaders.all_versions(Outcome, wanted, at), strict=True))
