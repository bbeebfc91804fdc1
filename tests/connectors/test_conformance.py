"""What is true of the conformance suite: the good hold, and for each clause a bad one is caught."""

from __future__ import annotations

import asyncio
import json as plain
import logging
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from connectors import memory
from connectors.clauses import CLAUSES
from connectors.conformance import Conformance, Finding, Line, Standing, examine, standing
from connectors.contract import Offers, Secret, Verb
from connectors.errors import SourceError, SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.notices import NoticeCode
from connectors.records import Attempt, LearnerKey, Record
from connectors.rig import json
from connectors.scenes import Sample, Scene, Stage, Subject
from tests.connectors import smallest

ANA, BAO, NOBODY = (LearnerKey(scheme="student", code=code) for code in ("2021-ana", "2021-bao", "2021-nil"))


def row(learner: str | None, course: str, *days: str, title: str = "数据结构"):
    return {"learner": learner, "id": f"{learner}/{course}", "course": course, "title": title, "days": days}


ROWS = [
    row("2021-ana", "CS101", "20230630", "20230901"),
    row("2021-ana", "CS102", "20230630"),
    row("2021-bao", "CS101", "20230630"),
]


def college(rows, *, strict=True, loops=False):
    """Play a college's interface: two rows a page."""

    def play(request):
        asked = dict(request.params)
        wanted = asked["learners"].split(",")
        mine = [each for each in rows if not strict or each["learner"] in wanted]
        page = int(asked["page"])
        more = page * 2 < len(mine)
        following = str(page + 1) if more else ("1" if loops else None)
        return json(plain.dumps({"rows": mine[page * 2 - 2 : page * 2], "next": following}))

    return play


SHUFFLED = [ROWS[2], row(None, "X", "20230630"), ROWS[1], ROWS[0], ROWS[0]]
DAMAGED = [row("2021-ana", "CS101", "20230630", title="数据\ufffd构")]

PLAYS = {
    Scene.HEALTHY: college(ROWS),
    Scene.FOREIGN: college(ROWS, strict=False),
    Scene.SHUFFLED: college(SHUFFLED),
    Scene.ENDLESS: college(ROWS, loops=True),
    Scene.DAMAGED: college(DAMAGED),
}
EXCUSED = {
    "C16": "the interface is asked live and keeps no earlier answer",
    "C17": "the interface is asked live",
}
SETTINGS = smallest.College(url="https://college.example/rows", key=Secret("hush-hush"))
SAMPLE = Sample(known=ANA, other=BAO, unknown=NOBODY, hidden=("hush-hush", "2021-ana", "2021-bao"), resit=ANA)


def subject(manifest=smallest.MANIFEST, plays=PLAYS, excused=EXCUSED):
    def stage(scene):
        return Stage(SETTINGS, plays[scene]) if scene in plays else None

    return Subject(manifest, stage, excused)


class TestTheSmallestConnector(Conformance):
    @pytest.fixture
    def subject(self):
        return subject()

    @pytest.fixture
    def sample(self):
        return SAMPLE


async def test_the_smallest_connector_stands_at_gold():
    lines = await examine(subject(), SAMPLE)
    assert [each for each in lines if each.finding not in (Finding.HOLDS, Finding.EXCUSED)] == []
    assert standing(lines) is Standing.GOLD


def test_the_smallest_useful_connector_stays_under_sixty_lines():
    assert len(Path(smallest.__file__).read_text(encoding="utf-8").splitlines()) < 60


def broken(make):
    """Make a manifest whose connector is the smallest one, spoiled."""

    @asynccontextmanager
    async def opened(settings, http):
        yield make(settings, http)

    return msgspec.structs.replace(smallest.MANIFEST, opens=opened)


class Forgetful(smallest.Smallest):
    async def results(self, learners, call):
        await super().results(learners, call)
        return {}


class Loose(smallest.Smallest):
    def _record(self, key, row):
        told = super()._record(key, row)
        return msgspec.structs.replace(told, hours="forty")


