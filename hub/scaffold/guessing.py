"""Guessing: what a sample export of a member is, column by column, so that a declaration can be begun."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from connectors.decoding.calendar import completion
from connectors.decoding.marks import WORDS
from connectors.decoding.people import Mangled, whole_code, whole_identity
from hub.scaffold.shapes import Again, Shape, again, shape

SAMPLE: Final = 2_000
"""Rows looked at."""
BYTES: Final = 4 * 1024 * 1024
CODECS: Final = ("utf-8", "gb18030")
MOST_WORDS: Final = 50
LONGEST_WORD: Final = 20
NUMBER: Final = re.compile(r"\d{1,3}(\.\d{1,2})?")

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "learner": ("学号", "准考证号", "考生号", "证件号", "身份证号", "student", "learner", "candidate"),
    "name": ("姓名", "name", "holder"),
    "id": ("成绩编号", "记录号", "编号", "流水号", "record", "id"),
    "outcome": ("课程代码", "课程号", "课程编号", "证书代码", "代码", "code", "course"),
    "title": ("课程名称", "课程名", "证书名称", "名称", "title"),
    "credit": ("学分", "credit"),
    "mark": ("成绩", "分数", "等级", "score", "mark", "grade", "result"),
    "completed": ("完成日期", "考试日期", "发证日期", "日期", "学期", "时间", "date", "term", "completed"),
}


class NotASample(ValueError):
    """The file cannot be taken for a table; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sample was taken for. ``parts`` are columns by their part in a result.

    ``shapes`` are those of the codes of learners and outcomes, where all have one.
    """

    codec: str
    delimiter: str
    columns: tuple[str, ...]
    parts: Mapping[str, str]
    width: int | None
    shapes: Mapping[str, Shape]
    again: Again
    words: tuple[str, ...]
    numbers: bool
    remarks: tuple[str, ...]


def guess(path: Path) -> Guess:
    """Look at a CSV file; raises `NotASample` where it is none."""
    codec, text = _text(path)
    delimiter = _delimiter(text)
    columns, table = _table(text, delimiter)
    parts = _parts(table)
    if "learner" not in parts:
        raise NotASample("no column says whose a row is; name it 学号 or student in the header")
    marks = table[parts["mark"]] if "mark" in parts else []
    return Guess(
        codec=codec,
        delimiter=delimiter,
        columns=columns,
        parts=parts,
        width=_width(table[parts["learner"]]),
        shapes=_shapes(table, parts),
        again=again(*(table.get(parts.get(part, ""), ()) for part in ("learner", "outcome", "completed"))),
        words=_words(marks),
        numbers=any(map(_number, marks)),
        remarks=tuple(_remarks(table, parts)),
    )


def _named(columns: Sequence[str]) -> None:
    """Refuse a header that does not give each column a name of its own."""
    empty = [str(place) for place, name in enumerate(columns, 1) if not name]
    if empty:
        raise NotASample(f"its header has no name for column {', '.join(empty)}; name it, or leave it out")
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise NotASample(f"its header names {', '.join(twice)} twice; name each column once")


def _text(path: Path) -> tuple[str, str]:
    with path.open("rb") as stream:
        data = stream.read(BYTES)
    if data.startswith((b"PK", b"\xd0\xcf")):
        raise NotASample("it is a workbook; save the sheet as CSV UTF-8")
    if len(data) == BYTES:
        data = data[: data.rfind(b"\n") + 1]
    places = {}
    for codec in CODECS:
        try:
            return codec, data.decode("utf-8-sig" if codec == "utf-8" else codec)
        except UnicodeDecodeError as error:
            places[codec] = data.count(b"\n", 0, error.start) + 1
    told = ", ".join(f"not {codec.upper()} at line {line}" for codec, line in places.items())
    raise NotASample(f"its text is {told}; mend that line, or save it again as CSV UTF-8")


def _table(text: str, delimiter: str) -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Read the header and the first rows: the columns in their order, and the cells of each."""
    try:
        filled = (row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row)
        rows = list(islice(filled, SAMPLE + 1))
    except csv.Error:
        raise NotASample(
            "a quotation is never closed, or a cell is endless; export it as CSV again"
        ) from None
    if len(rows) < 2 or len(rows[0]) < 2:
        raise NotASample("it has no header with rows below it; save the sheet as CSV with its header")
    columns = tuple(cell.strip() for cell in rows[0])
    _named(columns)
    table = {
        name: [row[at].strip() if at < len(row) else "" for row in rows[1:]]
        for at, name in enumerate(columns)
    }
    return columns, table


def _shapes(table: Mapping[str, Sequence[str]], parts: Mapping[str, str]) -> dict[str, Shape]:
    found = {part: shape(table[parts[part]]) for part in ("learner", "outcome") if part in parts}
    return {part: one for part, one in found.items() if one is not None}


def _words(marks: Sequence[str]) -> tuple[str, ...]:
    """Give the marks in no table; what no mark looks like is not repeated, since it might be a person's."""
    unknown = {mark for mark in marks if mark.upper() not in WORDS and not _number(mark)}
    short = sorted(mark for mark in unknown if mark.isprintable() and 0 < len(mark) <= LONGEST_WORD)
    return tuple(short[:MOST_WORDS])


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t|", key=header.count)


def _parts(table: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Find the column of each part: by its name first, then by what stands in it."""
    left, found = list(table), dict[str, str]()
    for part, names in _NAMES.items():
        for column in sorted(left, key=lambda one: _place(one, names)):
            if _place(column, names) < len(names):
                found[part] = column
                left.remove(column)
                break
    for part, test in _TESTS.items():
        if part not in found:
            fitting = [column for column in left if _mostly(table[column], test)]
            if fitting:
                found[part] = fitting[0]
                left.remove(fitting[0])
    return found


def _place(column: str, names: Sequence[str]) -> int:
    folded = column.casefold().replace(" ", "").replace("_", "")
    return next((place for place, name in enumerate(names) if name in folded), len(names))


def _mostly(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(map(test, filled)) >= 0.9 * len(filled)


def _is_day(cell: str) -> bool:
    try:
        completion(cell)
    except ValueError:
        return False
    return not NUMBER.fullmatch(cell)


def _number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None and float(cell) <= 100


_TESTS: Final[Mapping[str, Callable[[str], bool]]] = {
    "completed": _is_day,
    "mark": lambda cell: _number(cell) or cell.upper() in WORDS,
}


def _width(codes: Sequence[str]) -> int | None:
    widths = {len(code) for code in codes if code}
    return widths.pop() if len(widths) == 1 else None


def _remarks(table: Mapping[str, Sequence[str]], parts: Mapping[str, str]) -> list[str]:
    """Say what a person should look at."""
    said = []
    for column, cells in table.items():
        if any(_mangled(cell) for cell in cells):
            said.append(f"{column}: a spreadsheet has mangled numbers here; export the column as text again")
    codes = [code for code in table[parts["learner"]] if code.isdigit()]
    if len({len(code) for code in codes}) > 1:
        said.append(f"{parts['learner']}: codes of several lengths; leading zeros may be lost")
    if any(_identity(code) for code in codes):
        said.append(
            f"{parts['learner']}: identity numbers; ask for the member's own learner numbers if you can"
        )
    said += [
        f"no column for {part}" for part in ("outcome", "completed", "credit", "mark") if part not in parts
    ]
    return said


def _mangled(cell: str) -> bool:
    try:
        whole_code(cell) if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", cell) else None
    except Mangled:
        return True
    return False


def _identity(code: str) -> bool:
    try:
        return bool(whole_identity(code))
    except ValueError:
        return False
