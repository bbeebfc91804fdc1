"""The demo's papers: which source knows which learner, who consented to what, and what badges mean."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from graph.model.values import Key
from graph.store import Store
from graph.ties import Change, TieState, Wanted, change
from hub.demo.sources.cast import SCHEME, Person, cast, catalogue
from hub.demo.sources.systems import SYSTEMS, System

PURPOSE: Final = "recognition"
CLERK, REVIEWER = "demo-clerk", "demo-reviewer"


def write_papers(folder: Path, playing: Iterable[System]) -> None:
    """Write ``links.yaml`` and ``grants.yaml`` (JSON is YAML): every learner consents, by a grant each."""
    there = {system.code for system in playing}
    people = cast()
    _write(folder / "links.yaml", [_links(person, there) for person in people])
    _write(folder / "grants.yaml", [_grant(person) for person in people])


async def tie_badges(store: Store) -> None:
    """Have the badges' codes mean the outcomes they are of: proposed by one, confirmed by another."""
    wanted = [
        Wanted("ynyl", Key(f"ynyl-badge:-:urn:ynyl:{key.split(':', 2)[2]}"), Key(key))
        for key in (each["key"] for each in catalogue(SYSTEMS["ynyl"]))
    ]
    for state, by in ((TieState.PROPOSED, CLERK), (TieState.CONFIRMED, REVIEWER)):
        await change(store, [Change(one, state) for one in wanted], by, four_eyes=True, within=30)


def _links(person: Person, there: set[str]) -> dict[str, Any]:
    links = [
        {"source": code, "key": {"scheme": SYSTEMS[code].keys, "code": number}}
        for code, number in sorted(person.codes.items())
        if code in there
    ]
    return {"learner": {"scheme": SCHEME, "code": person.code}, "links": links}


def _grant(person: Person) -> dict[str, Any]:
    learner = {"scheme": SCHEME, "code": person.code}
    grant = {"grant": f"demo-{person.code}", "learner": learner, "purpose": PURPOSE}
    return grant | {"sources": sorted(person.codes)}


def _write(path: Path, value: Any) -> None:
    path.touch(0o600)
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
