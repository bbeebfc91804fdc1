"""The typed Python client of docs/clients.md: generated, checked by mypy, run against a real hub."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from tests.clients.demo_process import demo

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOOLS = HERE / "typed" / ".venv" / "bin"
FILE = re.compile(r"```\w+ (\S+\.\w+)\n(.*?)```", re.DOTALL)
PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8").partition("## Python: a typed client")[2]
FILES = dict(FILE.findall(PAGE.partition("\n## ")[0]))

pytestmark = pytest.mark.skipif(not TOOLS.exists(), reason="run `make ci-deps`: the typed client's tools")


@pytest.fixture(scope="module")
async def address():
    async with demo() as found:
        yield found


@pytest.fixture(scope="module")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the page, the schema, and the client made of them."""
    made = tmp_path_factory.mktemp("typed")
    for name, text in FILES.items():
        (made / name).write_text(text, "utf-8")
    (made / "schema.graphql").write_bytes((ROOT / "schema" / "schema.graphql").read_bytes())
    code, said = await run(made, "ariadne-codegen")
    assert code == 0, said
    return made


async def run(folder: Path, tool: str, *words: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        TOOLS / tool, *words, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, said.decode()


def added_up() -> dict[str, Decimal]:
    """What the page's program adds up, added up from the demo alliance's own file."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in (files("hub.demo") / "alliance" / "outcomes.jsonl").read_text("utf-8").splitlines():
        said = json.loads(line)
        lives = said.get("validFrom", "") <= "2024-06-01" < said.get("validTo", "9999")
        if said["kind"] == "CERTIFICATE" and lives and "credit" in said:
            sums[said["credit"]["scheme"]] += Decimal(said["credit"]["amount"])
    return sums


def test_the_page_gives_every_file_that_is_needed():
    assert set(FILES) == {"queries.graphql", "pyproject.toml", "program.py"}


async def test_the_program_adds_up_exact_credits_over_all_pages_hears_refusals_and_publications(
    folder, address
):
    program = folder / "run.py"
    program.write_text(FILES["program.py"].replace("127.0.0.1:8000", address), "utf-8")
    code, said = await run(folder, "python", program.name)
    assert code == 0, said
    *sums, refused, published = said.splitlines()
    assert len(added_up()) > 1
    assert sums == [f"certificates of {n} credits in {scheme}" for scheme, n in sorted(added_up().items())]
    assert refused == "refused with BAD_PAGE"
    assert re.fullmatch(r"published \d{4}-\d\d-\d\dT[\d:.]+\+00:00", published)


async def checked(folder: Path, program: str) -> tuple[int, str]:
    # What the generator copies of itself into the client is its own affair.
    return await run(folder, "mypy", "--strict", "--follow-imports=silent", program)


async def test_mypy_finds_the_program_right(folder):
    assert await checked(folder, "program.py") == (0, "Success: no issues found in 1 source file\n")


WRONG = {
    "a credit is no float": ("Decimal] = defaultdict(Decimal)", "float] = defaultdict(float)"),
    "a field that nobody asked for is not there": ("outcome.credit.scheme]", "outcome.issuer]"),
    "a kind is no text": ("OutcomeKind.CERTIFICATE", '"CERTIFICATE"'),
}


@pytest.mark.parametrize("what", WRONG)
async def test_mypy_finds_a_wrong_program_wrong(folder, what):
    right, wrong = WRONG[what]
    assert right in FILES["program.py"]
    (folder / "wrong.py").write_text(FILES["program.py"].replace(right, wrong), "utf-8")
    code, said = await checked(folder, "wrong.py")
    assert code == 1, said
    assert "wrong.py" in said


async def test_a_question_that_does_not_fit_the_schema_is_not_generated(folder, tmp_path):
    for name in ("pyproject.toml", "schema.graphql"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "queries.graphql").write_text("query Nope { outcomes(first: 1) { nope } }", "utf-8")
    code, said = await run(tmp_path, "ariadne-codegen")
    assert code == 1
    assert "Cannot query field 'nope'" in said
