"""The switchboard: the one way from questions to members' sources, and from the graph's ties back to them.

One for the whole hub; each request gets its own `Line`, which makes equal wants of all its resolvers one
question, and gives the sources less time than the request has left.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from connectors.catalogues.staging import Staging
from connectors.dispatch import Dispatch
from connectors.question import Asking, Question
from connectors.records import LearnerKey
from connectors.replies import Holdings
from connectors.roster import Roster
from connectors.standings import StandingFile
from graph.loaded import last_loaded
from graph.moment import Moment
from graph.store import Store
from graph.tying import Anchor
from schema.anchors import Anchors, Ground, Spoken
from schema.context import Context
from schema.errors import Refusal
from schema.loaders import AsOf, Loaders

PATIENCE: Final = 8.0
"""Seconds that sources have where a question does not say."""
LONGEST: Final = 30.0
MARGIN: Final = 0.5
"""Seconds of the request kept back, to tie the records and write the answer."""
LEAST: Final = 0.05

Load = Callable[[list[Any]], Awaitable[Sequence[Any]]]


@dataclass(frozen=True, slots=True, repr=False)
class Switchboard:
    """What is behind questions to members.

    ``secret`` keys the fingerprints of results and is of this process alone. With ``four_eyes`` nobody
    confirms a tie of their own. ``staging`` holds what synchronisations came to.
    """

    dispatch: Dispatch
    roster: Roster
    store: Store
    standings: StandingFile
    anchors: Anchors
    four_eyes: bool = True
    staging: Staging | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def line(self, context: Context) -> Line:
        """Make one request's way."""
        return Line(self, context)


class Purpose(NamedTuple):
    """Everything of a question about learners but whom it is about."""

    purpose: str
    basis: str
    grant: str | None
    within: float | None = None
    complete: bool = False
    named: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


class Line:
    """One request's way to the sources."""

    def __init__(self, board: Switchboard, context: Context) -> None:
        self.board = board
        self._context = context
        self._made: dict[object, DataLoader[Any, Any]] = {}
        self._moments: dict[tuple[Any, ...], asyncio.Future[Moment]] = {}

    def asking(self, within: float | None = None) -> Asking:
        """Say who asks, and how long they can wait."""
        return Asking(
            scope=self._context.viewer.scope,
            within=self.seconds(within),
            request_id=self._context.request_id,
        )

    def seconds(self, within: float | None) -> float:
        """Give the time that sources have: what is asked for, and never more than the request can spare."""
        return max(LEAST, min(within or PATIENCE, self._context.deadline.left - MARGIN))

    async def holdings(self, asked: Purpose, learner: LearnerKey) -> Holdings:
        """Give what sources hold of a learner, asked together with all other learners asked alike."""

        async def load(learners: list[LearnerKey]) -> Sequence[Holdings]:
            return await self.board.dispatch.results(self._question(asked, learners))

        found: Holdings = await self._loader(asked, load).load(learner)
        return found

    async def anchored(self, loaders: Loaders, spoken: Sequence[Spoken], on: Ground) -> Sequence[Anchor]:
        """Give what identifiers may be tied to, in their order; the graph is asked together with others."""
        known = self.board.anchors.known(spoken, on)
        if known is not None:
            return known

        async def load(asked: list[Sequence[Spoken]]) -> Sequence[Sequence[Anchor]]:
            found = iter(
                await self.board.anchors.find(loaders, [each for some in asked for each in some], on)
            )
            return [list(islice(found, len(some))) for some in asked]

        anchors: Sequence[Anchor] = await self._loader(("anchors", on), load, cache=False).load(spoken)
        return anchors

    async def ground(self, loaders: Loaders, as_of: AsOf | None) -> Moment:
        """Give the moment that outcomes are asked as of, the same for all who ask alike."""

        asked = (as_of.valid_on, as_of.known_at) if as_of else ()
        if asked not in self._moments:
            self._moments[asked] = asyncio.ensure_future(loaders.moment_asked(as_of))
        return await self._moments[asked]

    async def last_loaded(self, source: str) -> datetime | None:
        """Tell when something of a source was last published."""

        async def load(wanted: list[str]) -> Sequence[datetime | None]:
            found = await last_loaded(self.board.store, wanted)
            return [found.get(each) for each in wanted]

        found: datetime | None = await self._loader("loaded", load).load(source)
        return found

    def _question(self, asked: Purpose, learners: Sequence[LearnerKey]) -> Question:
        return Question(
            scope=self._context.viewer.scope,
            within=self.seconds(asked.within),
            request_id=self._context.request_id,
            learners=tuple(learners),
            purpose=asked.purpose,
            basis=asked.basis,
            grant=asked.grant,
            complete=asked.complete,
            named=asked.named,
            only=asked.only,
        )

    def _loader(self, wanted: object, load: Load, cache: bool = True) -> DataLoader[Any, Any]:
        if wanted not in self._made:
            self._made[wanted] = DataLoader(load, cache=cache)
        return self._made[wanted]


def line(info: Info) -> Line:
    """Give the request's way to the sources; `Refusal` NO_MEMBERS where the hub has none."""
    found: Line | None = info.context.members
    if found is None:
        raise Refusal("NO_MEMBERS")
    return found
