"""What is true of kinds whose extra is not installed: set aside with the command, and the rest is served."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
from pathlib import Path
for name in json.loads(sys.argv[2]):
    sys.modules[name] = None
from connectors.registry import Registry, find
sources = Registry(Path(sys.argv[1])).load()
aside = {each.code: each.reason for each in sources.quarantined}
print(json.dumps([sorted(find().manifests), [each.code for each in sources.sources], aside]))
"""
WITHOUT = """
import sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None
from hub.cli import main
main(sys.argv[2:])
"""
FOUND = {"rest", "files", "graphql", "sql", "oneroster", "memory", "elmo", "credentials"}
TABLE = "columns: [a], key_scheme: s, map: {id: a, learner: a}"
DECLARED = {
    "elmo": "settings: {folder: x, outcome_scheme: o, results: {path: '{code}', key_scheme: s}}",
    "credentials": (
        "settings: {folder: x, outcome_scheme: o, credit_scheme: c, results: {path: '{code}', key_scheme: s}}"
    ),
    "xpath": "settings: {url: 'https://a.example', format: xpath}",
    "sql": "settings: {url: 'sqlite:///x.db'}",
    "sheets": f"settings: {{folder: x, pattern: '*.xlsx', {TABLE}}}",
    "plain": f"settings: {{folder: x, pattern: '*.csv', {TABLE}}}",
}
KINDS = {"xpath": "rest", "sheets": "files", "plain": "files"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("declared")
    for name, settings in DECLARED.items():
        head = f"source: {name}\nmember: m\nconnector: {KINDS.get(name, name)}\n"
        (made / f"{name}.yaml").write_text(head + settings, "utf-8")
    return made


def found_without(folder, *modules):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), json.dumps(modules)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    kinds, sources, aside = json.loads(done.stdout)
    assert set(kinds) >= FOUND, "every kind is known, and has its page and its schema"
    return set(sources), aside


@pytest.mark.parametrize(
    ("missing", "extra", "told"),
    [
        (["signxml"], "standards", {"elmo"}),
        (["lxml", "lxml.etree"], "standards", {"elmo", "xpath", "credentials"}),
        (["pyld"], "standards", {"credentials"}),
        (["joserfc", "rfc8785"], "standards", {"credentials"}),
        (["sqlalchemy"], "sql", {"sql"}),
        (["openpyxl"], "files", {"sheets"}),
    ],
)
def test_a_source_whose_extra_is_missing_is_set_aside_with_the_command_that_installs_it(
    folder, missing, extra, told
):
    sources, aside = found_without(folder, *missing)
    assert set(aside) == told
    said = {
        f"Misdeclared: {name} is not installed; say: pip install 'alliance-hub[{extra}]'" for name in missing
    }
    assert all(reason in said for reason in aside.values())
    assert sources == set(DECLARED) - told


def test_with_the_extras_every_source_is_there(folder):
    assert found_without(folder) == (set(DECLARED), {})


def test_listing_says_the_same_sentence_and_a_page_needs_no_extra(folder):
    def run(*arguments):
        told = [sys.executable, "-c", WITHOUT, "lxml,signxml", "connectors", *arguments]
        return subprocess.run(told, capture_output=True, text=True, timeout=60)

    listed = run("list", "--folder", str(folder))
    sentence = "lxml is not installed; say: pip install 'alliance-hub[standards]'"
    assert f"set aside  elmo  Misdeclared: {sentence}" in listed.stderr
    for verb in ("read", "record"):
        asked = run(
            verb, "elmo", "s:1", *(["tape.json"] if verb == "record" else []), "--folder", str(folder)
        )
        assert (asked.returncode, sentence in asked.stderr) == (1, True), asked.stderr
    page = run("docs", "elmo")
    assert (page.returncode, "## ElmoSettings" in page.stdout) == (0, True), page.stderr
