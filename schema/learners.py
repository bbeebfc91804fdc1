"""Learners in the API: what the linked, consenting sources hold of one, and how far that reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

import strawberry
from msgspec import Struct
from msgspec.structs import replace
from strawberry.types import Info

from connectors.records import LearnerKey, Record
from connectors.replies import Coverage, Holdings, Reply
from graph.errors import GraphError
from graph.tying import Tied, Tying
from schema.anchors import Ground, ground
from schema.arguments import As, argument
from schema.asking import loaders
from schema.errors import Refusal
from schema.loaders import AsOf, zoned
from schema.permissions import PERSONAL, decided
from schema.placing import PlacedRecord, place, placed
from schema.records import RecordType
from schema.replies import Replied, SourceCoverageType
from schema.scalars import CodeText, read_code
from schema.switchboard import LONGEST, Purpose, line
from schema.weights import costs

MOST: Final = 50
"""Sources one question may name."""
LONG: Final = 120

OPEN_TYINGS: Final = (Tying.PROPOSED, Tying.UNMAPPED)


@strawberry.input(description="Names a learner to the hub: who numbers, and the number.")
class LearnerKeyInput:
    """A learner's key."""

    scheme: CodeText = strawberry.field(description="Who numbers learners so.")
    code: CodeText = strawberry.field(description="The learner's code there.")


@dataclass(frozen=True, slots=True, repr=False)
class Learner:
    """A learner about whom sources may be asked, and as of when their records are tied."""

    key: LearnerKey
    asked: Purpose
    as_of: AsOf | None


class Held(Struct, frozen=True, gc=False):
    """What sources hold of a learner, with every record placed."""

    coverage: Coverage
    replies: tuple[Reply[PlacedRecord], ...]

    @property
    def unmapped(self) -> list[PlacedRecord]:
        """Records that no tie could place."""
        given = (record for reply in self.replies for record in reply.records)
        return [record for record in given if record.tie and record.tie.how in OPEN_TYINGS]

    def __repr__(self) -> str:
        return "<Held, hidden>"


def read_learner(given: LearnerKeyInput) -> LearnerKey:
    """Read a learner's key; `Refusal` MALFORMED_CODE, which does not repeat it."""
    return LearnerKey(scheme=read_code(given.scheme), code=read_code(given.code))


def read_purpose(purpose: str, basis: str, grant: str | None, within: float | None = None) -> Purpose:
    """Read what a question about a learner is asked for; `Refusal` LEARNER_MALFORMED or BAD_WITHIN."""
    for field, text in (("purpose", purpose), ("basis", basis), ("grant", grant)):
        if text is not None and not (text.strip() and len(text) <= LONG and text.isprintable()):
            raise Refusal("LEARNER_MALFORMED", field=field, limit=LONG)
    if within is not None and not 0 < within <= LONGEST:
        raise Refusal("BAD_WITHIN", limit=LONGEST)
    return Purpose(purpose, basis, grant, within)


async def held(info: Info, learner: Learner) -> Held:
    """Ask the sources, and tie what they give; where the graph is away records are given untied."""
    found = await line(info).holdings(learner.asked, learner.key)
    try:
        at = await line(info).ground(loaders(info), learner.as_of)
    except GraphError:
        return await _placed(info, found, None)
    loaders(info).fix(info, at)
    return await _placed(info, found, ground(at, learner.as_of))


async def _placed(info: Info, found: Holdings, on: Ground | None) -> Held:
    given = [(reply.source, record) for reply in found.replies for record in reply.records]
    ties = iter(await _ties(info, given, on))
    replies = tuple(
        replace(reply, records=tuple([placed(reply.source, record, next(ties)) for record in reply.records]))
        for reply in found.replies
    )
    return Held(found.coverage, cast("tuple[Reply[PlacedRecord], ...]", replies))


async def _ties(info: Info, given: Sequence[tuple[str, Record]], on: Ground | None) -> Sequence[Tied | None]:
    try:
        return await place(line(info), loaders(info), given, on) if on else [None] * len(given)
    except GraphError:
        return [None] * len(given)


@strawberry.type(name="Reply", description="What came of asking one source about a learner.")
@decided(PERSONAL)
class ReplyType(Replied):
    """A source's reply."""

    records: list[RecordType | None] | None = strawberry.field(
        metadata=costs(size=20), description="The records, in order of their ids."
    )


@strawberry.type(name="Holdings", description="What the sources hold of a learner, and who did not answer.")
@decided(PERSONAL)
class HoldingsType:
    """What sources hold of a learner."""

    coverage: SourceCoverageType | None = strawberry.field(description="Which sources asked and answered.")
    replies: list[ReplyType | None] | None = strawberry.field(
        metadata=costs(size=8), description="One reply per source, in order of their codes."
    )
    unmapped: list[RecordType | None] | None = strawberry.field(
        metadata=costs(size=10),
        description="The records that no tie could place: candidates wait for somebody to choose, or nothing "
        "in the graph has their code 未对应记录.",
    )


async def _holdings(
    root: Any,
    info: Info,
    within: Annotated[float | None, argument("Seconds to wait for sources, at most 30. Default: 8.")] = None,
    sources: Annotated[Sequence[CodeText], argument("Ask only these; at most 50. Default: all linked.")] = (),
    require: Annotated[
        Sequence[CodeText], argument("Give no records unless these answered in full; at most 50.")
    ] = (),
    complete: Annotated[
        bool, argument("Give no records unless every linked source answered in full.")
    ] = False,
) -> Any:
    asked = read_purpose(root.asked.purpose, root.asked.basis, root.asked.grant, within)
    more = asked._replace(complete=complete, named=_codes(require), only=_codes(sources))
    return await held(info, Learner(root.key, more, root.as_of))


def _codes(given: Sequence[str]) -> tuple[str, ...]:
    if len(given) > MOST:
        raise Refusal("TOO_MANY_KEYS", value=len(given), limit=MOST)
    return tuple(sorted({read_code(one) for one in given}))


@strawberry.type(name="Learner", description="A learner 学习者, of whom the hub itself keeps nothing.")
@decided(PERSONAL)
class LearnerType:
    """A learner."""

    holdings: HoldingsType | None = strawberry.field(
        resolver=_holdings,
        metadata=costs(200),
        description="What the linked sources hold, asked now, all at once, each under its traffic policy.",
    )


def find_learner(
    info: Info,
    key: Annotated[LearnerKeyInput, argument("Who.")],
    purpose: Annotated[str, argument("What the records are wanted for; consent is for a purpose.")],
    basis: Annotated[str, argument("The legal basis, such as `consent`.")],
    grant: Annotated[str | None, argument("The consent shown for it.")] = None,
    as_of: As = None,
) -> Any:
    """Name a learner; nothing is asked of anybody yet."""
    line(info)
    return Learner(read_learner(key), read_purpose(purpose, basis, grant), zoned(as_of))
