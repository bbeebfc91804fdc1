"""What is true of ``alliance-hub connectors new | docs``: what they write already runs."""

from __future__ import annotations

import re

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from connectors.registry import Registry, find
from hub.connector_commands import connectors
from hub.scaffold.shapes import shape

HEADER = "学号,姓名,课程代码,课程名称,学分,成绩,学期\n"
ROWS = "0021001,张三,C1,数据结构,2.5,85,2023-2024-1\n0021002,李四,C2,物流,3,甲等,2023-2024-1\n"


def run(*arguments: str):
    return CliRunner().invoke(connectors, [str(each) for each in arguments])


@pytest.fixture
def guessed(tmp_path):
    def make(text=HEADER + ROWS, codec="gb18030", name="south"):
        sample = tmp_path / f"{name}.csv"
        sample.write_bytes(text.encode(codec))
        return run("new", name, "--from", sample, "--into", tmp_path), sample

    return make


def test_a_declaration_is_guessed_from_a_sample_and_can_be_used_at_once(guessed, tmp_path):
    told, sample = guessed()
    assert told.exit_code == 0, told.output
    said = yaml.safe_load((tmp_path / "connectors.d/south.yaml").read_text("utf-8"))
    assert said["settings"]["reading"] == {"codec": "gb18030"}
    assert said["settings"]["map"] == {
        "id": 'join(\'/\', ["学号", "课程代码", "学期"])',
        "learner": "学号",
        "outcome": {"scheme": "south-course", "code": "课程代码"},
        "title": "课程名称",
        "credit": {"scheme": "south-credit", "amount": "学分"},
        "mark": "成绩",
        "completed": "学期",
    }
    written = (tmp_path / "connectors.d/south.yaml").read_text("utf-8")
    assert "#     code_width: 7\n" in written, "a guess that would refuse rows is for a person to make"
    assert [each.code for each in Registry(tmp_path / "connectors.d").load().sources] == ["south"]
    inspected = run("inspect", "south", sample, "--folder", tmp_path / "connectors.d")
    assert inspected.stdout.startswith("line 3: mark:"), "甲等 is in no table"


def test_marks_in_no_table_are_listed_for_a_person_to_explain(guessed, tmp_path):
    guessed()
    assert "甲等: {grade: 甲等" in (tmp_path / "connectors.d/south.yaml").read_text("utf-8")


def test_a_cell_that_is_no_mark_never_becomes_a_line_of_the_declaration(guessed, tmp_path):
    hostile = '0021003,王五,C1,数据结构,2.5,"甲\nmember: stolen",2023-2024-1\n'
    guessed(HEADER + ROWS + hostile + hostile.replace("甲\nmember: stolen", "一" * 200))
    written = (tmp_path / "connectors.d/south.yaml").read_text("utf-8")
    assert yaml.safe_load(written)["member"] == "south"
    assert "stolen" not in written
    assert "一一" not in written
    assert "甲等: {grade: 甲等" in written


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_encodings_and_delimiters_are_seen(guessed, tmp_path, codec, delimiter):
    guessed((HEADER + ROWS).replace(",", delimiter), codec)
    said = yaml.safe_load((tmp_path / "connectors.d/south.yaml").read_text("utf-8"))["settings"]
    assert (said["reading"]["codec"], said["delimiter"]) == ("utf-8", delimiter)
    assert said["columns"][0] == "学号"


def test_columns_are_known_by_what_stands_in_them_where_their_names_tell_nothing(guessed, tmp_path):
    guessed("student,a,b\n1001,20230901,优\n1002,2023年9月,85\n")
    told = yaml.safe_load((tmp_path / "connectors.d/south.yaml").read_text("utf-8"))["settings"]["map"]
    assert (told["completed"], told["mark"]) == ("a", "b")


def test_mangled_numbers_and_lost_zeros_are_pointed_out(guessed):
    told, _ = guessed("学号,课程代码\n2.1E+05,C1\n1001,C2\n21001,C1\n")
    assert "mangled" in told.stderr
    assert "leading zeros" in told.stderr


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04", "workbook"),
        (b"\xff\xff\xff\n", "not UTF-8 at line 1, not GB18030 at line 1"),
        ((HEADER + ROWS).encode() + b"0021003,\xff\xff\n", "not UTF-8 at line 4"),
        ("学号,,成绩\n1,2,3\n".encode(), "its header has no name for column 2"),
        ("学号,成绩,成绩\n1,2,3\n".encode(), "its header names 成绩 twice"),
        (b"a,b\n", "no header with rows"),
        ("甲,乙\n1,2\n".encode(), "no column says whose"),
        (b'student,b\n"' + b"x" * 200_000, "never closed"),
    ],
)
def test_what_is_no_sample_is_told_with_what_to_do(tmp_path, data, why):
    sample = tmp_path / "s.csv"
    sample.write_bytes(data)
    told = run("new", "south", "--from", sample, "--into", tmp_path)
    assert (told.exit_code, why in told.output) == (1, True), told.output
    assert not (tmp_path / "connectors.d").exists()