class Raw(smallest.Smallest):
    def _record(self, key, row):
        return row


class Strict(smallest.Smallest):
    async def results(self, learners, call):
        found = await super().results(learners, call)
        if not found:
            raise SourceUnreadable
        return found


class Swallowing(smallest.Smallest):
    swallowed: type[SourceError] = SourceUnavailable

    async def results(self, learners, call):
        try:
            return await super().results(learners, call)
        except self.swallowed:
            return {}


class Rejected(Swallowing):
    swallowed = SourceRefused


class Unread(Swallowing):
    swallowed = SourceUnreadable


class Counting(smallest.Smallest):
    count = 0

    def _record(self, key, row):
        self.count += 1
        return msgspec.structs.replace(super()._record(key, row), id=str(self.count))


class Mixing(smallest.Smallest):
    """Takes rows for the learners asked about, in the order they come."""

    async def results(self, learners, call):
        found = await super().results(learners, call)
        mine = [each for records in found.values() for each in records]
        return {
            key: [msgspec.structs.replace(each, learner=key) for each in mine[place :: len(learners)]]
            for place, key in enumerate(learners)
        }


class Mislabelling(smallest.Smallest):
    """Calls whatever comes the record of the one asked about."""

    async def results(self, learners, call):
        found = await super().results(learners, call)
        if len(learners) > 1:
            return found
        mine = [each for records in found.values() for each in records]
        return {learners[0]: [msgspec.structs.replace(each, learner=learners[0]) for each in mine]}


class Unstoppable(smallest.Smallest):
    async def results(self, learners, call):
        while True:
            try:
                return await super().results(learners, call)
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                return {}


class Chatty(smallest.Smallest):
    async def results(self, learners, call):
        logging.getLogger("college").debug("asking about %s", learners[0].code)
        return await super().results(learners, call)


class Boastful(smallest.Smallest):
    def __init__(self, settings, http):
        super().__init__(settings, http)
        self.token = settings.key.reveal()


class Blurting(smallest.Smallest):
    async def results(self, learners, call):
        try:
            return await super().results(learners, call)
        except SourceRefused:
            raise RuntimeError(f"refused: {self._settings.key.reveal()}") from None


class Positional(smallest.Smallest):
    """Takes the first rows for the first learner."""

    async def results(self, learners, call):
        found = await super().results(learners, call)
        if len(learners) == 1:
            return found
        mine = [each for records in found.values() for each in records]
        return {
            learners[0]: [msgspec.structs.replace(each, learner=learners[0]) for each in mine[:2]],
            learners[1]: [msgspec.structs.replace(each, learner=learners[1]) for each in mine[2:]],
        }


class Greedy(smallest.Smallest):
    """Follows every page, and gives what it has when the budget is spent."""

    async def results(self, learners, call):
        try:
            return await super().results(learners, call)
        except SourceUnreadable as error:
            if error.code is NoticeCode.BUDGET_SPENT:
                return {}
            raise


class Lenient(smallest.Smallest):
    async def results(self, learners, call):
        try:
            return await super().results(learners, call)
        except SourceUnreadable as error:
            if error.code in (NoticeCode.TEXT_DAMAGED, NoticeCode.TOO_LARGE):
                return {}
            raise


class Duplicating(smallest.Smallest):
    """Gives each attempt as a record of its own."""

    async def results(self, learners, call):
        found = await super().results(learners, call)
        return {
            key: [part for each in records for part in self._apart(each)] for key, records in found.items()
        }

    def _apart(self, record: Record):
        for each in record.attempts:
            yield msgspec.structs.replace(
                record,
                id=f"{record.id}/{each.number}",
                attempts=(Attempt(number=1),),
                completion=each.completion,
            )


