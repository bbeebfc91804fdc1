"""Sources beside the demo alliance, and questions to them through the whole schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.clock import WallClock
from connectors.consent import GrantBook, Granted
from connectors.dispatch import Dispatch
from connectors.linkage import LinkBook
from connectors.records import Completion, Credit, Grade, Identifier, LearnerKey, Link, Record, Text
from connectors.roster import Declared, Roster
from connectors.standings import StandingFile
from graph.directory import Directory
from graph.inventory import Inventory
from graph.publication import Publication
from graph.search.searching import Searching
from graph.store import Store
from hub.viewers import DEMO
from schema.anchors import Anchors
from schema.context import ANONYMOUS, Context, Deadline, Viewer
from schema.desk import Desk
from schema.execution import Question
from schema.loaders import Loaders
from schema.switchboard import Switchboard
from tests.alliance_in_a_box import EXECUTION

ANA = LearnerKey(scheme="hub", code="ana")
BAO = LearnerKey(scheme="hub", code="bao")
POST = "alliance:-:YZPJ"


def record(learner: LearnerKey, key: str, **fields: Any) -> Record:
    """A record with a coded outcome, completed on a day of 2023."""
    scheme, edition, code = key.split(":", 2)
    day = date(2023, 6, 1)
    given = {
        "id": f"r-{code}",
        "learner": learner,
        "outcome": Identifier(scheme=scheme, edition=edition, code=code),
        "title": Text(zh="一份记录"),
        "completion": Completion(first=day, last=day),
    }
    return Record(**(given | fields))


def credit(amount: str, scheme: str) -> Credit:
    return Credit(amount=Decimal(amount), scheme=scheme)


def grade(scheme: str, value: str) -> Grade:
    return Grade(scheme=scheme, value=value)


def context(viewer: Viewer = ANONYMOUS, seconds: float = 20) -> Context:
    """A request's context without any loaders."""
    return Context(request_id="test", deadline=Deadline.after(seconds), viewer=viewer)


class Beside:
    """A hub's way to some sources."""

    def __init__(
        self, store: Store, roster: Roster, links: Any, consent: Any, four_eyes: bool, standings: Path
    ) -> None:
        self.store = store
        self.roster = roster
        dispatch = Dispatch(roster, links, consent)
        self.board = Switchboard(
            dispatch, roster, store, StandingFile(standings), Anchors(store, lasts=0), four_eyes
        )
        self._desk = Desk(store, Inventory(store, Directory(store)))

    async def ask(self, query: str, *, viewer=DEMO, seconds: float = 20, **variables: Any) -> dict:
        """Answer a question as the hub does, errors and all."""
        asking = context(viewer, seconds)
        directory = Directory(self.store)
        asking.loaders = Loaders(
            self.store,
            Publication(self.store, lasts=0),
            directory,
            Inventory(self.store, directory),
            self._desk,
            Searching(self.store),
        )
        asking.members = self.board.line(asking)
        return (await EXECUTION.answer(Question(query, None, variables), asking)).body

    async def data(self, query: str, **variables: Any) -> dict:
        """Answer a question that must have an answer."""
        body = await self.ask(query, **variables)
        assert "errors" not in body, body
        return body["data"]

    async def code(self, query: str, **variables: Any) -> str:
        """Give the code with which a question is refused."""
        return (await self.ask(query, **variables))["errors"][0]["extensions"]["code"]


@asynccontextmanager
async def beside(
    store: Store,
    *sources: Any,
    learners=(ANA, BAO),
    links=None,
    consent=None,
    four_eyes=True,
    clock=None,
    standings=Path("no-such-file"),
) -> AsyncIterator[Beside]:
    """Open sources; every learner is linked to each under the hub's own key, and consents under grant g."""
    codes = tuple(each.code for each in sources)
    book = LinkBook({each: [Link(source=code, key=each) for code in codes] for each in learners})
    grants = GrantBook(
        [Granted(grant="g", learner=each, purpose="recognition", sources=codes) for each in learners]
    )
    async with Roster(Declared(*sources), clock or WallClock()) as roster:
        yield Beside(store, roster, links or book, consent or grants, four_eyes, standings)
