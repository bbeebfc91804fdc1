"""`alliance-hub bundle lint`: a bundle that was never published is looked at, and nothing is loaded."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import main
from tests.small_bundle import outcome, write

DEMO = Path(str(files("hub.demo") / "alliance"))


def rule(code, wants="a", grants="x", **more):
    clause = {"kind": "OUTCOME", "outcome": f"oc:1:{wants}"}
    line = {"key": code, "institution": "in:-:A", "alternatives": [{"clauses": [clause]}]}
    return line | {"grants": [{"kind": "OUTCOME", "outcome": f"oc:1:{grants}"}]} | more


def bundle_of(tmp_path, *rules, name="new", **more):
    lines = {"outcomes": [outcome("a"), outcome("b"), outcome("x")], "rules": list(rules)} | more
    return write(tmp_path / name, lines)


def lint(*words):
    done = CliRunner().invoke(main, ["bundle", "lint", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def rows(output):
    return [json.loads(line) for line in output.splitlines()]


DENIAL = [{"kind": "DENIAL", "outcome": "oc:1:x"}]
GRAVE = {
    "NEVER_FIRES": [rule("R1"), rule("R2", "gone", validFrom="2021-01-01")],
    "SHADOWED": [rule("R1", priority=1), rule("R2", priority=2)],
    "EQUAL_DENIAL": [rule("R1"), rule("R2", grants="x") | {"grants": DENIAL}],
}


@pytest.mark.parametrize("suspect", GRAVE)
def test_what_can_never_be_meant_fails_and_is_told_with_its_place_in_both_languages(tmp_path, suspect):
    gone = outcome("gone", validTo="2020-01-01")
    folder = bundle_of(tmp_path, *GRAVE[suspect], outcomes=[outcome("a"), outcome("x"), gone])
    code, output = lint(folder, "--json")
    (one,) = [row for row in rows(output) if row["grave"]]
    assert (code, one["suspect"], one["file"], one["line"]) == (
        1, suspect, "rules.jsonl", 1 if suspect == "EQUAL_DENIAL" else 2,
    )  # fmt: skip
    assert one["text"]["zh"]
    assert one["text"]["en"]
    assert lint(folder, "--warn")[0] == 0


def test_what_may_be_meant_is_told_and_does_not_fail(tmp_path):
    folder = bundle_of(tmp_path, rule("R1", validTo="2026-03-01"), rule("R2", "nowhere"))
    code, output = lint(folder, "--day", "2026-01-01")
    assert code == 0
    assert "rules.jsonl:1 R1@1 EXPIRES (2026-03-01)" in output
    assert "rules.jsonl:2 R2@1 DANGLING (oc:1:nowhere)" in output
    assert "悬空引用" in output
    assert "EXPIRES" not in lint(folder, "--day", "2026-01-01", "--within", "10")[1]


def test_rules_with_nothing_suspect_say_so(tmp_path):
    assert lint(bundle_of(tmp_path, rule("R1")), "--json") == (0, "")
    assert lint(tmp_path / "new") == (0, "0 must be looked at 须处理, 0 may be meant 供参考\n")


def test_a_bundle_is_seen_beside_what_is_loaded_and_nothing_of_it_is_loaded(tmp_path):
    loaded = bundle_of(tmp_path, rule("R1", priority=1), name="loaded")
    data = ("--data", tmp_path / "graph")
    done = CliRunner().invoke(main, ["bundle", "import", str(loaded), *map(str, data)])
    assert done.exit_code == 0, done.output
    new = bundle_of(tmp_path, rule("R2", priority=2))
    assert lint(new)[0] == 0
    assert [row["suspect"] for row in rows(lint(f"graph+{new}", *data, "--json")[1])] == ["SHADOWED"]
    assert lint("graph", *data, "--json") == (0, "")


def test_a_bundle_that_would_be_refused_is_refused(tmp_path):
    code, output = lint(bundle_of(tmp_path, rule("R1", priority=0)))
    assert code == 1
    assert "is refused" in output
    assert lint(tmp_path / "nowhere")[0] == 2


def test_the_demo_alliance_is_linted_whole():
    _, output = lint(DEMO, "--json", "--day", "2026-01-01")
    found = rows(output)
    assert found
    lines = (DEMO / "rules.jsonl").read_text("utf-8").splitlines()
    assert all(json.loads(lines[row["line"] - 1])["key"] == row["rule"] for row in found)