def test_a_rest_declaration_is_valid_as_it_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("EAST_KEY", "x")
    assert run("new", "east", "--kind", "rest", "--into", tmp_path).exit_code == 0
    found = Registry(tmp_path / "connectors.d").load()
    assert ([each.code for each in found.sources], found.quarantined) == (["east"], ())


def test_a_rest_declaration_comes_with_a_kit_that_computes_the_standing_of_that_source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("EAST_SEA_KEY", "the real one")
    assert run("new", "east-sea", "--kind", "rest").exit_code == 0
    told = run("check", "east_sea_kit:kit", "--note", "standings.yaml")
    assert (told.exit_code, "standing: GOLD" in told.stdout) == (0, True), told.output
    noted = {"connector": "rest", "version": "1", "standing": "GOLD", "source": "east-sea"}
    [line] = yaml.safe_load((tmp_path / "standings.yaml").read_text())
    assert {name: line[name] for name in noted} == noted
    assert "standing GOLD" in run("list").stdout
    file = tmp_path / "connectors.d" / "east-sea.yaml"
    file.write_text(file.read_text("utf-8").replace("mark: score", "mark: points"), "utf-8")
    assert "standing GOLD, checked before the last change: check again" in run("list").stdout
    file.write_text(file.read_text("utf-8").replace("mark: points", "mark: score"), "utf-8")
    assert "checked before" not in run("list").stdout, "put back as it was, it is what was checked"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_guessed_declaration_comes_with_a_kit_that_computes_its_standing(tmp_path, monkeypatch, codec):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"{codec}-hill" if codec != "utf-8" else "plain-hill"
    (tmp_path / "sample.csv").write_bytes((HEADER + ROWS).encode(codec))
    assert run("new", name, "--from", "sample.csv").exit_code == 0
    file = tmp_path / "connectors.d" / f"{name}.yaml"
    said = yaml.safe_load(file.read_text("utf-8"))
    said["settings"]["map"] |= {"resits": True, "code_width": 7}
    file.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    kit = f"{name.replace('-', '_')}_kit:kit"
    told = run("check", kit, "--note", "standings.yaml")
    assert (told.exit_code, "standing: GOLD" in told.stdout) == (0, True), told.output
    [noted] = yaml.safe_load((tmp_path / "standings.yaml").read_text())
    assert (noted["connector"], noted["source"]) == ("files", name)


def test_the_kit_of_exports_tests_no_resits_where_none_are_declared_and_breaks_where_a_column_is_gone(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "sample.csv").write_text(HEADER + ROWS, "utf-8")
    run("new", "one-hill", "--from", "sample.csv")
    run("new", "two-hill", "--from", "sample.csv")
    told = run("check", "one_hill_kit:kit")
    assert "standing: SILVER (GOLD needs C15 to hold or be excused)" in told.stdout
    file = tmp_path / "connectors.d" / "two-hill.yaml"
    file.write_text(file.read_text("utf-8").replace("learner: 学号", "learner: 学籍号"), "utf-8")
    told = run("check", "two_hill_kit:kit")
    assert (told.exit_code, "BROKEN    C1" in told.stdout) == (1, True), told.output


