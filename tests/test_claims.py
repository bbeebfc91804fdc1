"""Every promise of the documents has a test beside it, and that test exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (?P<claim>[^|]+) \| (?P<where>[^|]+) \| (?P<tests>[^|]*) \|$")


def claims() -> list[tuple[str, str]]:
    lines = (ROOT / "docs" / "claims.md").read_text("utf-8").splitlines()
    rows = [ROW.match(line) for line in lines]
    return [
        (row["claim"].strip(), row["tests"].strip())
        for row in rows
        if row and row["claim"].strip() not in {"promise", "---"}
    ]


def named_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_")
    }


def test_there_are_claims():
    assert len(claims()) > 20


def test_every_claim_names_its_tests():
    assert [claim for claim, tests in claims() if "`" not in tests] == []


def test_every_named_test_exists():
    missing = []
    for claim, cell in claims():
        for file, name in re.findall(r"`([\w/]+\.py)::(\w+)`", cell):
            path = ROOT / "tests" / file
            if not path.exists() or name not in named_in(path):
                missing.append((claim, f"{file}::{name}"))
    assert missing == []
