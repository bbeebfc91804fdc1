"""The examples of docs/clients.md, as they stand there, against the demo alliance."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.clients.demo_process import demo
from tests.clients.test_clients import CHROMIUM, HERE, run

PAGE = (HERE.parents[1] / "docs" / "clients.md").read_text("utf-8")
EXAMPLES = re.findall(r"```(python|javascript)\n(.*?)```", PAGE, re.DOTALL)
SAID = re.compile(r"([A-Z][\w ,]+|published 20\d\d-\d\d-\d\dT[\d:.]+\+00:00)")


@pytest.fixture(scope="module")
async def address():
    async with demo() as found:
        yield found


def test_there_is_an_example_for_each_client():
    assert [language for language, _ in EXAMPLES] == ["python", "javascript", "javascript", "javascript"]


@pytest.mark.parametrize(("language", "text"), EXAMPLES, ids=range(len(EXAMPLES)))
async def test_a_documented_example_runs(address: str, language: str, text: str):
    if language == "javascript" and not (shutil.which("node") and (HERE / "node_modules").exists()):
        pytest.skip("needs Node, and `npm ci` in tests/clients")
    command = [sys.executable, "-"] if language == "python" else ["node", "--input-type=module", "-"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=HERE, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(
        process.communicate(text.replace("127.0.0.1:8000", address).encode()), 60
    )
    assert process.returncode == 0, err.decode()
    assert out.strip()
    assert all(SAID.fullmatch(line) for line in out.decode().splitlines()), out.decode()


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
async def test_the_console_opens_with_the_tour(address: str, tmp_path: Path):
    picture = os.environ.get("CONSOLE_PICTURE", str(tmp_path / "console.png"))
    seen = await run("console.mjs", f"http://{address}/graphiql", str(CHROMIUM), picture)
    assert seen["tabs"] >= 8
    assert seen["example"] is True
    assert seen["complaints"] == []
    assert seen["elsewhere"] == []
