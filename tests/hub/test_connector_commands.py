"""What is true of ``alliance-hub connectors``."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

from connectors.conformance import RULES, Finding, Line, because
from connectors.content import content
from connectors.registry import Registry
from connectors.scenes import Subject
from connectors.standings import Noted, Standing, StandingFile, note
from hub.connector_commands import connectors
from tests.connectors.rest.test_rest import PAGED, port  # noqa: F401  (a fixture)
from tests.connectors.test_conformance import SAMPLE, Strict, broken, subject


def good():
    return subject(), SAMPLE


def named_only():
    return Subject(subject().manifest, subject().stage, source="north"), SAMPLE


def bad():
    return subject(broken(Strict)), SAMPLE


def run(*arguments: str):
    return CliRunner().invoke(connectors, arguments)


@pytest.fixture
def folder(tmp_path, port):  # noqa: F811 - a fixture
    (tmp_path / "north.yaml").write_text(PAGED % {"port": port})
    (tmp_path / "wrong.yaml").write_text("{")
    return str(tmp_path)


def test_sources_are_listed_and_what_was_set_aside_is_shown(folder):
    told = run("list", "--folder", folder)
    assert "north  of north-college  by rest  results" in told.stdout
    assert "wrong" in told.stderr
    assert json.loads(run("list", "--folder", folder, "--json").stdout)["quarantined"][0]["code"] == "wrong"


def test_wrong_lines_of_links_and_grants_are_listed_by_file_and_line(folder, tmp_path):
    links, grants = tmp_path / "links", tmp_path / "grants"
    links.write_text(
        "- learner: {scheme: hub, code: ana}\n"
        "  links: [{source: north, key: {scheme: s, code: 20230901}}]\n"
        "- learner: {scheme: hub, code: bao}\n"
        "  links:\n"
        "    - {source: north, key: {scheme: s, code: '1'}}\n"
        "    - {source: nroth, key: {scheme: s, code: '1'}}\n",
        "utf-8",
    )
    grants.write_text("grant: g", "utf-8")
    told = run("list", "--folder", folder, "--links", str(links), "--grants", str(grants))
    assert f"on file    {links}  1 entries" in told.stdout
    no_text = "YAML reads this as int, not as text; a code is text: quote it"
    assert told.stderr.splitlines()[1:-1] == [
        f"wrong      {links}, line 2: links[0].key.code: {no_text}",
        f"wrong      {links}: a key of north is of scheme s, and it has keys of student (1 times)",
        f"wrong      {links}: nroth is named, and no source of that code is declared (1 times)",
        f"wrong      {grants}: the file is not a list",
    ]
    told = run("list", "--folder", folder, "--links", str(links), "--grants", str(grants), "--json")
    assert [(each["entries"], len(each["wrong"])) for each in json.loads(told.stdout)["onFile"]] == [
        (1, 3),
        (0, 1),
    ]


def test_files_of_links_that_are_right_are_listed_without_a_complaint(folder, tmp_path):
    links = tmp_path / "links"
    links.write_text(
        "- learner: {scheme: hub, code: bao}\n  links: [{source: wrong, key: {scheme: s, code: '1'}}]\n",
        "utf-8",
    )
    told = run("list", "--folder", folder, "--links", str(links))
    assert "wrong      " not in told.stderr, "a source that was set aside is declared all the same"
    assert "onFile" in run("list", "--folder", folder, "--json").stdout


def test_checking_a_connector_computes_its_standing():
    told = run("check", "tests.hub.test_connector_commands:good")
    assert (told.exit_code, "standing: GOLD" in told.stdout) == (0, True)


def test_the_standing_is_noted_for_the_hub_to_show(tmp_path):
    file = tmp_path / "standings.yaml"
    run("check", "tests.hub.test_connector_commands:good", "--note", str(file))
    known = asyncio.run(StandingFile(file).known())
    manifest = good()[0].manifest
    [noted] = known.values()
    assert (noted.place, noted.version, noted.standing) == ((manifest.name, ""), "1", Standing.GOLD)
    assert noted.content == content(manifest), "it is tied to what was checked"


def test_a_kit_that_names_its_source_and_does_not_give_it_is_told_how(tmp_path):
    told = run("check", "tests.hub.test_connector_commands:named_only")
    assert (told.exit_code, "connectors.registry.declaration(" in told.stderr) == (1, True)


def test_listing_ends_with_status_0_where_all_is_well_and_1_with_a_count_where_not(folder, tmp_path):
    told = run("list", "--folder", folder)
    assert told.exit_code == 1
    assert told.stderr.splitlines()[-1].startswith("not well   1 set aside, 0 wrong on file")
    told = run("list", "--folder", folder, "--json")
    assert (told.exit_code, json.loads(told.stdout)["quarantined"][0]["code"]) == (1, "wrong")
    (tmp_path / "wrong.yaml").unlink()
    told = run("list", "--folder", folder)
    assert (told.exit_code, told.stderr) == (0, "")
    standings = tmp_path / "standings"
    standings.write_text("{", "utf-8")
    told = run("list", "--folder", folder, "--standings", str(standings))
    assert told.exit_code == 1
    assert f"wrong      {standings}: the file is not YAML" in told.stderr
    assert "0 set aside, 1 wrong on file" in told.stderr
    assert "Exit status:" in run("list", "--help").stdout


def test_a_standing_is_listed_until_the_declaration_changes(folder, tmp_path, port):  # noqa: F811 - a fixture
    (tmp_path / "wrong.yaml").unlink()
    file = tmp_path / "standings"
    [source] = Registry(tmp_path).load().sources
    note(file, Noted("rest", "1", Standing.GOLD, "north", content(source.manifest, source.settings)))
    told = run("list", "--folder", folder, "--standings", str(file))
    assert told.stdout.splitlines()[-2].endswith("standing GOLD")
    said = yaml.safe_load(PAGED % {"port": port})
    said["settings"]["results"]["map"]["title"] = "other.name"
    (tmp_path / "north.yaml").write_text(yaml.safe_dump(said), "utf-8")
    told = run("list", "--folder", folder, "--standings", str(file))
    assert told.stdout.splitlines()[-2].endswith("standing GOLD, checked before the last change: check again")
    [shown] = json.loads(run("list", "--folder", folder, "--standings", str(file), "--json").stdout)[
        "sources"
    ]
    assert (shown["standing"], shown["earlierStanding"]) == (None, "GOLD")


def test_a_key_of_a_scheme_the_source_does_not_have_is_told_and_nothing_is_asked(folder):
    told = run("read", "north", "hub:s1", "--folder", folder)
    assert told.exit_code == 1
    assert "the source north has keys of scheme student, not hub" in told.stderr
    assert "s1" not in told.stderr


def test_reading_remarks_on_what_was_given_twice_and_drops_what_is_somebody_elses(folder, tmp_path, port):  # noqa: F811 - a fixture
    said = yaml.safe_load(PAGED % {"port": port})
    said["settings"]["auth"] = {"kind": "basic", "name": "hub", "password": "hush-hush"}
    said["settings"]["results"] |= {
        "path": "/batch",
        "method": "POST",
        "body": {"ids": "{codes}"},
        "rows": "@",
        "paging": None,
    }
    (tmp_path / "north.yaml").write_text(yaml.safe_dump(said), "utf-8")
    told = run("read", "north", "student:s1", "--folder", folder)
    assert "DUPLICATES x1" in told.stderr
    assert "FOREIGN_RECORDS x2" in told.stderr
    assert "5 records" in told.stderr


def test_what_keeps_a_connector_from_a_standing_is_said(folder):
    told = run("check", "tests.hub.test_connector_commands:bad")
    assert "standing: NONE (C3 BROKEN: nothing broken is forgiven, at whatever standing" in told.stdout
    lines = (Line("C1", "", Finding.BROKEN), Line("C8", "", Finding.BROKEN))
    assert because(lines).startswith("C1, C8 BROKEN")
    held = [Line(clause, "", Finding.HOLDS) for _, clauses in RULES for clause in clauses]
    assert because(held) == ""
    assert because([each for each in held if each.clause not in ("C9", "C14")]) == (
        "SILVER needs C9 to hold or be excused"
    )


def test_checking_a_bad_connector_fails_and_cites_the_clause():
    told = run("check", "tests.hub.test_connector_commands:bad")
    assert told.exit_code == 1
    assert "BROKEN    C3" in told.stdout


def test_a_sample_is_read_and_shows_no_person_unless_asked(folder):
    told = run("read", "north", "student:s1", "--folder", folder, "--most", "2")
    assert (told.exit_code, len(told.stdout.splitlines())) == (0, 2)
    assert "s1" not in told.stdout
    assert "s1-0" in run("read", "north", "student:s1", "--folder", folder, "--personal").stdout


EXPORTS = """
source: folder
member: m
connector: files
settings:
  folder: .
  columns: [学号, 学分]
  key_scheme: s
  map: {id: 学号, learner: 学号, credit: {scheme: cn, amount: 学分}}
