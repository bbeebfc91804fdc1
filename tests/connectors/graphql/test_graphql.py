"""What is true of the graphql kind, against a real server in a process of its own."""

from __future__ import annotations

import json as plain
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from connectors.conformance import Conformance, Standing, examine, standing
from connectors.contract import settings_of
from connectors.dispatch import Dispatch
from connectors.graphql import MANIFEST
from connectors.notices import NoticeCode, Status
from connectors.policy import Policy
from connectors.records import LearnerKey
from connectors.rig import json
from connectors.roster import Declared, Roster
from connectors.scenes import Sample, Scene, Stage, Subject
from connectors.source import Source
from tests.connectors.alliance import consenting, everywhere, question
from tests.connectors.processes import running

S1, S2, S9, HURT = (LearnerKey(scheme="student", code=code) for code in ("s1", "s2", "s9", "partial"))
QUERY = """
query Results($students: [String!]!, $after: String) {
  results(students: $students, after: $after) { next items { id student course title credit } }
}
"""


@pytest.fixture(scope="module")
def port():
    with running(Path(__file__).with_name("college.py")) as port:
        yield port


def settings(url, key="hush-hush", **results):
    asked = {
        "query": QUERY,
        "variables": {"students": "{codes}", "after": "{cursor}"},
        "rows": "data.results.items",
        "next": "data.results.next",
        "key_scheme": "student",
        "batch": 50,
        "map": {
            "id": "id",
            "learner": "student",
            "outcome": {"scheme": "c", "code": "course"},
            "title": "title",
            "credit": {"scheme": "cn", "amount": "credit"},
        },
    }
    auth = {"kind": "api_key", "header": "X-Key", "key": key}
    return settings_of(MANIFEST, {"url": url, "auth": auth, "results": asked | results})


async def asked(port, *learners, **given):
    made = settings(f"http://127.0.0.1:{port}/", **given)
    source = Source(
        code="a",
        member="m",
        manifest=MANIFEST,
        settings=made,
        offers=MANIFEST.offered(made),
        policy=Policy(private=("127.0.0.0/8",)),
    )
    everyone = (S1, S2, S9, HURT)
    async with Roster(Declared(source)) as roster:
        dispatch = Dispatch(roster, everywhere("a", learners=everyone), consenting("a", learners=everyone))
        return [each.replies[0] for each in await dispatch.results(question(*learners))]


async def test_results_are_read_by_key_over_cursors_in_one_batch(port):
    first, ninth = await asked(port, S1, S9)
    assert (len(first.records), ninth.status) == (5, Status.EMPTY)
    assert first.records[0].earned.amount == Decimal("2.5")


async def test_a_looping_cursor_is_endless_paging(port):
    (reply,) = await asked(port, S2)
    assert reply.notice.code is NoticeCode.PAGING_ENDLESS


async def test_an_error_with_a_known_code_is_understood_and_not_repeated(port, caplog):
    (reply,) = await asked(port, S1, key="wrong-key")
    assert reply.status is Status.REFUSED
    assert "wrong-key" not in caplog.text + repr(msgspec.to_builtins(reply.notice))


async def test_an_answer_with_errors_is_no_answer(port):
    (reply,) = await asked(port, HURT)
    assert (reply.status, reply.notice.code) == (Status.UNREADABLE, NoticeCode.SAYS_NO)


async def test_a_query_the_source_does_not_understand_is_no_answer(port):
    (reply,) = await asked(port, S1, query="{ nothing }")
    assert reply.status is Status.UNREADABLE


def college(rows, *, strict=True, loops=False):
    """Play the same interface, two rows a page."""

    def play(request):
        variables = plain.loads(request.body)["variables"]
        mine = [each for each in rows if not strict or each["student"] in variables["students"]]
        start = int(variables["after"] or 0)
        following = str(start + 2) if start + 2 < len(mine) else ("0" if loops else None)
        return json(plain.dumps({"data": {"results": {"items": mine[start : start + 2], "next": following}}}))

    return play


def row(student, course, title="数据结构"):
    return {"id": f"{student}/{course}", "student": student, "course": course, "title": title, "credit": 2.5}


ROWS = [row("s1", "C1"), row("s1", "C2"), row("s2", "C1")]
PLAYS = {
    Scene.HEALTHY: college(ROWS),
    Scene.FOREIGN: college(ROWS, strict=False),
    Scene.SHUFFLED: college([ROWS[2], row(None, "X"), ROWS[1], ROWS[0], ROWS[0]]),
    Scene.ENDLESS: college(ROWS, loops=True),
    Scene.DAMAGED: college([row("s1", "C1", "数据\ufffd构")]),
}
LIVE = "the interface is asked live and keeps no earlier answer"
SUBJECT = Subject(
    MANIFEST,
    lambda scene: Stage(settings("https://college.example/"), PLAYS[scene]) if scene in PLAYS else None,
    {"C15": "attempts are a matter of the declared map", "C16": LIVE, "C17": LIVE},
)
SAMPLE = Sample(known=S1, other=S2, unknown=S9, hidden=("hush-hush", "'s1'", '"s1"', "s1/C1"))


class TestTheGraphQLKind(Conformance):
    @pytest.fixture
    def subject(self):
        return SUBJECT

    @pytest.fixture
    def sample(self):
        return SAMPLE


async def test_the_graphql_kind_stands_at_gold():
    assert standing(await examine(SUBJECT, SAMPLE)) is Standing.GOLD
