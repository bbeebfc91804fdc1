"""What an integrator is promised is written down."""

from __future__ import annotations

import re
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from msgspec import convert

from connectors.call import Call
from connectors.clauses import CLAUSES
from connectors.decoding.marks import Marks
from connectors.decoding.text import Reading
from connectors.expressions import field
from connectors.notices import NoticeCode, notice
from connectors.policy import Policy
from connectors.registry import find
from connectors.roster import Declared, Roster
from connectors.source import Declaration, declared
from tests.connectors.elmo.documents import Signer

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "integrators.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_is_documented_as_it_is_checked(clause):
    says = CLAUSES[clause].__doc__.split(": ", 1)[1].strip()
    assert f"| {clause} | {says} |" in GUIDE


@pytest.mark.parametrize("code", NoticeCode)
def test_every_notice_is_documented_in_both_languages(code):
    sheet = (DOCS / "connectors" / "notices.md").read_text(encoding="utf-8")
    assert f"| `{code}` | {notice(code).text.en} | {notice(code).text.zh} |" in sheet


def test_the_guides_declaration_is_a_good_one(monkeypatch):
    monkeypatch.setenv("NORTH_KEY", "k")
    (said,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    source = declared(convert(yaml.safe_load(said), Declaration), find().manifests["rest"])
    assert (source.code, source.policy) == ("north", Policy())


@pytest.mark.parametrize(
    ("module", "shown", "gives"),
    [
        ("decoding.marks", 'read_mark("优", Marks())', lambda told: told[0].value == "优秀"),
        (
            "decoding.calendar",
            'completion("2023-2024-1")',
            lambda told: told.first.isoformat() == "2023-09-01",
        ),
        ("decoding.people", "whole_code(given, 10)", lambda told: told == "0021001234"),
        ("attempts", "joined(records)", lambda told: not list(told)),
        ("decoding.strict", "read(body, Reading(), call)", lambda told: told == {"学分": Decimal("2.50")}),
    ],
)
def test_the_functions_of_the_guide_are_there_and_give_what_it_says(module, shown, gives):
    assert f"| `connectors.{module}` | `{shown}` |" in GUIDE
    known = {"Marks": Marks, "Reading": Reading, "call": Call(seconds=1, requests=1), "given": "0021001234"}
    known |= {"records": (), "body": '{"学分": 2.50}'.encode()}
    assert gives(eval(shown, vars(import_module(f"connectors.{module}")) | known))


def test_the_expression_the_guide_shows_for_chinese_names_finds_them():
    (shown,) = re.findall(r"`id: (\".*?\")`", GUIDE)
    assert field(yaml.safe_load(shown))({"学号": "001", "课程号": "C1"}) == "001/C1"


@pytest.mark.parametrize("kind", sorted(set(find().manifests) - {"memory"}))
def test_every_kind_is_in_the_guide(kind):
    assert f"| `{kind}` |" in GUIDE


def declarations():
    for page in sorted((DOCS / "connectors").glob("*.md")):
        for text in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            said = yaml.safe_load(text)
            yield pytest.param(said, id=f"{page.stem}-{said['source']}")


@pytest.mark.parametrize("said", list(declarations()))
async def test_a_documented_declaration_is_read_and_opens(said, monkeypatch, tmp_path):
    for name in re.findall(r"'env': '(\w+)'", str(said)):
        monkeypatch.setenv(name, "sqlite:///x.db" if name.endswith("_URL") else "ab" * 32)
    monkeypatch.chdir(tmp_path)
    for name in re.findall(r"[\w-]+\.pem", str(said)):
        (tmp_path / name).write_bytes(Signer().pem)
    made = declared(convert(said, Declaration), find().manifests[said["connector"]])
    async with Roster(Declared(made)) as roster:
        assert roster.quarantined == ()
        assert roster.open[0].source.offers.verbs
