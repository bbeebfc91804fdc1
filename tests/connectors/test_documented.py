"""What an integrator is promised is written down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from msgspec import convert

from connectors.clauses import CLAUSES
from connectors.contract import Verb
from connectors.notices import NoticeCode, notice
from connectors.policy import Policy
from connectors.registry import find
from connectors.source import Declaration, declared, fitting
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


@pytest.mark.parametrize("kind", sorted(set(find().manifests) - {"memory"}))
def test_every_kind_is_in_the_guide(kind):
    assert f"| `{kind}` |" in GUIDE


@pytest.mark.parametrize("kind", ["elmo", "credentials"])
async def test_the_declaration_on_a_kinds_page_opens(kind, monkeypatch, tmp_path):
    (said,) = re.findall(
        r"```yaml\n(.*?)```", (DOCS / "connectors" / f"{kind}.md").read_text("utf-8"), re.DOTALL
    )
    for name in re.findall(r"env: (\w+)", said):
        monkeypatch.setenv(name, "k")
    monkeypatch.chdir(tmp_path)
    for name in re.findall(r"\w+\.pem", said):
        (tmp_path / name).write_bytes(Signer().pem)
    source = declared(convert(yaml.safe_load(said), Declaration), find().manifests[kind])
    async with source.manifest.opens(source.settings, None) as connector:
        fitting(connector, source.offers)
    assert Verb.RESULTS in source.offers.verbs
