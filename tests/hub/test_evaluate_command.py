"""A table of results judged: the verdicts of `whatIf`, in three forms, bad lines told by their place."""

import csv
import json
import tracemalloc
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from graph.engines import EngineSettings, choose
from graph.layout import CATALOG
from graph.model.learning import Context
from graph.store import Store
from hub.cli import main
from hub.evaluate_rows import COLUMNS, groups
from hub.evaluating import TOLD
from hub.sheets import reading, writing
from tests.alliance_in_a_box import load_demo
from tests.schema.test_recognition import COURIER, LOG, what_if

HEAD = ("set", "resultId", "outcome", "firstDay", "status")
ROWS = [
    ("张三", "r1", "postal-cert:2019:COURIER-1", "2023-06-01", ""),
    ("li", "r1", "postal-cert:2019:COURIER-1", "2023-06-01", "FAILED"),
    ("=1+1", "r1", "postal-cert:2019:COURIER-1", "2023-06-01", ""),
]


@pytest.fixture(scope="module")
async def graph(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluate") / "data"
    async with Store(choose(EngineSettings(folder=folder)), CATALOG.prepare) as store:
        await store.ready(60)
        await load_demo(store)
        answer = await what_if(store, [COURIER], programme=LOG)
    return folder, answer


def put(path, rows, head=HEAD):
    if path.suffix == ".xlsx":
        book = Workbook()
        for row in (head, *rows):
            book.active.append([cell or None for cell in row])
        for cell in book.active["A"]:
            cell.data_type = "s"
        book.save(path)
    elif path.suffix == ".jsonl":
        lines = ({n: c for n, c in zip(head, row, strict=True) if c} for row in rows)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((head, *rows))
    return path


def got(path):
    if path.suffix == ".xlsx":
        head, *rows = load_workbook(path).active.iter_rows(values_only=True)
        return [{n: c for n, c in zip(head, row, strict=True) if c is not None} for row in rows]
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = [{n: c for n, c in row.items() if c} for row in csv.DictReader(file)]
    assert not any(cell[0] in "=+@" for row in found for cell in row.values()), "no cell is a formula"
    return [{n: c.removeprefix("'") for n, c in row.items()} for row in found]


def run(graph, file, out, *more):
    words = ("evaluate", file, out, "--data", graph[0], "--institution", "alliance:-:OUC", *more)
    done = CliRunner().invoke(main, [*map(str, words), "--programme", LOG, "--valid-on", "2024-03-01"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_each_set_has_the_verdicts_of_what_if_in_each_form(graph, tmp_path, ending):
    out = tmp_path / f"out.{ending}"
    code, output = run(graph, put(tmp_path / f"in.{ending}", ROWS), out)
    assert code == 0, output
    told = got(out)
    wanted = [
        (one["ruleCode"], one["target"]["targetKey"], one["verdict"]) for one in graph[1]["judged"]["nodes"]
    ]
    for name in ("张三", "=1+1"):
        rows = [row for row in told if row["set"] == name]
        assert [(row["ruleCode"], row["targetKey"], row["verdict"]) for row in rows] == wanted
    refused = {row["verdict"] for row in told if row["set"] == "li"}
    assert "NOT_MET" in refused
    assert "MEETS_RULE" not in refused
    assert {"evidenceIds", "nextStep", "credit"} <= set(told[0])


BAD = {
    "ROW_MALFORMED firstDay": ("a", "r1", "postal-cert:2019:COURIER-1", "yesterday", ""),
    "ROW_MALFORMED status": ("a", "r1", "postal-cert:2019:COURIER-1", "", "DONE"),
    "ROW_MALFORMED set": ("", "r1", "postal-cert:2019:COURIER-1", "", ""),
    "MALFORMED_KEY outcome": ("a", "r1", "no key", "", ""),
    "RESULT_NAMES_NOTHING ": ("a", "r1", "", "", ""),
    "RESULT_UNKNOWN_CODE outcome": ("a", "r1", "onex:2021:none", "", ""),
    "SET_SPLIT set": ("张三", "r1", "postal-cert:2019:COURIER-1", "", ""),
}


@pytest.mark.parametrize("wanted", BAD)
def test_a_bad_line_is_told_by_line_field_and_code_and_spoils_its_set_only(graph, tmp_path, wanted):
    file = put(tmp_path / "in.csv", [ROWS[0], ROWS[1], BAD[wanted], ROWS[2]])
    code, _ = run(graph, file, tmp_path / "out.csv")
    bad = [row for row in got(tmp_path / "out.csv") if "code" in row]
    assert code == 1
    assert [(row["line"], f"{row['code']} {row.get('field', '')}") for row in bad] == [("4", wanted)]
    judged = {row["set"] for row in got(tmp_path / "out.csv") if "verdict" in row}
    assert judged == {"张三", "li", "=1+1"}


PAST = {
    "set": "old",
    "row": "USED",
    "application": "1",
    "ruleCode": "OUC-LOG-COURIER-ELECTIVE",
    "ruleVersion": "1",
    "appliedOn": "2023-09-01",
    "usedResults": "r1",
    "grantedIn": LOG,
    "targetKind": "ELECTIVE",
    "targetKey": "elective-major",
    "granted": "2",
    "grantedScheme": "ouc-18h",
}
HELD = {"set": "has", "row": "HELD", "targetKey": "ouc-course:2020:02321", "state": "HELD"}


def table(path, *rows):
    return put(path, [tuple(row.get(name, "") for name in ALL) for row in rows], ALL)


ALL = tuple(sorted(COLUMNS))


def held_result(name):
    return dict(zip(HEAD, ROWS[0], strict=True)) | {"set": name}


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_what_is_held_and_what_was_used_before_counts_in_a_set_and_in_no_other(graph, tmp_path, ending):
    rows = held_result("old"), PAST, HELD, held_result("has"), held_result("new")
    out = tmp_path / f"out.{ending}"
    code, output = run(graph, table(tmp_path / f"in.{ending}", *rows), out)
    assert code == 0, output
    told = {(row["set"], row["targetKey"]): row["verdict"] for row in got(out)}
    course = "ouc-course:2020:02321"
    assert [told[name, course] for name in ("old", "has", "new")] == [
        "EXCLUDED",
        "ALREADY_HELD",
        "MEETS_RULE",
    ]
    assert told["has", "ouc-course:2020:02322"] == "MEETS_RULE"


ASTRAY = {
    "ROW_STRAY state": held_result("a") | {"state": "HELD"},
    "ROW_MALFORMED row": held_result("a") | {"row": "OLD"},
    "ROW_MALFORMED state": HELD | {"state": "LOST"},
    "ROW_MALFORMED application": PAST | {"application": ""},
    "ROW_MALFORMED appliedOn": PAST | {"appliedOn": "long ago"},
    "CONSUMED_MALFORMED version": PAST | {"ruleVersion": "0"},
    "CONSUMED_UNKNOWN_CODE ruleCode": PAST | {"ruleCode": "NOBODYS"},
    "CONSUMED_UNKNOWN_CODE credit": PAST | {"grantedScheme": "shells"},
    "USED_UNLISTED usedResults": PAST | {"usedResults": "r0,r1"},
    "HELD_UNKNOWN ": HELD | {"targetKey": "ouc-course:2020:99999"},
    "RESULT_UNKNOWN_CODE partOf": held_result("a") | {"partOf": "r8"},
    "ROW_MALFORMED firstDay": held_result("a") | {"firstDay": "20230601"},
    "RESULT_CREDIT earned": held_result("a") | {"earned": "1_0", "earnedScheme": "ouc-18h"},
}


@pytest.mark.parametrize("wanted", ASTRAY)
def test_a_bad_line_about_what_was_before_is_told_by_line_field_and_code(graph, tmp_path, wanted):
    rows = held_result("good"), held_result("a") | {"resultId": "r0"}, ASTRAY[wanted] | {"set": "a"}
    code, _ = run(graph, table(tmp_path / "in.csv", *rows), tmp_path / "out.csv")
    told = got(tmp_path / "out.csv")
    assert code == 1
    assert [(row["line"], f"{row['code']} {row.get('field', '')}") for row in told if "code" in row] == [
        ("4", wanted)
    ]
    assert {row["set"] for row in told if "verdict" in row} == {"good"}


def test_an_application_whose_programme_is_left_out_was_granted_where_the_question_is_asked(graph, tmp_path):
    unsaid = {name: cell for name, cell in PAST.items() if name != "grantedIn"}
    elsewhere = PAST | {"set": "other", "grantedIn": "ouc-programme:2021:SW-Z"}
    rows = held_result("old"), unsaid, held_result("other"), elsewhere
    code, output = run(graph, table(tmp_path / "in.csv", *rows), tmp_path / "out.csv")
    assert code == 0, output
    told = {(row["set"], row["targetKey"]): row["verdict"] for row in got(tmp_path / "out.csv")}
    course = "ouc-course:2020:02321"
    assert [told["old", course], told["other", course]] == ["EXCLUDED", "MEETS_RULE"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("set,resultId\n张\x01三,a\n".encode(), "`set` holds a control character"),
        ("set,resultId\n张三,a\n".encode("gb18030"), "CSV UTF-8"),
        ("成果组\n甲\n".encode(), "首行须为列名"),
        (b"", "首行须为列名"),
        (b",,\n", "首行须为列名"),
        ("set,resultId,set\n张三,a,b\n".encode(), "首行列名重复: set"),
        ('set,resultId\n"张三,a\n'.encode(), "引号未成对"),
        (f"set,resultId\n张三,{'x' * 200_000}\n".encode(), "单元格过长"),
    ],
)
def test_a_table_that_cannot_be_read_says_why_in_both_languages_and_shows_nothing_of_it(
    graph, tmp_path, content, said
):
    (tmp_path / "in.csv").write_bytes(content)
    code, output = run(graph, tmp_path / "in.csv", tmp_path / "out.xlsx")
    assert code == 1
    assert said in output
    assert "张" not in output
    assert not (tmp_path / "out.xlsx").exists()


def test_rows_of_one_application_are_its_targets(graph, tmp_path):
    second = {name: PAST[name] for name in ("set", "row", "application")} | {
        "targetKey": "ouc-course:2020:02322",
        "granted": "3",
        "grantedScheme": "ouc-18h",
    }
    with reading(table(tmp_path / "in.csv", PAST, second), COLUMNS) as rows:
        [group] = groups(rows)
    group.read_past(
        Context(
            institution="alliance:-:OUC",
            programme=None,
            credit_scheme=None,
            applied_on=date(2024, 3, 1),
            known_at=datetime(2024, 3, 1, tzinfo=UTC),
        )
    )
    [one] = group.consumed
    assert [(target.block, target.outcome) for target in one.targets] == [
        ("elective-major", None),
        (None, "ouc-course:2020:02322"),
    ]


def test_every_bad_line_of_a_set_is_told(graph, tmp_path):
    rows = [("a", f"r{n}", "no key", "", "") for n in range(3)] + [("a", "r9", "onex:2021:530801-2", "", "")]
    run(graph, put(tmp_path / "in.csv", rows), tmp_path / "out.csv")
    assert [row["line"] for row in got(tmp_path / "out.csv")] == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.csv", b"set,nonsense\na,b\n"),
        ("in.csv", b'set,resultId\n"a,b\n'),
        ("in.csv", b"\xff\xfe"),
        ("in.csv", b"set\na,b,c\n"),
        ("in.csv", b"set,resultId\na," + b"x" * 1_000_001),
        ("in.xlsx", b"no zip"),
        ("in.jsonl", b"[1]\n"),
        ("in.jsonl", b'{"set": {}}\n'),
        ("in.jsonl", b'{"set": "a\\ud800"}\n'),
        ("in.jsonl", b"[" * 100_000),
    ],
)
def test_what_is_no_table_is_refused_and_leaves_no_file(graph, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    code, output = run(graph, tmp_path / name, tmp_path / "out.csv")
    assert (code, "Traceback" in output) == (1, False)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_another_ending_is_misuse_and_nothing_is_overwritten(graph, tmp_path):
    file = put(tmp_path / "in.csv", ROWS)
    assert run(graph, file, tmp_path / "out.txt")[0] == 2
    assert run(graph, file, file)[0] == 1


def test_a_hundred_thousand_rows_are_read_and_written_in_bounded_memory(tmp_path):
    rows = ((f"s{n // 10}", f"r{n}", "a:1:b", "2023-06-01", "") for n in range(100_000))
    file = put(tmp_path / "in.csv", rows)
    tracemalloc.start()
    with reading(file, COLUMNS) as read, writing(tmp_path / "out.csv", TOLD) as write:
        count = 0
        for group in groups(read):
            count += len(group.results)
            write([group.name] + [""] * (len(TOLD) - 1))
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 100_000
    assert peak < 10_000_000
