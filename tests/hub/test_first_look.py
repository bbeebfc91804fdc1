"""A hub is ready once it has looked at every source, and says meanwhile which are still opening."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from connectors.registry import Shelf
from connectors.rig import HandClock
from graph.store import Store
from hub.config import MembersConfig
from hub.members import FIRST_LOOK, Members
from tests.hub.test_members import HOLDINGS, HUB, Running, _port, loaded, until  # noqa: F401  (a fixture)

SLOW = """
import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from connectors.contract import Manifest, Offers, Settings, Verb


class Here(Settings, frozen=True):
    go: str


class Slow:
    async def results(self, learners, call):
        return {}


@asynccontextmanager
async def opens(settings, http):
    while not Path(settings.go).exists():
        await asyncio.sleep(0.02)
    yield Slow()


MANIFEST = Manifest(
    name="slow", version="1", settings=Here, offers=Offers(verbs=frozenset({Verb.RESULTS})), opens=opens
)
"""


def distribution(folder: Path) -> None:
    """A connector of a stranger, found by its entry point."""
    (folder / "slow_connector.py").write_text(SLOW, "utf-8")
    told = folder / "slow_connector-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-connector\nVersion: 1\n", "utf-8")
    (told / "entry_points.txt").write_text(
        "[alliance_hub.connectors]\nslow = slow_connector:MANIFEST\n", "utf-8"
    )


def papers(folder: Path) -> None:
    (folder / "connectors.d").mkdir()
    said = {
        "source": "slow",
        "member": "m",
        "connector": "slow",
        "traffic": {"deadline": 60},
        "settings": {"go": str(folder / "go")},
    }
    (folder / "connectors.d" / "slow.yaml").write_text(yaml.safe_dump(said), "utf-8")
    learner = {"scheme": "hub", "code": "L1"}
    links = [{"learner": learner, "links": [{"source": "slow", "key": {"scheme": "s", "code": "1"}}]}]
    (folder / "links.yaml").write_text(yaml.safe_dump(links), "utf-8")
    grants = [{"grant": "g-1", "learner": learner, "purpose": "recognition", "sources": ["slow"]}]
    (folder / "grants.yaml").write_text(yaml.safe_dump(grants), "utf-8")


async def test_a_hub_is_not_ready_before_it_looked_at_its_sources_and_tells_the_one_still_opening(
    loaded,  # noqa: F811 - a fixture
    tmp_path,
):
    shutil.copytree(loaded / "data", tmp_path / "data")
    distribution(tmp_path)
    papers(tmp_path)
    settings = {"GRAPH_DATA": str(tmp_path / "data"), "MEMBERS_DEMO": "true", "MEMBERS_REFRESH": "3600"}
    told = {f"ALLIANCE_HUB_{name}": value for name, value in settings.items()}
    told |= {"PYTHONUNBUFFERED": "1", "PYTHONPATH": f"{tmp_path}:{Path.cwd()}"}
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *HUB, "serve", "--port", "0", cwd=tmp_path, stdout=out, stderr=out, env=os.environ | told
        )
        try:
            running = Running(process, await until(lambda: _port(log)), tmp_path, log, {})
            status, body = await health(running)
            assert (status, body["components"]["members"]["ready"]) == (503, False)
            assert await outcome(running) == ("SILENT", "OPENING")
            (tmp_path / "go").touch()
            async with asyncio.timeout(20):
                while (await health(running))[0] != 200:  # noqa: ASYNC110 - it is another process
                    await asyncio.sleep(0.05)
            assert await outcome(running) == ("EMPTY", None)
        finally:
            process.terminate()
            await process.wait()


async def health(running: Running) -> tuple[int, dict]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(running.url.replace("graphql", "health/ready")) as answer,
    ):
        return answer.status, await answer.json()


async def outcome(running: Running) -> tuple[str, str | None]:
    (reply,) = (await running.data(HOLDINGS, code="L1"))["learner"]["holdings"]["replies"]
    return reply["status"], reply["notice"] and reply["notice"]["code"]


async def test_a_source_that_hangs_holds_readiness_up_no_longer_than_the_first_look_may_take(
    shared_store: Store, tmp_path
):
    papers(tmp_path)
    config, clock = MembersConfig(folder=str(tmp_path / "connectors.d")), HandClock()
    scope: dict[str, Any] = {}
    exec(SLOW, scope)
    members = Members(config, shared_store, lambda: Shelf({"slow": scope["MANIFEST"]}), clock)
    assert not members.ready
    async with members.open():
        clock.move(FIRST_LOOK - 0.1)
        assert not members.ready
        clock.move(0.2)
        assert members.ready
        assert members.state == "the sources are being opened"
        (tmp_path / "go").touch()
        async with asyncio.timeout(20):
            while not members.roster.looked:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.02)
        assert members.state == "1 of 1 sources open, 0 set aside"
