"""The harbour's system, played."""

from __future__ import annotations

from urllib.parse import parse_qs

from harbour_connector import MANIFEST, SCHEME, Harbour

from connectors.contract import Secret
from connectors.records import LearnerKey
from connectors.rig import Play
from connectors.scenes import Sample, Scene, Stage, Subject
from connectors.transport import Answer, Request

WORD = "anchors-aweigh"
SETTINGS = Harbour(url="http://harbour.example/ask", word=Secret(WORD))
ANA, BAO, NOBODY = (LearnerKey(scheme=SCHEME, code=code) for code in ("S-1001", "S-1002", "S-9999"))
ROWS = {
    "S-1001": ["S-1001|r1|NAV1|航海学|3|85|2023-06-30", "S-1001|r2|NAV2|船舶管理|2.5|良|2024-2025-1"],
    "S-1002": ["S-1002|r3|NAV1|航海学|3|58|2023-06-30"],
}
HOLDER = "阿卜杜拉·买买提"
CERTIFICATE = f"Z-7|{HOLDER}|船员证书|2022-05-01"


def answer(lines: list[str], codec: str = "gb18030") -> Answer:
    """Give an answer as the system writes it."""
    return Answer(status=200, body="\r\n".join([*lines, "END"]).encode(codec))


def asked(request: Request) -> dict[str, str]:
    """Read the form."""
    return {name: values[0] for name, values in parse_qs((request.body or b"").decode()).items()}


def healthy(request: Request) -> Answer:
    """All is well."""
    form = asked(request)
    if form["what"] == "certificate":
        return answer([CERTIFICATE] if form["number"] == "Z-7" else [])
    return answer(ROWS.get(form["sailor"], []))


def foreign(request: Request) -> Answer:
    """Everybody's rows come."""
    return answer([row for rows in ROWS.values() for row in rows])


def shuffled(request: Request) -> Answer:
    """Backwards, and one twice."""
    rows = ROWS.get(asked(request)["sailor"], [])[::-1]
    return answer([*rows, *rows[:1]])


def damaged(request: Request) -> Answer:
    """A character was lost on the way."""
    return answer([row.replace("航海", "航?学海") for row in ROWS.get(asked(request)["sailor"], [])])


PLAYS: dict[Scene, Play] = {
    Scene.HEALTHY: healthy,
    Scene.FOREIGN: foreign,
    Scene.SHUFFLED: shuffled,
    Scene.DAMAGED: damaged,
}
EXCUSED = {
    "C12": "one answer, no pages",
    "C15": "the college has no resits: who fails begins anew",
    "C16": "asked live: nothing is kept of it",
    "C17": "asked live: it has no date of its own",
}


def stage(scene: Scene) -> Stage | None:
    """Give a scene's stage."""
    return Stage(SETTINGS, PLAYS[scene]) if scene in PLAYS else None


def kit() -> tuple[Subject, Sample]:
    """Give what the conformance suite needs."""
    sample = Sample(known=ANA, other=BAO, unknown=NOBODY, hidden=(WORD, "S-1001"))
    return Subject(MANIFEST, stage, EXCUSED), sample
