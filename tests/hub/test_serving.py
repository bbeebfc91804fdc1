"""`alliance-hub serve` and `check` as an operator meets them: real processes, real sockets, real signals."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import asynccontextmanager

import psutil
import pytest

from graph.fingerprint import NOTHING

HUB = [sys.executable, "-m", "hub"]
RECOVERY = 5.0


@asynccontextmanager
async def hub(tmp_path, **settings: str):
    """A hub in a process of its own, its data in `tmp_path`; gives the process and its address."""
    environment = {f"ALLIANCE_HUB_{name}": value for name, value in settings.items()}
    environment = {"ALLIANCE_HUB_GRAPH_DATA": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"} | environment
    running = await asyncio.create_subprocess_exec(
        *HUB, "serve", "--port", "0", stdout=asyncio.subprocess.PIPE, env=os.environ | environment
    )
    try:
        line = await asyncio.wait_for(running.stdout.readline(), 20)
        yield running, re.search(rb"http://[\d.:]+", line)[0].decode()
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def get(url: str) -> tuple[int, dict]:
    return await asyncio.to_thread(_get, url)


def _get(url: str) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


async def until_ready(url: str, within: float) -> float:
    """Wait until the hub is ready; gives the seconds it took."""
    begun = time.monotonic()
    while time.monotonic() - begun < within:
        try:
            if (await get(f"{url}/health/ready"))[0] == 200:
                return time.monotonic() - begun
        except urllib.error.URLError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError(f"not ready within {within} s")


def ask(url: str) -> str:
    return f"{url}/graphql?query=%7Bunits(first:1)%7Bnodes%7Bkey%7D%7D%7D"


async def test_a_hub_on_a_fresh_machine_starts_its_own_graph_and_answers(tmp_path):
    async with hub(tmp_path) as (_, url):
        await until_ready(url, 30)
        status, answer = await get(ask(url))
        assert (status, answer["data"]) == (200, {"units": {"nodes": []}})
        assert answer["extensions"]["snapshot"]["units"]["hash"] == NOTHING


async def test_a_stopped_hub_ends_well_and_leaves_no_child(tmp_path):
    async with hub(tmp_path) as (running, url):
        await until_ready(url, 30)
        children = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running.wait(), 20) == 0
    assert children
    assert not any(child.is_running() for child in children)


async def test_a_hub_killed_outright_leaves_no_child(tmp_path):
    async with hub(tmp_path) as (running, url):
        await until_ready(url, 30)
        children = psutil.Process(running.pid).children(recursive=True)
        running.kill()
        await running.wait()
        _, alive = await asyncio.to_thread(psutil.wait_procs, children, 5)
    assert children
    assert alive == []


async def test_a_killed_graph_is_told_and_comes_back_within_five_seconds(tmp_path):
    async with hub(tmp_path) as (running, url):
        await until_ready(url, 30)
        [child] = [c for c in psutil.Process(running.pid).children() if "child" in " ".join(c.cmdline())]
        child.kill()
        assert await until_ready(url, RECOVERY + 1) <= RECOVERY + 1
        status, answer = await get(ask(url))
        assert (status, "data" in answer) == (200, True)


async def test_a_hub_whose_graph_is_away_starts_lives_and_says_so(tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = f"bolt://127.0.0.1:{nobody.getsockname()[1]}"
        async with hub(tmp_path, GRAPH_URI=away) as (_, url):
            assert (await get(f"{url}/health/live"))[0] == 200
            status, state = await get(f"{url}/health/ready")
            assert status == 503
            assert state["components"]["graph"]["ready"] is False
            status, answer = await get(ask(url))
            assert answer["errors"][0]["extensions"]["code"] == "GRAPH_AWAY"
            assert answer["errors"][0]["extensions"]["zh"]


async def test_a_second_hub_on_the_same_data_is_told_whose_it_is(tmp_path):
    async with hub(tmp_path) as (_, url):
        await until_ready(url, 30)
        for words in (["check"], ["serve", "--port", "0"]):
            code, said = await command(*words, ALLIANCE_HUB_GRAPH_DATA=str(tmp_path / "data"))
            assert code == 1
            assert "another running hub" in said
            assert "Serving" not in said
            assert "Traceback" not in said


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"GRAPH_URI": "neo4j://u:hunter2@127.0.0.1:1"}, "ALLIANCE_HUB_GRAPH_PASSWORD"),
        ({"GRAPH_URI": "http://127.0.0.1:1"}, "must begin with"),
        ({"GRAPH_DATA": "/proc/nope"}, "cannot hold the graph's data"),
    ],
)
async def test_a_graph_that_cannot_be_is_refused_without_traceback_or_password(settings, says):
    for words in (["check"], ["serve", "--port", "0"]):
        code, said = await command(
            *words, **{f"ALLIANCE_HUB_{name}": value for name, value in settings.items()}
        )
        assert code == 1
        assert says in said
        assert "hunter2" not in said
        assert "Traceback" not in said


async def command(*arguments: str, **environment: str) -> tuple[int, str]:
    made = await asyncio.create_subprocess_exec(
        *HUB,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | environment,
    )
    said, _ = await asyncio.wait_for(made.communicate(), 60)
    return made.returncode, said.decode()


async def test_check_says_that_the_settings_and_the_graph_are_fine(tmp_path):
    code, said = await command("check", ALLIANCE_HUB_GRAPH_DATA=str(tmp_path / "data"))
    assert code == 0, said
    assert "ArcadeDB" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[graph]\nuri = 7\n", "graph.uri"),
        ("[graph]\nurl = 'x'\n", "url"),
        ("[server]\nport = 70000\n", "server.port"),
        ("not toml", "TOML"),
    ],
)
async def test_a_wrong_setting_is_named_without_a_traceback(tmp_path, text, says):
    file = tmp_path / "hub.toml"
    file.write_text(text)
    code, said = await command("check", "--config", str(file))
    assert code == 1
    assert says in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "arguments", [(), ("serve",), ("check",), ("demo",), ("bundle",), ("bundle", "import")]
)
async def test_help_teaches(arguments):
    code, said = await command(*arguments, "--help")
    assert code == 0
    assert "Usage: alliance-hub" in said
    assert len(said.splitlines()) > 8
