"""Small bundles to build on: one that is valid, and ways to spoil it."""

import json
import os
from pathlib import Path

import pytest

from graph.exchange.examined import Examined, Options
from graph.exchange.findings import Finding
from graph.exchange.known import InMemory, Known
from graph.exchange.opening import open_bundle
from graph.exchange.validation import validate
from graph.layout import CATALOG

MANIFEST = {"bundle": 1, "source": "demo", "licence": "free", "synthetic": True}
TITLE = {"zh": "名", "en": "name"}


def scheme(key, concept, *editions, case="KEEP"):
    """A declared scheme."""
    return {
        "key": key,
        "title": TITLE,
        "concept": concept,
        "case": case,
        "editions": [{"code": edition} for edition in editions],
    }


LINES = {
    "licences": [{"key": "free", "title": TITLE}],
    "schemes": [
        scheme("i", "institution", "-"),
        scheme("u", "unit", "1"),
        scheme("o", "outcome", "1", "2"),
        scheme("p", "programme", "1"),
        scheme("f", "framework", "1"),
        scheme("n", "industry", "1", case="UPPER"),
    ],
    "credit-schemes": [{"key": "cr", "title": TITLE, "step": "0.5", "rounding": "HALF_UP"}],
    "grading-schemes": [
        {"key": "five", "title": TITLE, "passMark": "pass", "grades": [{"value": "fail"}, {"value": "pass"}]}
    ],
    "frameworks": [{"key": "f:1:F", "title": TITLE, "levels": [{"ordinal": 1, "title": TITLE}]}],
    "institutions": [{"key": "i:-:A", "title": TITLE}, {"key": "i:-:B", "title": TITLE}],
    "units": [
        {
            "key": "u:1:U",
            "title": TITLE,
            "statements": [{"code": "S1", "dimension": "k", "text": TITLE}],
        }
    ],
    "outcomes": [
        {
            "key": f"o:1:{code}",
            "title": TITLE,
            "issuer": "i:-:A",
            "kind": "COURSE",
            "outcomeClass": "DEGREE",
            "credit": {"amount": "2", "scheme": "cr"},
        }
        for code in "XYZ"
    ],
    "programmes": [
        {
            "key": "p:1:P",
            "institution": "i:-:B",
            "title": TITLE,
            "major": "1",
            "intake": 2020,
            "stage": "UNDERGRADUATE",
            "creditScheme": "cr",
            "credit": "100",
            "blocks": [{"code": "C", "credit": "20"}, {"code": "D"}],
        }
    ],
    "mappings": [{"key": "M1", "outcome": "o:1:X", "unit": "u:1:U", "statements": ["S1"]}],
    "rules": [
        {
            "key": "R1",
            "institution": "i:-:B",
            "programme": "p:1:P",
            "alternatives": [{"clauses": [{"kind": "OUTCOME", "outcome": "o:any:X"}]}],
            "grants": [{"kind": "OUTCOME", "outcome": "o:1:Y"}],
        }
    ],
    "caps": [
        {
            "key": "K1",
            "institution": "i:-:B",
            "programme": "p:1:P",
            "scope": "BLOCK",
            "block": "C",
            "share": {"numerator": 1, "denominator": 2},
        }
    ],
}


class Folder:
    """A bundle in a folder that a test may spoil before it validates it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = json.loads(json.dumps(LINES))
        self.manifest = dict(MANIFEST)
        self.raw: dict[str, bytes] = {}

    def write(self) -> Path:
        self.path.mkdir(exist_ok=True)
        (self.path / "bundle.json").write_text(json.dumps(self.manifest), encoding="utf-8")
        for name, rows in self.lines.items():
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (self.path / f"{name}.jsonl").write_text(text, encoding="utf-8")
        for name, data in self.raw.items():
            (self.path / name).write_bytes(data)
        return self.path

    async def examined(self, known: Known | None = None, **options: bool) -> Examined:
        with open_bundle(self.write()) as bundle:
            return await validate(bundle, known or InMemory(), Options(**options))

    async def report(self, known: Known | None = None, **options: bool):
        return (await self.examined(known, **options)).report

    async def only(self, **options: bool) -> Finding:
        """The one finding there must be."""
        report = await self.report(**options)
        assert len(report.findings) == 1, report.findings
        assert not report.ok
        finding = report.findings[0]
        assert finding.remedy.zh
        assert finding.remedy.en
        return finding


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "bundle")


@pytest.fixture
def samples():
    path = Path(os.environ.get("ALLIANCE_SAMPLES", Path(__file__).parents[4] / "shared" / "samples"))
    if not path.is_dir():
        pytest.skip(f"no samples at {path}; set ALLIANCE_SAMPLES")
    return path


@pytest.fixture(scope="session")
async def prepared(shared_store):
    """The shared store with the schema of decision 0001."""
    for index in CATALOG.indexes:
        await shared_store.define(index.statement(), within=60)
    return shared_store


@pytest.fixture
async def graph(prepared, store):
    """An empty graph of which nothing was ever published, on each engine in turn."""
    await store.write("MATCH (h:Hub {name: 'hub'}) DETACH DELETE h")
    return store
