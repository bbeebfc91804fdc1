"""Clients that people use, unchanged, against the hub over a real socket."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from hub.app import Parts, create_app
from hub.console.pages import STATIC, routes
from hub.demo.tour import Stop
from tests.hub.wire import served
from tests.schema.small import schema

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed"),
    pytest.mark.skipif(not (HERE / "node_modules").exists(), reason="run `npm ci` in tests/clients"),
]

TOUR = (
    Stop("a", "成员单位:查询单元", "a member: units", "query Units {\n  units(first: 2) { code level }\n}\n"),
    Stop("b", "研究者:计数", "a researcher: numbers", "subscription Count {\n  count(to: 4)\n}\n"),
)


@pytest.fixture(scope="module")
async def port():
    async with served(create_app(Parts(schema=schema, routes=routes(TOUR)))) as number:
        yield number


async def run(script: str, *arguments: str) -> Any:
    node = await asyncio.create_subprocess_exec(
        "node", script, *arguments, cwd=HERE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(node.communicate(), 60)
    assert node.returncode == 0, err.decode()
    return json.loads(out)


EVENTS = [{"count": 0}, {"count": 1}, {"count": 2}]


@pytest.mark.parametrize("script", ["graphql_ws.mjs", "graphql_sse.mjs"])
async def test_the_streaming_clients_subscribe_ask_and_hear_refusals(port: int, script: str):
    assert await run(script, f"http://127.0.0.1:{port}/graphql") == {
        "subscription": EVENTS,
        "query": [{"units": [{"code": "U0"}]}],
        "refused": "GRAPHQL_VALIDATION_FAILED",
    }


async def test_apollo_client_asks_by_hash_and_subscribes(port: int):
    found = await run("apollo.mjs", f"http://127.0.0.1:{port}/graphql")
    assert found["first"] == ["U0"]
    assert found["second"] == ["U0", "U1"]
    assert found["refused"] == "GRAPHQL_VALIDATION_FAILED"
    assert found["subscription"] == [{"count": 0}, {"count": 1}]
    assert found["asked"] == [["GET", False, False], ["POST", False, True], ["GET", False, False]]


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not STATIC.is_dir(), reason="run `make console`")
async def test_the_console_works_in_a_browser_without_any_other_host(port: int, tmp_path: Path):
    seen = await run(
        "console.mjs", f"http://127.0.0.1:{port}/graphiql", str(CHROMIUM), str(tmp_path / "console.png")
    )
    assert seen["tabs"] == 2
    assert "成员单位:查询单元" in seen["shown"]
    assert seen["example"] is True
    assert seen["subscription"] is True
    assert "Query" in seen["documentation"]
    assert seen["complaints"] == []
    assert seen["elsewhere"] == []
