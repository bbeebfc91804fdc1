"""Relay on the hub: relay-compiler takes the schema as it is, and relay-runtime pages through a real hub."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from tests.hub.test_serving import hub, until_ready

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8").partition("## Relay")[2].partition("\n## ")[0]

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed"),
    pytest.mark.skipif(not (HERE / "node_modules").exists(), reason="run `npm ci` in tests/relay"),
]


async def run(folder: Path, *command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, said.decode()


def project(folder: Path, **settings: Any) -> Path:
    """A Relay project with the documents beside this file, today's schema, and some settings more."""
    (folder / "artifacts").mkdir(parents=True)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    (folder / "package.json").write_bytes((HERE / "package.json").read_bytes())
    (folder / "schema.graphql").write_bytes((ROOT / "schema" / "schema.graphql").read_bytes())
    shutil.copytree(HERE / "src", folder / "src")
    config = json.loads((HERE / "relay.config.json").read_text("utf-8")) | settings
    (folder / "relay.config.json").write_text(json.dumps(config), "utf-8")
    if "persistConfig" in settings:  # the compiler adds to the file, and wants it to be there
        (folder / "persisted.json").write_text("{}", "utf-8")
    return folder


async def compiled(folder: Path, **settings: Any) -> Path:
    code, said = await run(project(folder, **settings), str(HERE / "node_modules/.bin/relay-compiler"))
    assert code == 0, said
    return folder


@pytest.fixture(scope="module")
async def plain(tmp_path_factory) -> Path:
    """Compiled so that documents go to the hub as text."""
    return await compiled(tmp_path_factory.mktemp("relay") / "plain")


@pytest.fixture(scope="module")
async def persisted(tmp_path_factory) -> Path:
    """Compiled so that documents go to the hub by their names in a manifest."""
    return await compiled(
        tmp_path_factory.mktemp("relay") / "persisted", persistConfig={"file": "persisted.json"}
    )


@pytest.fixture(scope="module")
async def data(tmp_path_factory) -> Path:
    """The folder of a hub that holds the demo alliance, to be copied."""
    folder = tmp_path_factory.mktemp("hub")
    with as_file(files("hub.demo") / "alliance") as alliance:
        words = (
            sys.executable,
            "-m",
            "hub",
            "bundle",
            "import",
            str(alliance),
            "--data",
            str(folder / "data"),
        )
        code, said = await run(folder, *words)
    assert code == 0, said
    return folder


@pytest.fixture(scope="module")
async def address(data, tmp_path_factory) -> Any:
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(data / "data", folder / "data")
    async with hub(folder) as (_, url):
        await until_ready(url, 30)
        yield f"{url}/graphql"


async def paged(folder: Path, address: str, name: str, **variables: Any) -> dict[str, Any]:
    """Page through a list to its end, and give what then stands in Relay's store."""
    names = (f"documents_{name}Query", f"documents_{name.lower()}", f"documents_Next{name}Query")
    words = (
        "node",
        str(HERE / "pages.mjs"),
        str(folder / "artifacts"),
        address,
        *names,
        json.dumps(variables),
    )
    code, said = await run(HERE, *words)
    assert code == 0, said
    return json.loads(said)


def outcomes(**wanted: str) -> list[dict[str, Any]]:
    """The demo alliance's outcomes that live on the day asked for, out of its own file."""
    lines = (files("hub.demo") / "alliance" / "outcomes.jsonl").read_text("utf-8").splitlines()
    said = [json.loads(line) for line in lines]
    live = [one for one in said if one.get("validFrom", "") <= DAY < one.get("validTo", "9999")]
    return [one for one in live if wanted.items() <= one.items()]


DAY = "2024-06-01"
AS_OF = {"validOn": DAY}


def shown(said: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(one["key"], one["title"]["zh"], one["credit"] and one["credit"]["amount"]) for one in said]


def expected(**wanted: str) -> list[tuple[Any, ...]]:
    return sorted(shown([{"credit": None} | one for one in outcomes(**wanted)]))


async def test_the_compiler_makes_of_each_connection_a_question_for_the_next_page(plain):
    made = {file.name.removesuffix(".graphql.js") for file in (plain / "artifacts").iterdir()}
    source = (HERE / "src" / "documents.js").read_text("utf-8")
    declared = set(re.findall(r"(?:query|fragment|subscription) (documents_\w+)", source))
    assert made == declared | {"documents_NextOutcomesQuery", "documents_NextOffersQuery"}
    text = (plain / "artifacts" / "documents_NextOutcomesQuery.graphql.js").read_text("utf-8")
    assert '"handle": "connection"' in text
    for asked in ("endCursor", "hasNextPage", "$after: String", "$asOf: AsOf"):
        assert asked in text


async def test_the_runtime_pages_through_a_root_list_and_keeps_it_whole(plain, address):
    where = {"kinds": ["CERTIFICATE"]}
    found = await paged(plain, address, "Outcomes", first=50, where=where, asOf=AS_OF)
    wanted = expected(kind="CERTIFICATE")
    assert found["lengths"] == [50, 100, len(wanted)]
    assert found["total"] == len(wanted)
    assert shown(found["outcomes"]) == wanted
    assert found["sent"] == ["query"]


async def test_the_runtime_pages_through_a_list_of_one_thing(plain, address):
    found = await paged(plain, address, "Offers", key="alliance:-:APTECH", asOf=AS_OF)
    wanted = expected(issuer="alliance:-:APTECH")
    assert found["lengths"][:2] == [2, 4]
    assert shown(found["outcomes"]) == wanted


async def test_a_hub_that_answers_only_the_compilers_manifest_answers_by_name(persisted, data, tmp_path):
    settings = {"HTTP_TRUSTED": str(persisted / "persisted.json"), "HTTP_ONLY_TRUSTED": "true"}
    shutil.copytree(data / "data", tmp_path / "data")
    async with hub(tmp_path, **settings) as (_, url):
        await until_ready(url, 30)
        found = await paged(persisted, f"{url}/graphql", "Outcomes", first=100, asOf=AS_OF)
    assert found["sent"] == ["documentId"]
    assert shown(found["outcomes"]) == expected()


BROKEN = {
    "a field that is not there": ("    totalCount", "    totalSum", "totalSum"),
    "a connection over what is none": ("    outcomes(where", "    whatever: unit(where", "where"),
    "an argument of another type": ('"OutcomeFilter"', '"UnitFilter"', "UnitFilter"),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_what_does_not_fit_the_schema_is_not_compiled(what, tmp_path):
    right, wrong, told = BROKEN[what]
    file = project(tmp_path / "broken") / "src" / "documents.js"
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), "utf-8")
    code, said = await run(file.parents[1], str(HERE / "node_modules/.bin/relay-compiler"))
    assert code == 1
    assert told in said


def test_the_page_shows_what_is_compiled_here():
    blocks = re.findall(r"```\w+ (\S+)\n(.*?)```", PAGE, re.DOTALL)
    assert {name for name, _ in blocks} == {"relay.config.json", "documents.js"}
    for name, text in blocks:
        file = HERE / name if name.endswith(".json") else HERE / "src" / name
        assert text in file.read_text("utf-8")
