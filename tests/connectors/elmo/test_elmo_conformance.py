"""The elmo kind keeps every clause, over a real wire and from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.conformance import Conformance, Finding, Standing, examine, standing
from connectors.contract import settings_of
from connectors.elmo import MANIFEST
from connectors.records import LearnerKey
from connectors.scenes import Sample, Scene, Stage, Subject
from tests.connectors.elmo.documents import course, elmo, tor
from tests.connectors.processes import running
from tests.connectors.through import through

ANA, BAO, NIL = (LearnerKey(scheme="national", code=code) for code in ("110105ANA", "110105BAO", "119999NIL"))
COURSES = {
    ANA: [course(grade="40", status="failed", date="2022-06-30"), course(), course("C2")],
    BAO: [course()],
}
SHELVES = {
    Scene.HEALTHY: {each.code: tor(each.code, *courses) for each, courses in COURSES.items()},
    Scene.FOREIGN: {ANA.code: tor(ANA.code, course()), "always": tor(BAO.code, course("C9"))},
    Scene.SHUFFLED: {
        **{each.code: tor(each.code, *reversed(courses)) for each, courses in COURSES.items()},
        "always": tor("119999X", course()) + tor(ANA.code, course("C2")),
    },
    Scene.DAMAGED: {ANA.code: tor(ANA.code, course(title="数据\ufffd构"))},
    Scene.OLD: {ANA.code: tor(ANA.code, course())},
}
LIVE = "the interface is asked live and keeps no earlier answer"
WHOLE = "ELMO and EWP answers are one document, without pages"
HIDDEN = ("hush-hush", "110105ANA", "Synthetic Learner")


@pytest.fixture(scope="module")
def subjects(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shelf")
    for scene, files in SHELVES.items():
        (folder / scene.value).mkdir()
        for name, text in files.items():
            (folder / scene.value / name).write_text(text, "utf-8")
    with running(Path(__file__).parents[1] / "shelf.py", str(folder), "hush-hush") as port:
        yield Subject(
            MANIFEST,
            lambda scene: Stage(over_http(port, scene), through()) if scene in SHELVES else None,
            {"C12": WHOLE, "C16": LIVE},
        )


def over_http(port, scene):
    return settings_of(
        MANIFEST,
        {
            "url": f"http://127.0.0.1:{port}",
            "auth": {"kind": "api_key", "header": "X-Key", "key": "hush-hush"},
            "outcome_scheme": "north",
            "results": {
                "path": f"/tors/{scene.value}",
                "repeat": "omobility_id",
                "identifier": "omobility-id",
                "key_scheme": "national",
                "batch": 20,
            },
        },
    )


SAMPLE = Sample(known=ANA, other=BAO, unknown=NIL, hidden=HIDDEN, resit=ANA)


class TestTheElmoKindOverHttp(Conformance):
    @pytest.fixture
    def subject(self, subjects):
        return subjects

    @pytest.fixture
    def sample(self):
        return SAMPLE


async def test_the_elmo_kind_stands_at_gold(subjects):
    lines = await examine(subjects, SAMPLE)
    assert [each for each in lines if each.finding not in (Finding.HOLDS, Finding.EXCUSED)] == []
    assert standing(lines) is Standing.GOLD


FILES = {
    Scene.HEALTHY: {each.code: elmo(each.code, *courses) for each, courses in COURSES.items()},
    Scene.FOREIGN: {ANA.code: elmo(BAO.code, course("C9"))},
    Scene.GARBLED: {ANA.code: "<html><title>Welcome</title>"},
    Scene.CUT_SHORT: {ANA.code: elmo(ANA.code, course())[:200]},
    Scene.HUGE: {ANA.code: elmo(ANA.code, course()) + " " * 70_000},
    Scene.DAMAGED: {ANA.code: elmo(ANA.code, course(title="数据\ufffd构"))},
    Scene.OLD: {ANA.code: elmo(ANA.code, course(), generated="2020-01-01T00:00:00Z")},
}
BY_FILE = "a file holds one learner, and there are no credentials, requests, batches or pages"


class TestTheElmoKindOverAFolder(Conformance):
    @pytest.fixture
    def subject(self, tmp_path):
        for scene, files in FILES.items():
            (tmp_path / scene.value).mkdir()
            for name, text in files.items():
                (tmp_path / scene.value / f"{name}.xml").write_text(text, "utf-8")

        def stage(scene):
            if scene not in FILES and scene is not Scene.UNREACHABLE:
                return None
            given = {
                "folder": str(tmp_path / scene.value),
                "outcome_scheme": "north",
                "most_bytes": 60_000,
                "results": {"path": "{code}.xml", "key_scheme": "national"},
            }
            return Stage(settings_of(MANIFEST, given))

        return Subject(MANIFEST, stage, dict.fromkeys(("C5", "C9", "C11", "C12", "C16"), BY_FILE))

    @pytest.fixture
    def sample(self):
        return SAMPLE

    async def test_nothing_is_left_untested(self, subject, sample):
        lines = await examine(subject, sample)
        assert standing(lines) is Standing.GOLD, lines
