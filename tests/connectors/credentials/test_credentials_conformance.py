"""The credentials kind keeps every clause, over a real wire."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.conformance import Conformance, Finding, Standing, examine, standing
from connectors.contract import settings_of
from connectors.credentials import MANIFEST
from connectors.records import LearnerKey
from connectors.scenes import Sample, Scene, Stage, Subject
from tests.connectors.credentials.issuing import Issuer, badge, marked
from tests.connectors.processes import running
from tests.connectors.through import through

ANA, BAO, NIL = (LearnerKey(scheme="subject", code=f"urn:test:{code}") for code in ("ana", "bao", "nil"))
NORTH = Issuer("https://north.example/issuer")
LIVE = "the interface is asked live and keeps no earlier answer"


def signed(learner, n, grade="A", status="Completed", attempt=1, **more):
    day = f"202{attempt}-06-30T00:00:00Z"
    fields = marked(grade, status=status) | more
    over = {"id": f"urn:badge:{learner.code}:{n}:{attempt}"}
    return NORTH.sign(badge(learner.code, NORTH.name, n, activityEndDate=day, over=over, **fields))


WALLETS = {
    ANA: [signed(ANA, "1", "F", "Failed", 2), signed(ANA, "1", "B", attempt=3), signed(ANA, "2")],
    BAO: [signed(BAO, "1")],
}
DAMAGED = json.dumps([signed(ANA, "1")], ensure_ascii=False).replace("数据结构", "数据\ufffd构")
SHELVES = {
    Scene.HEALTHY: {each.code: json.dumps(wallet) for each, wallet in WALLETS.items()},
    Scene.FOREIGN: {ANA.code: json.dumps([*WALLETS[ANA], *WALLETS[BAO]])},
    Scene.SHUFFLED: {
        each.code: json.dumps([*reversed(wallet), wallet[0]]) for each, wallet in WALLETS.items()
    },
    Scene.DAMAGED: {ANA.code: DAMAGED},
}


@pytest.fixture(scope="module")
def subject_over_http(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shelf")
    for scene, wallets in SHELVES.items():
        (folder / "private" / scene.value).mkdir(parents=True)
        for name, text in wallets.items():
            (folder / "private" / scene.value / name).write_text(text, "utf-8")
    with running(Path(__file__).parents[1] / "shelf.py", str(folder), "hush-hush") as port:

        def stage(scene):
            if scene is Scene.ENDLESS:
                paged = {"paging": {"kind": "page", "size": 1}, "path": "/private/HEALTHY/{code}"}
                return Stage(over_http(port, scene, **paged), through())
            return Stage(over_http(port, scene), through()) if scene in SHELVES else None

        yield Subject(MANIFEST, stage, {"C16": LIVE, "C17": LIVE})


def over_http(port, scene, **results):
    wallet = {"path": f"/private/{scene.value}/{{code}}", "key_scheme": "subject", "absent": True}
    return settings_of(
        MANIFEST,
        {
            "url": f"http://127.0.0.1:{port}",
            "auth": {"kind": "api_key", "header": "X-Key", "key": "hush-hush"},
            "outcome_scheme": "badge",
            "credit_scheme": "us",
            "issuers": [NORTH.trusted],
            "results": wallet | results,
        },
    )


SAMPLE = Sample(
    known=ANA, other=BAO, unknown=NIL, hidden=("hush-hush", "urn:test:ana", "数据结构 1"), resit=ANA
)


class TestTheCredentialsKind(Conformance):
    @pytest.fixture
    def subject(self, subject_over_http):
        return subject_over_http

    @pytest.fixture
    def sample(self):
        return SAMPLE


async def test_the_credentials_kind_stands_at_gold(subject_over_http):
    lines = await examine(subject_over_http, SAMPLE)
    assert [each for each in lines if each.finding not in (Finding.HOLDS, Finding.EXCUSED)] == []
    assert standing(lines) is Standing.GOLD