BAD = [
    ("C1", Forgetful),
    ("C2", Loose),
    ("C2", Raw),
    ("C3", Strict),
    ("C4", Swallowing),
    ("C5", Rejected),
    ("C6", Unread),
    ("C7", Counting),
    ("C8", Mixing),
    ("C8", Mislabelling),
    ("C9", Unstoppable),
    ("C10", Chatty),
    ("C10", Boastful),
    ("C10", Blurting),
    ("C11", Positional),
    ("C12", Greedy),
    ("C13", Lenient),
    ("C14", Lenient),
    ("C15", Duplicating),
]


@pytest.mark.parametrize(("clause", "bad"), BAD)
async def test_a_connector_that_breaks_a_clause_is_caught_and_has_no_standing(clause, bad):
    lines = await examine(subject(broken(bad)), SAMPLE)
    found = {each.clause: each for each in lines}
    assert found[clause].finding is Finding.BROKEN, found[clause]
    assert clause in found[clause].says
    assert standing(lines) is Standing.NONE


class Export(memory.Memory):
    """A connector that reads exports: it remembers what it gave, and knows the date of its data."""

    def __init__(self, book, faithful):
        super().__init__(book)
        self._faithful = faithful

    async def results(self, learners, call):
        from datetime import UTC, datetime

        if self._faithful:
            call.dated(datetime(2026, 2, 27, tzinfo=UTC))
            call.remark(NoticeCode.RECORDS_VANISHED)
        return await super().results(learners, call)


@pytest.mark.parametrize("clause", ["C16", "C17"])
@pytest.mark.parametrize("faithful", [True, False])
async def test_an_export_that_forgets_and_hides_its_age_is_caught(clause, faithful):
    @asynccontextmanager
    async def opened(settings, http):
        yield Export(settings, faithful)

    offers = Offers(verbs=frozenset({Verb.RESULTS}), batch=50)
    manifest = msgspec.structs.replace(memory.MANIFEST, opens=opened, offers=offers)
    lines = await examine(
        Subject(manifest, lambda scene: Stage(memory.Book()) if scene in _EXPORTS else None), SAMPLE
    )
    found = {each.clause: each.finding for each in lines}
    assert found[clause] is (Finding.HOLDS if faithful else Finding.BROKEN)


_EXPORTS = (Scene.HEALTHY, Scene.SHRUNK, Scene.OLD)


def test_every_clause_has_a_bad_example_and_belongs_to_a_standing():
    from connectors.conformance import RULES

    caught = {clause for clause, _ in BAD} | {"C16", "C17"}
    assert caught == set(CLAUSES) == {clause for _, clauses in RULES for clause in clauses}


def test_every_check_cites_its_clause():
    assert all(check.__doc__.startswith(f"{clause}: ") for clause, check in CLAUSES.items())


async def test_what_was_not_staged_keeps_a_connector_from_its_standing():
    lines = await examine(subject(plays={Scene.HEALTHY: PLAYS[Scene.HEALTHY]}, excused={}), SAMPLE)
    untested = [each.clause for each in lines if each.finding is Finding.UNTESTED]
    assert untested == ["C8", "C11", "C12", "C14", "C16", "C17"]
    assert standing(lines) is Standing.BRONZE


async def test_what_matters_most_cannot_be_excused():
    lines = await examine(subject(broken(Forgetful), excused={"C1": "we have no learners"}), SAMPLE)
    assert lines[0].finding is Finding.BROKEN


def test_a_standing_needs_the_ones_below():
    def lines(*holding):
        return [Line(c, "", Finding.HOLDS if c in holding else Finding.UNTESTED) for c in CLAUSES]

    bronze = ("C1", "C2", "C3", "C4", "C5", "C6", "C10")
    assert standing(lines()) is Standing.NONE
    assert standing(lines(*bronze)) is Standing.BRONZE
    assert standing(lines(*[c for c in CLAUSES if c != "C7"])) is Standing.BRONZE
    assert standing(lines(*[c for c in CLAUSES if c != "C16"])) is Standing.SILVER
    assert standing(lines(*CLAUSES)) is Standing.GOLD
