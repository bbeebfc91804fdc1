"""What is true of the survey: forty planted defects are each named by line and field."""

from __future__ import annotations

from datetime import date

import pytest

from connectors.decoding.people import same_name
from connectors.files.survey import survey
from connectors.notices import NoticeCode
from tests.connectors.files.test_files import COLUMNS, ROWS, export, settings
from tests.connectors.files.test_forms import workbook

GOOD = ["0021001", "C1", "数据结构", "2.5", "85", "2023-2024-1"]
C = NoticeCode

PLANTED = [
    *[({0: code}, "learner", C.IDENTIFIER_MANGLED) for code in ("21001", "2.1E+05", "21001.0", "2E10", "1")],
    *[({0: code}, "learner", C.NOT_READABLE) for code in ("00210011", "A")],
    ({0: ""}, "learner", C.FOREIGN_RECORDS),
    *[
        ({2: title}, "课程名", C.TEXT_DAMAGED)
        for title in ("数据?构", "数??", "\ue123", "锟斤拷", "KÃ¸b", "数据\x81")
    ],
    *[
        ({3: amount}, "credit", C.NOT_READABLE)
        for amount in ("-1", "NaN", "1e400", "2,5", "二", "0.00001", "1" * 50)
    ],
    *[({3: amount}, "credit", C.NOT_READABLE) for amount in ("Infinity", "2.5分", "99999999999")],
    *[({4: mark}, "mark", C.NOT_READABLE) for mark in ("101", "-5", "很好", "8O", "85.555", "1e1", "优优")],
    *[
        ({5: day}, "completed", C.NOT_READABLE)
        for day in ("2023-2025-1", "2023-2024-9", "19000101", "20230230")
    ],
    *[
        ({5: day}, "completed", C.NOT_READABLE)
        for day in ("0000-00-00", "99991231", "soon", "2023-13", "1/9/2023")
    ],
]


def rows_of(planted):
    for number, (change, _, _) in enumerate(planted):
        told = [change.get(place, cell) for place, cell in enumerate([*GOOD[:1], f"C{number}", *GOOD[2:]])]
        yield [f'"{cell}"' if "," in cell else cell for cell in told]


def test_forty_planted_defects_are_each_named_by_line_and_field(tmp_path):
    assert len(PLANTED) == 40
    export(tmp_path, rows_of(PLANTED), codec="gb18030")
    made = settings(tmp_path, map=_map(resits=False))
    found = survey(tmp_path / "results-20260227.csv", made)
    wanted = [(line, where, code) for line, (_, where, code) in enumerate(PLANTED, 2)]
    assert [(each.line, each.where, each.code) for each in found] == wanted


SHEET = [
    *[
        ({0: code}, "learner", C.IDENTIFIER_MANGLED)
        for code in (21001, 1, 110105199003074517, 2.5e20, "2.1E+05")
    ],
    *[({0: code}, "learner", C.NOT_READABLE) for code in ("00210011", "A")],
    ({0: None}, "learner", C.FOREIGN_RECORDS),
    *[({place: "=1+1"}, COLUMNS[place], C.SHEET_UNFIT) for place in (0, 2, 3, 4, 5)],
    ({3: "=SUM(A1:A2)"}, COLUMNS[3], C.SHEET_UNFIT),
    *[({2: title}, "课程名", C.TEXT_DAMAGED) for title in ("数据?构", "数??", "\ue123", "锟斤拷", "KÃ¸b")],
    *[({3: amount}, "credit", C.NOT_READABLE) for amount in (-1, 0.00001, 1e20, "NaN", "2.5分", True)],
    *[({4: mark}, "mark", C.NOT_READABLE) for mark in (101, -5, 85.555, "很好", "8O", "优优", True)],
    *[
        ({5: day}, "completed", C.NOT_READABLE)
        for day in (date(1900, 1, 1), 19000101, "20230230", "soon", 1.5)
    ],
    *[({5: day}, "completed", C.NOT_READABLE) for day in ("2023-2025-1", "2023-13", date(9999, 12, 31))],
]


def test_forty_defects_planted_in_a_sheet_of_excel_are_each_named_by_line_and_field(tmp_path):
    assert len(SHEET) == 40
    planted = [
        [change.get(place, cell) for place, cell in enumerate([GOOD[0], f"C{number}", *GOOD[2:]])]
        for number, (change, _, _) in enumerate(SHEET)
    ]
    between = [[GOOD[0], f"G{number}", *GOOD[2:]] for number in range(40)]
    path = tmp_path / "results-20260227.xlsx"
    workbook(path, [row for pair in zip(between, planted, strict=True) for row in pair])
    found = survey(path, settings(tmp_path, map=_map(resits=False)))
    wanted = [(line, where, code) for line, (_, where, code) in zip(range(3, 83, 2), SHEET, strict=True)]
    assert [(each.line, each.where, each.code) for each in found] == wanted


@pytest.mark.parametrize("heading", [None, 5, "学 号"])
def test_a_sheet_with_a_strange_heading_is_told_on_line_one(tmp_path, heading):
    path = tmp_path / "results.xlsx"
    workbook(path, [GOOD], [heading, *COLUMNS[1:]])
    (first, *_) = survey(path, settings(tmp_path, map=_map()))
    assert (first.line, first.where) == (1, "header")
    assert first.code is (C.SHEET_UNFIT if heading is None else C.COLUMNS_CHANGED)


DOTS = ("\u00b7", "\u2022", "\u30fb")


def test_three_spellings_of_one_minority_name_are_one_name():
    names = [f"阿卜杜拉{dot}买买提" for dot in DOTS]
    assert len(set(names)) == 3
    assert all(same_name(one, other) for one in names for other in names)
    assert not any(same_name(one, "阿卜杜拉买买提江") for one in names)


def test_a_good_export_has_no_defects(tmp_path):
    export(tmp_path)
    assert survey(tmp_path / "results-20260227.csv", settings(tmp_path)) == ()


def test_header_cells_duplicates_and_a_row_without_end_are_named(tmp_path):
    text = [[*COLUMNS[:-1], "x"], GOOD, GOOD, [*GOOD, "x"], ['"', "x"]]
    path = tmp_path / "results.csv"
    path.write_bytes("\n".join(",".join(row) for row in text).encode("gb18030"))
    found = survey(path, settings(tmp_path, map=_map(resits=False)))
    told = [(each.line, each.code) for each in found]
    assert told == [(1, C.COLUMNS_CHANGED), (3, C.DUPLICATES), (4, C.COLUMNS_CHANGED), (4, C.NOT_READABLE)]


def test_lines_are_counted_over_cells_with_line_breaks(tmp_path):
    rows = [[*GOOD[:2], '"数据\n结构"', *GOOD[3:]], [*GOOD[:3], "-1", *GOOD[4:]]]
    found = survey(export(tmp_path, rows) / "results-20260227.csv", settings(tmp_path))
    assert [(each.line, each.where) for each in found] == [(4, "credit")]


def test_no_defect_holds_a_value(tmp_path):
    export(tmp_path, [[*ROWS[0][:3], "secret-amount", *ROWS[0][4:]]])
    assert "secret" not in repr(survey(tmp_path / "results-20260227.csv", settings(tmp_path)))


def _map(**fields):
    return {
        "id": "课程号",
        "learner": "学号",
        "code_width": 7,
        "title": "课程名",
        "credit": {"scheme": "cn", "amount": "学分"},
        "mark": "成绩",
        "completed": "学期",
    } | fields