def test_the_kit_of_a_declaration_sees_where_the_declaration_no_longer_fits_the_interface(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("WEST_SEA_KEY", "x")
    run("new", "west-sea", "--kind", "rest")
    file = tmp_path / "connectors.d" / "west-sea.yaml"
    file.write_text(file.read_text("utf-8").replace("learner: student.no", "learner: student.name"), "utf-8")
    told = run("check", "west_sea_kit:kit")
    assert told.exit_code == 1
    assert "BROKEN    C1" in told.stdout
    assert "standing: NONE" in told.stdout


def test_a_kit_whose_declaration_is_set_aside_says_why(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    run("new", "gone-sea", "--kind", "rest")
    (tmp_path / "connectors.d" / "gone-sea.yaml").unlink()
    told = run("check", "gone_sea_kit:kit")
    assert (told.exit_code, "there is no source gone-sea in connectors.d" in told.output) == (1, True)


def test_nothing_is_overwritten(tmp_path):
    assert run("new", "east", "--kind", "rest", "--into", tmp_path).exit_code == 0
    file = tmp_path / "connectors.d" / "east.yaml"
    file.write_text("mine")
    again = run("new", "east", "--kind", "rest", "--into", tmp_path)
    assert (again.exit_code, "stays as it is" in again.output, file.read_text()) == (1, True, "mine")


@pytest.mark.parametrize("name", ["", "X", "a b", "../x", "n" * 60])
def test_a_name_that_is_no_name_is_refused(tmp_path, name):
    assert run("new", name, "--into", tmp_path).exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_every_kind_has_a_page_with_each_of_its_settings():
    for name, manifest in find().manifests.items():
        page = run("docs", name).stdout
        assert page.startswith(f"# {name}: ")
        missing = [field for field in manifest.settings.__struct_fields__ if f"| `{field}` |" not in page]
        assert missing == []


def test_a_page_of_an_unknown_kind_is_told():
    assert run("docs", "nothing").exit_code == 1


def many(*rows: str) -> str:
    """A sample of seven learners who did two courses each, and the rows given."""
    plain = [
        f"20210{number:02},王,{course},数据结构,2.5,85,2023-2024-1\n"
        for number in range(1, 8)
        for course in (f"CS{100 + number}", f"CS{300 + number}")
    ]
    return HEADER + "".join((*plain, *rows))


def written(tmp_path, name="south") -> str:
    return (tmp_path / f"connectors.d/{name}.yaml").read_text("utf-8")


def test_a_sample_that_shows_resits_has_them_declared_and_it_is_said_how_many_were_seen(guessed, tmp_path):
    guessed(many("2021001,王,CS101,数据结构,2.5,90,2022-2023-1\n"))
    assert yaml.safe_load(written(tmp_path))["settings"]["map"]["resits"] is True
    assert "    resits: true  # 1 of 14 learners' courses stand at several times" in written(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        many("2021001,王,CS101,数据结构,2.5,85,2023-2024-1\n"),  # the same row twice
        many("2021001,王,CS401,数据结构,2.5,85,2023-2024-2\n"),  # the same learner at something else
        many("2021009,王,CS101,数据结构,2.5,85,2023-2024-2\n"),  # somebody else at the same
        "学号,课程代码,成绩\n1,C1,45\n1,C1,60\n",  # nothing says when
        "学号,成绩,学期\n1,45,2022-2023-1\n1,60,2022-2023-2\n",  # nothing says what
    ],
)
def test_a_sample_without_resits_declares_none(guessed, tmp_path, text):
    told, _ = guessed(text)
    assert told.exit_code == 0, told.output
    assert "resits:" not in written(tmp_path)


def test_exports_named_by_a_day_are_found_by_names_like_it_and_others_by_their_ending(guessed, tmp_path):
    found = {}
    for name in ("north-20240630", "y2024-06-30", "south", "20240630"):
        sample = tmp_path / f"{name}.csv"
        sample.write_text(many(), "utf-8")
        assert run("new", f"of-{name}", "--from", sample, "--into", tmp_path).exit_code == 0
        found[name] = yaml.safe_load(written(tmp_path, f"of-{name}"))["settings"]["pattern"]
        assert sample in sample.parent.glob(found[name])
    told = {"north-20240630": "north-*.csv", "y2024-06-30": "y*.csv", "south": "*.csv", "20240630": "*.csv"}
    assert found == told
    assert "  pattern: north-*.csv  # named like the sample; '*.csv' takes any" in written(
        tmp_path, "of-north-20240630"
    )


def test_the_shape_of_codes_is_proposed_with_how_many_were_seen_and_can_be_used_as_it_stands(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "sample.csv").write_text(many("2021001,王,CS101,数据结构,2.5,90,2022-2023-1\n"), "utf-8")
    assert run("new", "shaped", "--from", "sample.csv").exit_code == 0
    text = written(tmp_path, "shaped")
    assert "# All 14 codes seen in 课程代码 look like this." in text
    assert "#     pattern: '[A-Z]{2}[0-9]{3}'\n" in text
    assert "#     code_pattern: '[0-9]{7}'\n" in text
    said = yaml.safe_load(text)
    said["settings"]["map"]["outcome"]["pattern"] = "[A-Z]{2}[0-9]{3}"
    said["settings"]["map"]["code_pattern"] = "[0-9]{7}"
    (tmp_path / "connectors.d/shaped.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    assert "standing: GOLD" in run("check", "shaped_kit:kit").stdout, "its invented codes are of that shape"
    assert run("inspect", "shaped", "sample.csv").exit_code == 0
    (tmp_path / "later.csv").write_text(HEADER + "2021001,王,CS1O1,x,2.5,85,2023-2024-1\n", "utf-8")
    assert "line 2: outcome:" in run("inspect", "shaped", "later.csv").stdout
    (tmp_path / "later.csv").write_text(HEADER + "202100,王,CS101,x,2.5,85,2023-2024-1\n", "utf-8")
    assert "line 2: learner:" in run("inspect", "shaped", "later.csv").stdout


@given(st.lists(st.from_regex(r"\A[A-Z]{1,3}-[0-9]{2,5}\Z"), min_size=5, unique=True), st.integers(1, 9))
def test_every_code_seen_matches_the_shape_it_shows_and_so_does_what_is_invented_of_it(codes, number):
    found = shape(codes)
    assert found is not None
    assert all(re.fullmatch(found.pattern, each) for each in (*codes, found.like(number)))
    assert not re.fullmatch(found.pattern, codes[0] + "\n")


@pytest.mark.parametrize(
    "codes",
    [
        ["C1", "C2", "C3", "C4"],  # too few
        ["C1", "C2", "C3", "C4", "5"],  # not alike
        ["C1\n", "C2\n", "C3\n", "C4\n", "C5\n"],  # what would become a line of a declaration
        ["课1", "课2", "课3", "课4", "课5"],
        [f"{n}-" * 5 for n in range(9)],  # too many runs to mean anything
        [],
    ],
)
def test_codes_that_show_no_shape_propose_none(codes):
    assert shape(codes) is None
