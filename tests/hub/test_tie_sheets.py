"""What is true of hostile sheets of ties: each slip is named by line, and no line is half understood."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from hub.tie_commands import _read as read_sheet
from hub.tie_commands import ties

HEAD = "source,code,outcome,state\n"
ROW = "north,north-course:-:CS101,ouc-course:2020:02334,PROPOSED"
DECLARED = "source: north\nmember: m\nconnector: rest\nsettings: {url: 'https://a.example'}\n"


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Import a sheet where one source is declared; what is wrong is told."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "connectors.d").mkdir()
    (tmp_path / "connectors.d" / "north.yaml").write_text(DECLARED)

    def load(sheet: bytes) -> str:
        (tmp_path / "ties.csv").write_bytes(sheet)
        told = CliRunner().invoke(ties, ["import", "ties.csv", "--by", "registrar"])
        assert told.exit_code == 1, told.output
        return told.output

    return load


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("source,code,outcome,state,state\n" + ROW + ",CONFIRMED\n", "has the column state twice"),
        (HEAD + ROW + '\nnorth,"a,b\n', "is not CSV"),
        (HEAD.replace(",", ";") + ROW + "\n", "needs the columns"),
        ("", "needs the columns"),
        (HEAD + f"north,{'a' * 200_000},b,PROPOSED\n", "is not CSV"),
        (HEAD.encode() + ROW.replace("CS101", "课程").encode("gb18030"), "is not CSV in UTF-8"),
        ("\0" * 100, "the sheet"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_told_before_the_graph_is_asked(load, sheet, said):
    assert said in load(sheet if isinstance(sheet, bytes) else sheet.encode())


def test_slips_are_named_by_line_and_field_and_nothing_of_them_reaches_the_terminal(tmp_path):
    slips = {
        "line": ROW + ",more",
        "source": ROW.replace("north,", "nroth,"),
        "code": ROW.replace("north-course:-:CS101", "\x1b]0;owned\x07"),
        "outcome": ROW.replace("ouc-course:2020:02334", "=cmd|x"),
        "state": ROW.lower(),
    }
    (tmp_path / "ties.csv").write_text(HEAD + "\n".join((ROW, *slips.values())), "utf-8")
    rows, wrong = read_sheet(tmp_path / "ties.csv", {"north"})
    assert [row.line for row in rows] == [2]
    assert [(each.line, each.field) for each in wrong] == list(enumerate(slips, 3))
    assert all((each.en + each.zh).isprintable() for each in wrong)
