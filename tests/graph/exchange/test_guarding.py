"""What is true of cells that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.exchange.guarding import guarded, unguarded
from graph.exchange.share.selection import Snapshot
from graph.exchange.share.table import comma_separated

SIGNS = "=+-@＝＋－＠"
CELLS = st.text(st.sampled_from("'=+-@＝\t\r\n 1.,A学|") | st.characters(), max_size=12)


def runs(cell: str) -> bool:
    """Whether a spreadsheet may take it for a formula: by the first sign that is no blank."""
    first = next((sign for sign in cell if not sign.isspace()), "")
    return unicodedata.normalize("NFKC", first) in set("=+-@") and first != ""


def number(cell: str) -> bool:
    try:
        return cell == "-" or float(cell) is not None
    except ValueError:
        return False


@given(CELLS)
@example("'=1")
@example("''\t=1")
@example("-")
def test_every_text_comes_back_as_it_was_also_through_a_csv_file(cell):
    assert unguarded(guarded(cell)) == cell
    out = io.StringIO(newline="")
    csv.writer(out).writerow([guarded(cell), "x"])
    [[read, _]] = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert unguarded(read) == cell


@given(CELLS)
def test_no_cell_that_is_written_is_a_formula(cell):
    assert not runs(guarded(cell)) or number(guarded(cell))


@given(CELLS, CELLS)
def test_two_texts_are_never_written_alike(one, other):
    assert (guarded(one) == guarded(other)) == (one == other)


@pytest.mark.parametrize("cell", ["", "-2.5", "+86", "0", "-", "数据结构", "'tis", "C-1", "a=b", "'", "''x"])
def test_numbers_and_common_texts_stay_as_they_are(cell):
    assert guarded(cell) == cell == unguarded(cell)


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_that_begins_a_formula_is_guarded(sign):
    for begins in ("", " ", "\t", "\r", "\n", "'", "\u3000"):
        assert guarded(f"{begins}{sign}cmd|' /C calc'!A0").startswith("'" + begins)


def test_a_number_with_something_after_it_is_none():
    assert guarded("-2+3") == "'-2+3"
    assert guarded("+1;cmd") == "'+1;cmd"


@dataclass(frozen=True)
class Selected:
    """A selection of just these things."""

    chosen: list
    snapshot: Snapshot

    def things(self):
        return iter(self.chosen)


SNAPSHOT = Snapshot(hash="h", valid="2026-01-01", known="2026-01-01")
TITLES = ['=HYPERLINK("http://bad.example")', "'=1", "+86 课程", "-2", "@SUM(A1)", "普通课程"]


async def sources(folder, name):
    examined = await folder.examined()
    assert examined.report.ok, examined.report.findings
    place = next(place for place, part in enumerate(examined.parts) if part.file == name)
    return [thing for batch in examined.accepted(place) for thing in batch.things]


async def test_what_is_exported_as_csv_is_no_formula_and_is_the_same_when_it_is_read_as_a_bundle(folder):
    again = {f"Z{place}": title for place, title in enumerate(TITLES)}
    own = [{"key": key, "title": {"zh": title}} for key, title in again.items()]
    folder.lines["sources"] = [*folder.lines.get("sources", []), *own]
    before = await sources(folder, "sources.jsonl")
    text = b"".join(comma_separated(Selected(before, SNAPSHOT))).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    written = {row["key"]: row["title.zh"] for row in table}
    assert [written[key][:2] for key in again] == ["'=", "''", "'+", "-2", "'@", "普通"]
    own = [name for name in table[0] if name.partition(".")[0] in ("key", "title", "source", "synthetic")]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([own, *([row[name] for name in own] for row in table)])
    folder.raw["sources.csv"] = out.getvalue().encode()
    folder.path = folder.path.with_name("again")
    del folder.lines["sources"]
    after = await sources(folder, "sources.csv")
    assert {thing.key: thing.title for thing in after} == {thing.key: thing.title for thing in before}
