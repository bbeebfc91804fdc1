"""What is true of the survey: forty planted defects are each named by line and field."""

from __future__ import annotations

from connectors.files.survey import survey
from connectors.notices import NoticeCode
from tests.connectors.files.test_files import COLUMNS, ROWS, export, settings

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
