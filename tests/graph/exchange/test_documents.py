"""What is published keeps up with the code: findings, schemas, refusals in Chinese."""

import re
from pathlib import Path

import jsonschema
import msgspec
import pytest

from graph.exchange.findings import KINDS, found
from graph.exchange.manifest import parse
from graph.exchange.parts import MAPPINGS
from graph.exchange.refusals import IN_CHINESE
from graph.exchange.schemas import schema, text
from graph.model.concepts import CONCEPTS
from graph.model.values import PLACES

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_finding_is_documented(code):
    assert f"| `{code}` |" in (ROOT / "docs/bundle.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_every_finding_has_reason_and_remedy_in_both_languages(kind):
    assert all((kind.reason.zh, kind.reason.en, kind.remedy.zh, kind.remedy.en))
    blanks = [
        set(re.findall(r"{(\w+)}", text)) - {"zh", "en", "do_zh", "do_en"}
        for text in (kind.reason.zh, kind.reason.en)
    ]
    assert blanks[0] == blanks[1]


def test_a_findings_facts_are_shortened_and_made_printable():
    finding = found("KEY_INVALID", "f", 1, "key", key="\x1b[31m" + "x" * 999)
    assert "\x1b" not in finding.reason.en
    assert len(finding.reason.en) <= 400


def test_every_refusal_of_the_model_is_told_in_chinese():
    said = set()
    for file in (ROOT / "graph/model").glob("*.py"):
        source = file.read_text(encoding="utf-8")
        said |= set(re.findall(r'raise ValueError\(f?"([^"]+)"\)', source))
    said = {message.replace("{PLACES}", str(PLACES)) for message in said}
    elsewhere = {
        message for message in said if message.startswith(("scheme and edition", "a code is", "not a key"))
    }
    assert said - elsewhere <= set(IN_CHINESE)


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.file)
def test_published_schemas_are_current_and_valid(concept):
    published = (ROOT / f"docs/schemas/{concept.file}.json").read_text(encoding="utf-8")
    assert published == text(concept), "run: alliance-hub bundle schema --all docs/schemas"
    jsonschema.Draft202012Validator.check_schema(schema(concept))


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.json")), ids=lambda path: path.stem)
def test_every_shipped_mapping_is_a_valid_manifest(path):
    assert parse(path.read_bytes(), path.name).files


def test_what_two_mappings_declare_they_declare_alike_and_with_its_own_source():
    declared = {}
    for path in sorted(MAPPINGS.glob("*.json")):
        for concept, rows in parse(path.read_bytes(), path.name).declares.items():
            for row in rows:
                declared.setdefault((concept, row["key"]), []).append(row)
    shared = [rows for rows in declared.values() if len(rows) > 1]
    assert shared
    for first, *others in shared:
        assert first["source"]
        assert all(other == first for other in others)


def test_the_documents_manifest_is_valid():
    document = (ROOT / "docs/bundle.md").read_text(encoding="utf-8")
    for block in re.findall(r"```json\n(\{\s*\"bundle\".*?)```", document, re.DOTALL):
        assert parse(block.encode()).bundle == 1
        msgspec.json.decode(block)