"""


def test_an_export_is_inspected_and_its_defects_named_without_their_values(tmp_path):
    (tmp_path / "folder.yaml").write_text(EXPORTS, encoding="utf-8")
    sheet = tmp_path / "export.csv"
    sheet.write_text("学号,学分\n001,2\n002,-7\n", encoding="utf-8")
    told = run("inspect", "folder", str(sheet), "--folder", str(tmp_path))
    assert (told.exit_code, told.stdout[:15]) == (1, "line 3: credit:")
    assert "-7" not in told.stdout
    sheet.write_text("学号,学分\n001,2\n", encoding="utf-8")
    assert run("inspect", "folder", str(sheet), "--folder", str(tmp_path)).exit_code == 0


@pytest.mark.parametrize(
    "arguments", [("read", "nowhere", "student:s1"), ("read", "north", "s1"), ("schema", "none")]
)
def test_a_wrong_word_is_told_kindly(arguments):
    told = run(*arguments)
    assert told.exit_code == 1
    assert told.stderr.startswith("Error: ")


def test_the_commands_need_the_base_distribution_only():
    heavy = "starlette strawberry neo4j uvicorn rich pytest"
    script = f"import sys, hub.connector_commands; print([m for m in '{heavy}'.split() if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_an_expression_that_is_none_is_told_by_its_line_with_how_to_write_it(tmp_path):
    lines = EXPORTS.splitlines()
    at = next(number for number, line in enumerate(lines) if "map:" in line)
    lines[at] = "  map: {id: 'join(a, [学号, 课程号])', learner: 学号}"
    (tmp_path / "folder.yaml").write_text("\n".join(lines), "utf-8")
    told = run("list", "--folder", str(tmp_path))
    assert "source     folder" not in told.stdout
    assert f"line {at + 1}: join(a, [学号, 课程号]) is not a JMESPath" in told.stderr
    assert '"学号" 表达式中的中文名称须加双引号' in told.stderr
    lines[at] = "  map: {id: 'join(`[1], [a])', learner: 学号}"
    (tmp_path / "folder.yaml").write_text("\n".join(lines), "utf-8")
    told = run("list", "--folder", str(tmp_path)).stderr
    assert "is not a JMESPath" in told
    assert "双引号" not in told, "the help is for the mistake it helps with"
    lines[at] = "  map: {id: 'join(''/'', [\"学号\", \"课程号\"])', learner: 学号}"
    (tmp_path / "folder.yaml").write_text("\n".join(lines), "utf-8")
    assert "source     folder" in run("list", "--folder", str(tmp_path)).stdout


@pytest.mark.parametrize(
    ("part", "wrong", "said"),
    [
        ("title", "naam", "map.title found nothing in any record"),
        ("mark", "skore", "map.mark found nothing in any record: every result counts as completed"),
        ("completed", "day", "map.completed found nothing"),
    ],
)
def test_what_a_declaration_maps_and_no_record_has_is_told(folder, tmp_path, port, part, wrong, said):  # noqa: F811 - a fixture
    right = yaml.safe_load(PAGED % {"port": port})
    told = run("read", "north", "student:s1", "--folder", folder)
    assert (told.exit_code, "look at" in told.stderr) == (0, False), told.stderr
    right["settings"]["results"]["map"][part] = wrong
    (tmp_path / "north.yaml").write_text(yaml.safe_dump(right), "utf-8")
    told = run("read", "north", "student:s1", "--folder", folder)
    assert (told.exit_code, said in told.stderr) == (0, True), told.stderr


def test_where_there_is_no_record_it_is_told_what_to_look_at(folder, tmp_path, port):  # noqa: F811 - a fixture
    wrong = yaml.safe_load(PAGED % {"port": port})
    wrong["settings"]["results"]["rows"] = "data.rows"
    (tmp_path / "north.yaml").write_text(yaml.safe_dump(wrong), "utf-8")
    told = run("read", "north", "student:s1", "--folder", folder)
    assert "look at: no record: if this learner does have some, look at rows" in told.stderr


def test_an_error_is_told_with_what_to_do(folder, tmp_path, port):  # noqa: F811 - a fixture
    walled = yaml.safe_load(PAGED % {"port": port})
    walled["traffic"] = {"private": []}
    (tmp_path / "north.yaml").write_text(yaml.safe_dump(walled), "utf-8")
    told = run("read", "north", "student:s1", "--folder", folder)
    assert told.exit_code == 1
    assert "ADDRESS_FORBIDDEN" in told.stderr
    assert "traffic: {private: [10.1.0.0/16]}" in told.stderr
    (tmp_path / "fresh.csv").write_text("学号,学分\n001,2\n", encoding="utf-8")
    exports = EXPORTS.replace("folder: .", f"folder: {tmp_path}")
    (tmp_path / "folder.yaml").write_text(exports, encoding="utf-8")
    told = run("read", "folder", "s:001", "--folder", folder)
    assert "UNSETTLED" in told.stderr
    assert "Worth asking again in " in told.stderr
