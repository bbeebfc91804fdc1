"""The command line: exit code 0 fine, 1 refused, 2 misused; never a traceback."""

import json

import pytest
from click.testing import CliRunner

from hub.cli import main


def run(*arguments):
    return CliRunner().invoke(main, ["bundle", *map(str, arguments)])


@pytest.fixture
def tiny(tmp_path):
    assert run("generate", "--scale", "tiny", "--seed", "1", tmp_path / "tiny").exit_code == 0
    return tmp_path / "tiny"


def test_a_generated_bundle_is_accepted(tiny):
    outcome = run("validate", tiny)
    assert outcome.exit_code == 0
    assert "may be imported" in outcome.output


def test_a_refused_bundle_tells_where_and_what_to_do(tiny):
    with (tiny / "rules.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"key": "x"}\n')
    outcome = run("validate", tiny)
    assert outcome.exit_code == 1
    for word in ("rules.jsonl:81", "FIELD_MISSING", "institution", "refused"):
        assert word in outcome.output


def test_the_report_is_given_as_json(tiny):
    report = json.loads(run("validate", "--json", tiny).output)
    assert report["ok"]
    assert {count["concept"] for count in report["counts"]} >= {"rule", "mapping", "outcome"}


@pytest.mark.parametrize("content", [None, b"", b"no zip", b"PK\x03\x04 nearly a zip"])
def test_what_is_no_bundle_is_refused_without_a_traceback(tmp_path, content):
    path = tmp_path / "thing.zip"
    if content is not None:
        path.write_bytes(content)
    outcome = run("validate", path)
    assert outcome.exit_code == 1
    assert "NOT_A_BUNDLE" in outcome.output


def test_an_unknown_mapping_is_refused_naming_the_shipped_ones(tiny):
    outcome = run("validate", "--mapping", "nothing", tiny)
    assert outcome.exit_code == 1
    assert "divisions" in outcome.output


@pytest.mark.parametrize(
    "arguments", [["validate"], ["generate", "--scale", "cosmic", "x"], ["schema"], ["schema", "no"]]
)
def test_misuse_exits_with_2(arguments):
    assert run(*arguments).exit_code == 2


def test_generate_leaves_a_folder_that_holds_something_alone(tiny):
    assert run("generate", tiny).exit_code == 2


def test_a_schema_is_printed(tmp_path):
    assert json.loads(run("schema", "outcomes").output)["$ref"] == "#/$defs/Outcome"


@pytest.mark.parametrize("command", [[], ["validate"], ["generate"], ["schema"]])
def test_help_teaches_by_examples(command):
    assert "alliance-hub bundle" in run(*command, "--help").output
