"""What is true of standings: of what they were computed, and when they count no more."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from connectors.content import content
from connectors.contract import settings_of
from connectors.registry import Registry, find
from connectors.standings import Held, Noted, Standing, StandingFile, held, note, standings_in

DECLARED = """
source: north
member: north-college
connector: rest
settings:
  url: https://north.example
  auth: {kind: api_key, header: X-Key, key: hush-hush}
  results:
    path: /results/{code}
    key_scheme: student
    rows: rows
    map: {id: id, learner: student, title: "py:%(slot)s:title"}
"""
SLOT = "def title(row):\n    return row['name']\n"


def declared(folder: Path, slot: str, change=lambda said: None):
    """Declare the source, changed; give it as it is read."""
    said = yaml.safe_load(DECLARED % {"slot": slot})
    change(said)
    (folder / "north.yaml").write_text(yaml.safe_dump(said, sort_keys=False), "utf-8")
    [source] = Registry(folder).load().sources
    return source


@pytest.fixture
def slot(tmp_path, monkeypatch, request):
    """A module of a code slot with a name of its own, beside the declaration."""
    name = f"slot_of_{request.node.name.partition('[')[0]}"
    (tmp_path / f"{name}.py").write_text(SLOT)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    sys.modules.pop(name, None)


def seen(source) -> str:
    return content(source.manifest, source.settings)


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["settings"].update(url="https://south.example"),
        lambda said: said["settings"]["results"]["map"].update(resits=True),
        lambda said: said["settings"]["results"]["map"].update(id="number"),
        lambda said: said["settings"].update(reading={"codec": "gb18030"}),
        lambda said: said["settings"]["auth"].update(header="X-Other"),
        lambda said: said["settings"]["results"].update(params={"a": "1"}),
    ],
)
def test_any_change_of_the_settings_is_seen(tmp_path, slot, change):
    before = seen(declared(tmp_path, slot))
    assert seen(declared(tmp_path, slot)) == before
    assert seen(declared(tmp_path, slot, change)) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["settings"]["auth"].update(key="another"),
        lambda said: said.update(title={"zh": "北方"}, member="other", synthetic=True),
        lambda said: said.update(traffic={"deadline": 3}),
        lambda said: said.update(settings=dict(reversed(said["settings"].items()))),
    ],
)
def test_what_the_suite_cannot_see_is_no_change(tmp_path, slot, change):
    assert seen(declared(tmp_path, slot, change)) == seen(declared(tmp_path, slot))


def test_a_secret_is_not_found_by_trying_whoever_has_the_fingerprint(tmp_path, slot):
    def literal(said):
        said["settings"]["auth"]["key"] = "guessed"

    assert seen(declared(tmp_path, slot, literal)) == seen(declared(tmp_path, slot))


ELSEWHERE = """
import sys
sys.path.insert(0, {folder!r})
from pathlib import Path
from connectors.content import content
from connectors.registry import Registry
[source] = Registry(Path({folder!r})).load().sources
print(content(source.manifest, source.settings))
"""


def elsewhere(folder: Path) -> str:
    """Compute it in a process of its own."""
    told = [sys.executable, "-c", ELSEWHERE.format(folder=str(folder))]
    return subprocess.run(told, capture_output=True, text=True, timeout=60, check=True).stdout.strip()


def test_a_change_of_a_code_slot_is_seen_by_the_next_process_and_not_by_the_one_that_runs_the_old_code(
    tmp_path, slot
):
    before = seen(declared(tmp_path, slot))
    assert elsewhere(tmp_path) == before
    (tmp_path / f"{slot}.py").write_text(SLOT.replace("name", "title"))
    assert seen(declared(tmp_path, slot)) == before, "it is the old code that runs here"
    assert elsewhere(tmp_path) != before


STRANGER = """
from contextlib import asynccontextmanager
from connectors import memory
from connectors.contract import Manifest
from {package}.reading import SIZE
@asynccontextmanager
async def opens(settings, http):
    yield memory.Memory(settings)
SHARED = {{"settings": memory.Book, "offers": memory.MANIFEST.offers}}
MANIFEST = Manifest(name="stranger", version="1", opens=opens, **SHARED)
"""


def test_any_module_of_a_strangers_package_and_its_version_count(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {}
    for package, size in (("stranger_one", 1), ("stranger_two", 1), ("stranger_six", 2)):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(STRANGER.format(package=package))
        (tmp_path / package / "reading.py").write_text(f"SIZE = {size}\n")
        made = __import__(package).MANIFEST
        found[package] = content(made)
        assert content(replace(made, version="2")) != found[package]
    assert len(set(found.values())) == 3


def test_settings_that_cannot_be_written_have_no_standing_and_break_nothing(tmp_path, slot):
    right = declared(tmp_path, slot)
    source = replace(right, settings=replace(right.settings, url="https://\ud800.example"))
    assert seen(source) == ""
    assert held({("rest", "north"): Noted("rest", "1", Standing.GOLD, "north", "")}, source) == Held(
        earlier=Standing.GOLD
    )


def test_every_built_in_kind_has_content():
    shelf = find()
    told = {name: content(manifest) for name, manifest in shelf.manifests.items()}
    assert len(set(told.values())) == len(told) > 6
    assert content(shelf.manifests["memory"], settings_of(shelf.manifests["memory"], {})) != told["memory"]


def test_a_note_of_before_is_of_nothing_known_and_does_not_count(tmp_path, slot):
    source = declared(tmp_path, slot)
    known = standings_in("- {connector: rest, version: '1', standing: GOLD, source: north}\n")
    assert held(known, source) == Held(earlier=Standing.GOLD)
    assert str(held(known, source)) == "GOLD, checked before the last change: check again"
    assert str(held({}, source)) == "not noted"


async def test_a_standing_that_counts_no_more_is_logged_once_for_each_change(tmp_path, slot, caplog):
    caplog.set_level(logging.WARNING)
    file, before = StandingFile(tmp_path / "standings"), declared(tmp_path, slot)
    note(tmp_path / "standings", Noted("rest", "1", Standing.GOLD, "north", seen(before)))
    after = declared(tmp_path, slot, lambda said: said["settings"]["results"]["map"].update(resits=True))
    for each in (before, after, after, before, after):
        await file.look([each])
    line = "source north: its standing, GOLD, was checked before the last change: check again"
    assert [each.getMessage() for each in caplog.records] == [line, line]
