"""What an integrator is promised is written down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from msgspec import convert

from connectors.clauses import CLAUSES
from connectors.notices import NoticeCode, notice
from connectors.policy import Policy
from connectors.registry import find
from connectors.source import Declaration, declared

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


@pytest.mark.parametrize("kind", sorted(set(find().manifests) - {"memory"}))
def test_every_kind_is_in_the_guide(kind):
    assert f"| `{kind}` |" in GUIDE
