"""Ties in the API: which of a source's codes means which outcome, and the changes that people make to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from graph import ties
from graph.model.outcomes import Outcome
from graph.model.values import Key
from graph.moment import FOREVER, stamp
from graph.ties import Change, Place, TiesRefused, TieState, Wanted
from schema.arguments import After, As, First
from schema.asking import Connection, Edge, PageInfo, loaders
from schema.enums import tell
from schema.errors import Refusal
from schema.loaders import FIRST, paging
from schema.permissions import GOVERNING, OPEN, decided
from schema.scalars import CodeText, KeyText, read_code, read_key
from schema.switchboard import Switchboard, line
from schema.weights import costs

tell(
    TieState,
    "Where a tie stands.",
    PROPOSED="Somebody says so; nobody has confirmed it 已提出.",
    CONFIRMED="Confirmed: records with this code are results of the outcome 已确认.",
    RETRACTED="Taken back: this code never means this outcome by itself 已撤回.",
)


@strawberry.type(name="TieEntry", description="One state of a tie, and from when until when it stood.")
@decided(OPEN)
class TieEntryType:
    """One state of a tie."""

    state: TieState = strawberry.field(name="tieState", description="The state.")
    by: str = strawberry.field(name="setBy", description="Who set it: a role or staff code.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")
    retracted_at: datetime | None = strawberry.field(description="When it was replaced; none: it stands.")


@strawberry.type(name="Tie", description="What a source's code was said to mean; about codes, never people.")
@decided(OPEN)
class TieType:
    """A tie."""

    source: CodeText = strawberry.field(description="The source.")
    identifier: KeyText = strawberry.field(
        name="tiedCode", description="The code as the source gives it: `scheme:edition:code`."
    )
    outcome: KeyText = strawberry.field(name="outcomeKey", description="The outcome it means.")
    state: TieState = strawberry.field(name="tieState", description="Where the tie stands.")
    by: str = strawberry.field(name="setBy", description="Who set its state: a role or staff code.")
    recorded_at: datetime = strawberry.field(description="When its state was recorded.")
    history: list[TieEntryType] = strawberry.field(
        metadata=costs(size=4), description="Every state it had, oldest first."
    )


@strawberry.input(description="The two ends of a tie, and who acts.")
class TieInput:
    """A tie to be changed."""

    source: CodeText = strawberry.field(description="The source.")
    identifier: KeyText = strawberry.field(
        name="tiedCode", description="The code as the source gives it: `scheme:edition:code`."
    )
    outcome: KeyText = strawberry.field(name="outcomeKey", description="The outcome it means.")
    by: CodeText = strawberry.field(
        name="setBy", description="Who acts: a role or staff code, never a learner's."
    )


Given = Annotated[TieInput, strawberry.argument(name="tie", description="The tie.")]


async def _changed(board: Switchboard, wanted: Wanted, state: TieState, by: str) -> Any:
    """Bring one tie to a state, and give it as it stands then."""
    try:
        moved = await ties.change(board.store, [Change(wanted, state)], by, four_eyes=board.four_eyes)
    except TiesRefused as refused:
        raise Refusal(refused.refused[0][1]) from None
    finally:
        board.anchors.forget()
    place = Place(wanted.source, wanted.identifier)
    standing = moved or (await ties.find(board.store, [place], FOREVER))[place]
    return next(tie for tie in standing if tie.outcome == wanted.outcome)


def _changing(state: TieState) -> Callable[..., Awaitable[Any]]:
    async def resolve(info: Info, given: Given) -> Any:
        board = line(info).board
        wanted = Wanted(
            read_code(given.source), Key(read_key(given.identifier)), Key(read_key(given.outcome))
        )
        if wanted.source not in board.roster.known:
            raise Refusal("SOURCE_UNKNOWN")
        at = await loaders(info).moment(info, None)
        [outcome] = await loaders(info).spelled([wanted.outcome], at)
        if not (await loaders(info).all_versions(Outcome, (outcome,), at))[0]:
            raise Refusal("OUTCOME_UNKNOWN")
        return await _changed(board, wanted._replace(outcome=Key(outcome)), state, read_code(given.by))

    return resolve


@strawberry.type(description="What changes public knowledge: ties between sources' codes and outcomes.")
@decided(GOVERNING)
class Mutation:
    """The root of all changes."""

    propose_tie: TieType = strawberry.field(
        resolver=_changing(TieState.PROPOSED),
        metadata=costs(20),
        description="Propose that a source's code means an outcome. Again: nothing changes.",
    )
    confirm_tie: TieType = strawberry.field(
        resolver=_changing(TieState.CONFIRMED),
        metadata=costs(20),
        description="Confirm a tie; records with this code are results of the outcome from now on.",
    )
    retract_tie: TieType = strawberry.field(
        resolver=_changing(TieState.RETRACTED),
        metadata=costs(20),
        description="Take a tie back, also one that nobody proposed: the code never means the outcome by "
        "itself any more.",
    )


OfSource = Annotated[CodeText | None, strawberry.argument(description="Of this source. Default: of all.")]


async def find_ties(
    info: Info, source: OfSource = None, first: First = FIRST, after: After = None, as_of: As = None
) -> Any:
    """List ties as known at a moment."""
    await loaders(info).moment(info, as_of)
    known = stamp(as_of.known_at) if as_of and as_of.known_at else FOREVER
    page = paging(first, after)
    found = await ties.listed(
        line(info).board.store, known, read_code(source) if source else None, page.first + 1, page.after
    )
    shown, more = found[: page.first], len(found) > page.first
    return Connection(
        nodes=list(shown),
        edges=[Edge(node=tie, cursor=tie.key) for tie in shown],
        page_info=PageInfo(has_next_page=more, end_cursor=shown[-1].key if shown else None),
    )
