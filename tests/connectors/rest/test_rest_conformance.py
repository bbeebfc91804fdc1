"""The rest kind keeps every clause."""

from __future__ import annotations

import json as plain

import pytest
import yaml

from connectors import memory
from connectors.conformance import Conformance, Finding, Standing, examine, standing
from connectors.contract import settings_of
from connectors.records import LearnerKey
from connectors.rest import MANIFEST
from connectors.rig import json
from connectors.scenes import Sample, Scene, Stage, Subject
from tests.connectors.alliance import ANA, BAO, CEN, record

KNOWN, OTHER, NOBODY = (
    LearnerKey(scheme="student", code=code) for code in ("2021-ana", "2021-bao", "2021-nil")
)

DECLARED = """
url: https://college.example
auth: {kind: api_key, header: X-Key, key: hush-hush}
results:
  path: /rows
  params: {learners: "{codes}"}
  batch: 50
  key_scheme: student
  rows: rows
  paging: {kind: page, size: 2}
  map:
    id: id
    learner: learner
    outcome: {scheme: c, code: course}
    title: title
    mark: mark
    completed: day
    resits: true
"""


def row(learner, course, day="20230630", mark="85", title="数据结构"):
    return {"id": f"{learner}/{course}/{day}", "learner": learner, "course": course, "day": day, "mark": mark,
            "title": title}  # fmt: skip


ROWS = [
    row("2021-ana", "C1", "20230630", "40"),
    row("2021-ana", "C1", "20230901"),
    row("2021-ana", "C2"),
    row("2021-bao", "C1"),
]


def college(rows, *, strict=True, loops=False):
    def play(request):
        asked = dict(request.params)
        mine = [each for each in rows if not strict or each["learner"] in asked["learners"].split(",")]
        page = int(asked["page"])
        return json(plain.dumps({"rows": mine[:2] if loops else mine[page * 2 - 2 : page * 2]}))

    return play


PLAYS = {
    Scene.HEALTHY: college(ROWS),
    Scene.FOREIGN: college(ROWS, strict=False),
    Scene.SHUFFLED: college([ROWS[3], row(None, "X"), ROWS[2], ROWS[1], ROWS[0], ROWS[2]]),
    Scene.ENDLESS: college(ROWS, loops=True),
    Scene.DAMAGED: college([row("2021-ana", "C1", title="数据\ufffd构")]),
}
LIVE = "the interface is asked live and keeps no earlier answer"
SETTINGS = settings_of(MANIFEST, yaml.safe_load(DECLARED))
SUBJECT = Subject(
    MANIFEST,
    lambda scene: Stage(SETTINGS, PLAYS[scene]) if scene in PLAYS else None,
    {"C16": LIVE, "C17": LIVE},
)
SAMPLE = Sample(known=KNOWN, other=OTHER, unknown=NOBODY, hidden=("hush-hush", "2021-ana"), resit=KNOWN)


class TestTheRestKind(Conformance):
    @pytest.fixture
    def subject(self):
        return SUBJECT

    @pytest.fixture
    def sample(self):
        return SAMPLE


async def test_the_rest_kind_stands_at_gold():
    lines = await examine(SUBJECT, SAMPLE)
    assert [each for each in lines if each.finding not in (Finding.HOLDS, Finding.EXCUSED)] == []
    assert standing(lines) is Standing.GOLD


NOT_REMOTE = dict.fromkeys(
    ("C4", "C5", "C6", "C8", "C9", "C11", "C12", "C13", "C14", "C15", "C16", "C17"), "it is a book in memory"
)


class TestTheReferenceConnector(Conformance):
    @pytest.fixture
    def subject(self):
        book = memory.Book(records=(record(ANA), record(ANA, "CS102"), record(BAO)))
        return Subject(
            memory.MANIFEST, lambda scene: Stage(book) if scene is Scene.HEALTHY else None, NOT_REMOTE
        )

    @pytest.fixture
    def sample(self):
        return Sample(known=ANA, other=BAO, unknown=CEN, hidden=("ana-110105199003074512",))
