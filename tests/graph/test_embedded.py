"""The embedded engine's child process: it survives its own death, and never outlives its hub."""

import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import time

import aiohttp
import psutil
import pytest

from graph.engines.embedded import Embedded
from graph.errors import GraphAway, GraphTaken, GraphTimeout
from graph.store import Store

COUNT = "MATCH (o:Outcome) RETURN count(o) AS n"
SLOW = "UNWIND range(1, 60000) AS a UNWIND range(1, 60000) AS b WITH a, b WHERE a * b % 7 = 9 RETURN count(*)"

HUB = """
import asyncio, subprocess, sys
from pathlib import Path
from graph.engines.embedded import Embedded

async def main():
    engine = Embedded(Path(sys.argv[1]), follow=sys.argv[2] == "follow")
    await engine.open()
    pipe = engine._process.child.stdin.get_extra_info("pipe").fileno()
    # The pipe's other end stays open in a stranger, so that only the kernel's signal can tell.
    stranger = subprocess.Popen(["sleep", "30"], pass_fds=(pipe,)) if sys.argv[2] == "follow" else None
    print(engine.pid, stranger.pid if stranger else 0, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
async def engine(tmp_path):
    engine = Embedded(tmp_path / "graph")
    yield engine
    await engine.close()


@pytest.fixture
async def store(engine):
    async with Store(engine) as store:
        await store.ready()
        yield store


async def gone(pid, within=6.0):
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        await asyncio.sleep(0.05)
    return False


async def another(engine, pid, within=5.0):
    until = time.monotonic() + within
    while time.monotonic() < until and engine.pid in (pid, None):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return engine.pid


@pytest.mark.parametrize("how", ["follow", "pipe"])
async def test_a_killed_hub_leaves_no_child(tmp_path, how):
    if how == "follow" and sys.platform != "linux":
        pytest.skip("the parent-death signal is Linux's own")
    command = [sys.executable, "-c", HUB, str(tmp_path), how]
    hub = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    child, stranger = map(int, hub.stdout.readline().split())
    try:
        assert psutil.pid_exists(child)
        hub.kill()
        hub.wait()
        assert await gone(child)
    finally:
        hub.stdout.close()
        if stranger:
            os.kill(stranger, signal.SIGKILL)


async def test_a_closed_engine_leaves_no_child_and_no_temporary_folder():
    engine = Embedded()
    await engine.open()
    pid, folder = engine.pid, engine._folder
    await engine.close()
    assert await gone(pid)
    assert not folder.exists()


async def test_a_killed_child_is_restarted_with_every_acknowledged_write(engine, store):
    for _ in range(20):
        await store.write("CREATE (:Outcome)")
    pid = engine.pid
    os.kill(pid, signal.SIGKILL)
    assert await store.read(COUNT) == [{"n": 20}]
    assert engine.pid not in (pid, None)


async def test_what_was_written_is_there_after_a_restart_of_the_hub(tmp_path):
    for expected in (1, 2):
        async with Store(Embedded(tmp_path)) as store:
            await store.ready()
            await store.write("CREATE (:Outcome)")
            assert await store.read(COUNT) == [{"n": expected}]


async def test_a_child_that_cannot_start_is_tried_again_until_it_can(tmp_path):
    (tmp_path / "engine.log").mkdir()  # the child cannot open its log
    async with Store(Embedded(tmp_path)) as store:
        with pytest.raises(GraphAway):
            await store.ready(1.0)
        assert store.health().state == "away"
        (tmp_path / "engine.log").rmdir()
        await store.ready(5.0)
        assert store.health().state == "ready"


async def test_a_child_whose_folder_was_taken_meanwhile_returns_within_five_seconds(engine, store, tmp_path):
    await store.write("CREATE (:Outcome)")
    pid = engine.pid
    lock = (tmp_path / "graph" / "hub.lock").open("a")
    os.kill(pid, signal.SIGKILL)
    assert await gone(pid)
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            await asyncio.sleep(0.01)
    await asyncio.sleep(3)
    assert store.health().state == "away"
    lock.close()
    await store.ready(5.0)
    assert await store.read(COUNT) == [{"n": 1}]


async def test_the_waits_between_restarts_grow(engine, store, caplog):
    for _ in range(3):
        pid = engine.pid
        os.kill(pid, signal.SIGKILL)
        await another(engine, pid)
    waits = [record.args[1] for record in caplog.records if "process ended" in record.msg]
    assert waits == [0.1, 0.2, 0.4]


async def test_a_second_hub_on_one_folder_is_told_so(engine, store, tmp_path):
    second = Embedded(tmp_path / "graph")
    with pytest.raises(GraphTaken, match="another running hub"):
        await Store(second).open()
    assert await store.read(COUNT) == [{"n": 0}]


async def test_a_query_that_outlives_its_deadline_twice_over_costs_the_child_its_life(engine, store):
    pid = engine.pid
    with pytest.raises(GraphTimeout):
        await store.read(SLOW, within=0.4)
    assert psutil.pid_exists(pid)
    assert await another(engine, pid) != pid
    assert await gone(pid)
    assert await store.read(COUNT) == [{"n": 0}]


async def test_a_query_given_up_by_its_asker_is_ended_too(engine, store):
    pid = engine.pid
    asking = asyncio.create_task(store.read(SLOW, within=0.8))
    await asyncio.sleep(0.2)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await another(engine, pid) != pid


async def test_many_overdue_queries_cost_one_child_only(engine, store):
    born = engine.generation
    answers = await asyncio.gather(*(store.read(SLOW, within=0.4) for _ in range(4)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {GraphTimeout}
    await asyncio.sleep(2)
    assert engine.generation == born + 1


async def test_the_password_is_in_no_command_line_environment_or_log(engine, store, tmp_path):
    child, password = psutil.Process(engine.pid), engine.link.auth[1]
    assert password not in " ".join(child.cmdline())
    assert password not in json.dumps(child.environ())
    for file in (tmp_path / "graph").rglob("*"):
        assert not file.is_file() or password.encode() not in file.read_bytes()


async def test_the_child_ignores_the_hubs_ctrl_c(engine, store):
    assert os.getsid(engine.pid) != os.getsid(0)


def ports(pid):
    return [c.laddr for c in psutil.Process(pid).net_connections("tcp") if c.status == psutil.CONN_LISTEN]


async def test_the_child_listens_on_loopback_only(engine, store):
    listening = ports(engine.pid)
    assert len(listening) == 2
    assert {address.ip.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


async def test_http_and_mcp_answer_nobody_without_the_password_and_mcp_is_off(engine, store):
    [port] = {address.port for address in ports(engine.pid)} - {engine._process.port}
    query = {"language": "sql", "command": "select from Outcome"}
    mcp = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    auth = {"Authorization": aiohttp.encode_basic_auth(*engine.link.auth)}
    wrong = {"Authorization": aiohttp.encode_basic_auth("root", "root")}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        for path, body in (("query/hub", query), ("command/hub", query), ("mcp", mcp), ("server", query)):
            async with http.post(f"/api/v1/{path}", json=body) as answer:
                assert answer.status in (401, 403), path
        async with http.post("/api/v1/query/hub", json=query, headers=wrong) as answer:
            assert answer.status in (401, 403)
        async with http.post("/api/v1/mcp", json=mcp, headers=auth) as answer:
            assert answer.status != 200 or "tools" not in await answer.text()
