"""GraphQL over HTTP: every audit of npm's graphql-http passes."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from hub.app import Parts, create_app
from tests.hub.wire import served
from tests.schema.small import schema

AUDITS = Path(__file__).parent / "audits"

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed"),
    pytest.mark.skipif(not (AUDITS / "node_modules").exists(), reason="run `npm ci` in tests/hub/audits"),
]


async def test_all_61_audits_of_graphql_http_pass():
    async with served(create_app(Parts(schema=schema))) as port:
        node = await asyncio.create_subprocess_exec(
            "node", "audit.js", f"http://127.0.0.1:{port}/graphql", cwd=AUDITS, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asyncio.wait_for(node.communicate(), 60)
    results = [json.loads(line) for line in out.splitlines()]
    assert [r for r in results if r["status"] != "ok"] == []
    assert len(results) == 61
