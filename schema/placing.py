"""Placing: records of members tied to outcomes of the graph, all records of a question at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

from msgspec import Struct

from connectors.records import Credit, Identifier, Record
from graph.model.learning import Obtained, ResultStatus, Verification
from graph.model.outcomes import Outcome
from graph.model.values import Credit as GraphCredit
from graph.model.values import Text, normalised
from graph.tying import Tied, Told, Tying, tied
from schema.anchors import Ground
from schema.loaders import Loaders
from schema.switchboard import Line

_STATUS: Final = {each.value: each for each in ResultStatus}
_OBTAINED: Final = {each.value: each for each in Obtained}
_VERIFICATION: Final = {each.value: each for each in Verification}


NOWHERE: Final = Tied(Tying.UNMAPPED)
"""How a record is tied that does not say what it is of."""


def _given(name: str) -> Any:
    """Give a part of the source's record; read in C, and only where somebody asks for it."""
    return property(attrgetter(f"record.{name}"))


class PlacedRecord(Struct, frozen=True, gc=False):
    """A record as it is answered: what the source gave, and the outcome it is of."""

    source: str
    record: Record
    outcome: Outcome | None
    tie: Tied | None

    id = _given("id")
    identifier = _given("outcome")
    title = _given("title")
    issuer = _given("issuer")
    earned = _given("earned")
    available = _given("available")
    hours = _given("hours")
    grade = _given("grade")
    completion = _given("completion")
    valid_to = _given("valid_to")
    proof = _given("proof")
    part_of = _given("part_of")
    parts = _given("parts")
    vanished = _given("vanished")
    provenance = _given("provenance")

    @property
    def attempts(self) -> int | None:
        """In how many attempts it was earned; none where the source does not say."""
        return max([each.number for each in self.record.attempts], default=None)

    # `_value_` is the enum's own attribute; `value` takes a descriptor written in Python.

    @property
    def status(self) -> ResultStatus:
        """Where it stands."""
        return _STATUS[self.record.status._value_]

    @property
    def verification(self) -> Verification:
        """Whether the source confirms it."""
        return _VERIFICATION[self.record.verification._value_]

    @property
    def obtained(self) -> Obtained:
        """How it was obtained."""
        return _OBTAINED[self.record.obtained._value_]

    def __repr__(self) -> str:
        return "<PlacedRecord, hidden>"


async def place(
    line: Line, loaders: Loaders, held: Sequence[tuple[str, Record]], on: Ground
) -> tuple[Tied, ...]:
    """Tie records (each with its source) to outcomes, in their order."""
    spoken = [(source, record.outcome) for source, record in held if record.outcome is not None]
    anchors = iter(await line.anchored(loaders, spoken, on))
    return tuple([tied(next(anchors), _said(record)) if record.outcome else NOWHERE for _, record in held])


class Said(Struct, frozen=True, gc=False):
    """What a record tells of what it is of; credit and title are looked at only where they decide."""

    record: Record
    first: date | None
    last: date | None

    def __repr__(self) -> str:
        return "<Said, hidden>"

    @property
    def credit(self) -> GraphCredit | None:
        """The credit earned."""
        return credit(self.record.earned)

    @property
    def title(self) -> Text:
        """The title."""
        return Text(zh=self.record.title.zh, en=self.record.title.en)


def _said(record: Record) -> Said:
    done = record.completion
    return Said(record, done.first, done.last) if done else Said(record, None, None)


def credit(given: Credit | None) -> GraphCredit | None:
    """Take over an amount of credit."""
    return None if given is None else GraphCredit(amount=given.amount, scheme=normalised(given.scheme))


def placed(source: str, record: Record, found: Tied | None) -> PlacedRecord:
    """Dress a record; ``found`` is none where the graph could not be asked."""
    return PlacedRecord(source, record, found.outcome if found else None, found)


async def outcomes_of(
    loaders: Loaders, identifiers: Sequence[Identifier | None], on: Ground, line: Line, source: str
) -> dict[Identifier, Tied]:
    """Tie bare identifiers of one source, valid on the day asked: prerequisites, catalogue items."""
    wanted = [each for each in dict.fromkeys(identifiers) if each is not None]
    anchors = await line.anchored(loaders, [(source, each) for each in wanted], on)
    day = datetime.fromisoformat(on.at.valid_on).date()
    today = Told(first=day, last=day)
    return {each: tied(to, today) for each, to in zip(wanted, anchors, strict=True)}
