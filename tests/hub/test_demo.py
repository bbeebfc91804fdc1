"""The demo as a newcomer meets it: one command, a tour of real answers, and nothing left behind."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import urllib.request

import psutil
import pytest

from hub.demo.command import folded
from hub.demo.tour import stops

COMMAND = [sys.executable, "-m", "hub", "demo"]


@pytest.fixture(scope="module")
def tour() -> str:
    made = subprocess.run(
        [*COMMAND, "--once", "--port", "0"], capture_output=True, text=True, timeout=120, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout


def test_the_tour_asks_every_question_and_each_is_answered(tour):
    assert len(stops()) >= 8
    for stop in stops():
        assert stop.zh in tour
    assert '"errors"' not in tour


def test_the_tour_shows_the_couriers_eight_credits(tour):
    answer = tour.split("1/")[1].split("2/")[0]
    assert re.findall(r'"amount": "(\d)"', answer) == ["3", "3", "2"]


def test_the_tour_says_which_graph_it_used_and_ends(tour):
    assert "Graph: embedded (ArcadeDB" in tour
    assert "Open 打开" not in tour  # nothing is served any more


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_the_demo_serves_until_interrupted_and_leaves_no_process(how):
    running = await asyncio.create_subprocess_exec(
        *COMMAND, "--port", "0", stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    try:
        url = await asyncio.wait_for(opened(running.stdout), 90)
        page = await asyncio.to_thread(get, url)
        assert "学分银行" in page
        links = re.findall(r'href="(/graphql\?[^"]+)"', page)
        assert len(links) == len(stops())
        answer = await asyncio.to_thread(get, url.rstrip("/") + links[0].replace("&amp;", "&"))
        assert '"data"' in answer
        assert '"errors"' not in answer
        children = psutil.Process(running.pid).children(recursive=True)
        assert children
    finally:
        running.send_signal(how)
        await asyncio.wait_for(running.wait(), 30)
    assert running.returncode == 0
    assert not any(child.is_running() for child in children)


async def opened(output) -> str:
    """Read until the hub says what to open."""
    async for line in output:
        if found := re.match(rb"\s+(http://127\.0\.0\.1:\d+/) ", line):
            return found[1].decode()
    raise AssertionError("the demo ended without saying what to open")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        return answer.read().decode()


def test_a_taken_port_is_told_with_the_remedy():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        made = subprocess.run(
            [*COMMAND, "--once", "--port", str(taken.getsockname()[1])],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert made.returncode == 1
    assert "--port" in made.stderr
    assert "Traceback" not in made.stderr


def test_folded_json_is_the_same_json():
    import json

    value = {"a": [{"b": "中" * 60}, {"c": None}], "d": {}, "e": [1, [2, {"f": "g" * 90}]]}
    assert json.loads(folded(value)) == value
