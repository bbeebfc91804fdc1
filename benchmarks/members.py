"""What the hub adds to asking members: the hub beside `floor.py`, which asks and answers the same.

python benchmarks/members.py
python benchmarks/members.py --profile S2 --rounds 1     # where the hub's time goes

Eight sources, two hubs, the floor, the graph's engine and the asker are processes of their own. Blocks of
requests take turns within one run; times are medians of requests, CPU is user and system time of the whole
process over a block, the median of the blocks. Before anything is measured both answers are compared.
"""

import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import click
import psutil
import questions
import yaml

from graph import ties
from graph.engines import EngineSettings, choose
from graph.exchange.importing import import_bundle
from graph.layout import CATALOG
from graph.model.values import Key
from graph.store import Store
from graph.ties import Change, TieState, Wanted

HERE = Path(__file__).parent
SOURCES = tuple(f"source-{place}" for place in range(1, 9))
LEARNERS = tuple(f"L{place:02}" for place in range(1, 21))
EACH = 10  # records of a learner at a source
OWN = SOURCES[4:]  # these number by themselves, and people tied their codes to outcomes

WHOLE = """recordId title { zh } identifier { scheme code } earned { amount scheme } completion { lastDay }
  status outcome { key } tie { tying }"""
SHORT = "recordId outcome { key }"
"""What twenty learners can be asked within the limit on a question's cost."""
COVERAGE = "coverage { asked answered missing notices { notice { code } count } }"


class Question(NamedTuple):
    """Whom to ask about whom."""

    learners: tuple[str, ...] = LEARNERS[:1]
    sources: tuple[str, ...] = SOURCES
    whole: bool = True
    more: str = ""
    within: float = 8.0

    @property
    def aliases(self) -> dict[str, str]:
        return {f"a{place}": code for place, code in enumerate(self.learners)}

    def of_hub(self) -> bytes:
        """Write it in GraphQL."""
        asked = "".join(
            f'{alias}: learner(key: {{scheme: "hub", code: "{code}"}}, purpose: "recognition", '
            'basis: "consent", grant: "g") { holdings(sources: $sources, within: $within) { ...All } }\n'
            for alias, code in self.aliases.items()
        )
        records = WHOLE if self.whole else SHORT
        query = f"""query($sources: [Code!]!, $within: Float!) {{ {asked} }}
          fragment All on Holdings {{ {self.more}
          replies {{ source status notice {{ code }} records {{ {records} }} }} }}"""
        return json.dumps({"query": query, "variables": self.variables}).encode()

    @property
    def variables(self) -> dict[str, Any]:
        return {"sources": self.sources, "within": self.within}

    def of_floor(self) -> bytes:
        """Write it for the floor."""
        return json.dumps({"learners": self.aliases, "sources": self.sources, "whole": self.whole}).encode()


class Block(NamedTuple):
    """One block of requests: seconds of each, and seconds of CPU that one of them took."""

    walls: list[float]
    cpu: float


class Server:
    """A server in its process, and a connection to it."""

    def __init__(self, process: psutil.Process, url: str, session: aiohttp.ClientSession) -> None:
        self.process = process
        self.url = url
        self._session = session

    async def ask(self, body: bytes) -> Any:
        """Ask once; anything but an answer ends the run."""
        async with self._session.post(
            self.url, data=body, headers={"Content-Type": "application/json", "Accept-Encoding": "identity"}
        ) as answer:
            told = await answer.read()
            if answer.status != 200 or b'"errors"' in told[:20]:
                raise SystemExit(f"{self.url}: {answer.status} {told[:600].decode()}")
        return told

    async def block(self, body: bytes, count: int) -> Block:
        """Ask so many times, one after another."""
        walls, before = [], self.spent()
        for _ in range(count):
            begun = time.perf_counter()
            await self.ask(body)
            walls.append(time.perf_counter() - begun)
        return Block(walls, (self.spent() - before) / count)

    def spent(self) -> float:
        """Give the CPU seconds the process has taken."""
        times = self.process.cpu_times()
        return times.user + times.system


class Members:
    """The members' systems."""

    def __init__(self, ports: dict[str, int], session: aiohttp.ClientSession) -> None:
        self.ports = ports
        self._session = session

    async def tell(self, source: str, word: str) -> dict[str, int]:
        async with self._session.get(f"http://127.0.0.1:{self.ports[source]}/{word}") as answer:
            return await answer.json(content_type=None)

    async def asked(self) -> int:
        """Count the requests that all got since the last time."""
        return sum([(await self.tell(each, "count"))["asked"] for each in SOURCES])


@asynccontextmanager
async def process(*arguments: str, **more: Any) -> AsyncIterator[tuple[psutil.Process, str]]:
    """Run a Python process; gives its first line too."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, **more
    )
    try:
        line = (await asyncio.wait_for(running.stdout.readline(), 60)).decode().strip()
        yield psutil.Process(running.pid), line
    finally:
        if running.returncode is None:
            running.terminate()
        await running.wait()


async def known_codes(store: Store) -> list[str]:
    """Load the demo alliance; give the codes of one member's modules, all valid in 2023."""
    with as_file(files("hub.demo") / "alliance") as bundle:
        imported = await import_bundle(store, bundle)
    assert imported.ok, imported.report
    rows = await store.read(
        "MATCH (t:Outcome)-[:VERSION]->(v:OutcomeVersion) WHERE t.key STARTS WITH 'onex:2021:' "
        "AND v.validFrom <= '2023-06-01' AND v.validTo > '2023-06-01' "
        "RETURN DISTINCT t.key AS key ORDER BY key"
    )
    keys = [row["key"] for row in rows][: EACH * len(SOURCES)]
    assert len(keys) == EACH * len(SOURCES), len(keys)
    return keys


def meanings(keys: Sequence[str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Say what each source's codes mean: half give the alliance's codes, half their own."""
    found = {}
    for place, source in enumerate(SOURCES):
        some = keys[place * EACH : (place + 1) * EACH]
        found[source] = (
            {f"{source}-{at:02}": (key, "CONFIRMED") for at, key in enumerate(some)}
            if source in OWN
            else {key.split(":", 2)[2]: (key, "BY_CODE") for key in some}
        )
    return found


def scheme(source: str) -> str:
    """Name the scheme of a source's codes."""
    return f"local-{source}" if source in OWN else "onex"


async def tie(store: Store, meant: dict[str, dict[str, tuple[str, str]]]) -> None:
    """Confirm the ties of the sources that number by themselves."""
    changes = [
        Change(Wanted(source, Key(f"{scheme(source)}:-:{code}"), Key(key)), TieState.CONFIRMED)
        for source in OWN
        for code, (key, _) in meant[source].items()
    ]
    await ties.change(store, changes, "benchmark", four_eyes=False, within=30)


def declaration(source: str, port: int) -> dict[str, Any]:
    """Declare a source."""
    return {
        "source": source,
        "member": f"member-{source}",
        "connector": "rest",
        "issuers": ["alliance:-:OUC"],
        "key_schemes": ["student"],
        "synthetic": True,
        "traffic": {"private": ["127.0.0.0/8"]},
        "settings": {
            "url": f"http://127.0.0.1:{port}",
            "results": {
                "path": "/results",
                "params": {"codes": "{codes}"},
                "key_scheme": "student",
                "batch": 50,
                "rows": "data.items",
                "map": {
                    "id": "id",
                    "learner": "student.no",
                    "outcome": {"scheme": scheme(source), "code": "course.code"},
                    "title": "course.name",
                    "credit": {"scheme": "ouc-18h", "amount": "credit"},
                    "completed": "finished",
                },
            },
        },
    }


def papers(folder: Path, ports: dict[str, int]) -> None:
    """Write what a hub needs: declarations, links, grants."""
    (folder / "connectors.d").mkdir(parents=True)
    for source, port in ports.items():
        said = yaml.safe_dump(declaration(source, port))
        (folder / "connectors.d" / f"{source}.yaml").write_text(said, "utf-8")
    links, grants = [], []
    for code in LEARNERS:
        learner = {"scheme": "hub", "code": code}
        theirs = {"scheme": "student", "code": code}
        links.append({"learner": learner, "links": [{"source": each, "key": theirs} for each in SOURCES]})
        grants.append({"grant": "g", "learner": learner, "purpose": "recognition", "sources": list(SOURCES)})
    (folder / "links.yaml").write_text(yaml.safe_dump(links), "utf-8")
    (folder / "grants.yaml").write_text(yaml.safe_dump(grants), "utf-8")


@asynccontextmanager
async def hub(folder: Path, store: Store, ports: dict[str, int], profile: str) -> AsyncIterator[Server]:
    """Serve a hub beside sources at these ports."""
    papers(folder, ports)
    link = store._engine.link
    environment = questions.graph_of(link) | {
        "ALLIANCE_HUB_MEMBERS_DEMO": "true",
        "ALLIANCE_HUB_MEMBERS_REFRESH": "3600",
    }
    command = ("-m", "hub", "serve", "--port", "0")
    if profile:
        command = (str(HERE / "profiled.py"), profile, *command[2:])
    async with (
        process(*command, cwd=folder, env=os.environ | environment, stderr=asyncio.subprocess.DEVNULL) as (
            running,
            line,
        ),
        aiohttp.ClientSession() as session,
    ):
        base = line.split()[2].removesuffix("/graphql")
        async with aiohttp.ClientSession(base) as waiting:
            await questions.ready(waiting)
        server = Server(running, f"{base}/graphql", session)
        await opened(server)
        yield server


async def opened(server: Server) -> None:
    """Wait until the hub has opened its sources."""
    asked = json.dumps({"query": "{ members { sources { isOpen } } }"}).encode()
    for _ in range(400):
        members = json.loads(await server.ask(asked))["data"]["members"]
        if sum(one["isOpen"] for each in members for one in each["sources"]) == len(SOURCES):
            return
        await asyncio.sleep(0.05)
    raise SystemExit("the hub did not open its sources")


@asynccontextmanager
async def floor(
    folder: Path, ports: dict[str, int], meant: dict[str, dict[str, tuple[str, str]]]
) -> AsyncIterator[Server]:
    """Serve the floor beside the same sources."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else waits yet
    urls = {source: f"http://127.0.0.1:{port}" for source, port in ports.items()}
    settings = folder / "floor.json"
    settings.write_text(json.dumps({"sources": urls, "meanings": meant}), "utf-8")
    async with (
        process(str(HERE / "floor.py"), str(settings)) as (running, url),
        aiohttp.ClientSession() as session,
    ):
        yield Server(running, url, session)


class Rig(NamedTuple):
    """Everything that runs. `lame` is a hub one of whose sources is dead."""

    hub: Server
    lame: Server
    floor: Server
    members: Members


@asynccontextmanager
async def rig(folder: Path, profile: str = "") -> AsyncIterator[Rig]:
    """Start everything."""
    async with AsyncExitStack() as running:
        enter = running.enter_async_context
        store = await enter(Store(choose(EngineSettings(folder=folder / "graph")), CATALOG.prepare))
        await store.ready(60)
        meant = meanings(await known_codes(store))
        await tie(store, meant)
        ports = {}
        for source in SOURCES:
            command = (str(HERE / "source.py"), source, scheme(source), *meant[source])
            ports[source] = int((await enter(process(*command)))[1])
        dead = ports | {SOURCES[-1]: 9}  # nobody listens there
        yield Rig(
            await enter(hub(folder / "hub", store, ports, profile)),
            await enter(hub(folder / "lame", store, dead, "")),
            await enter(floor(folder / "floor", ports, meant)),
            Members(ports, await enter(aiohttp.ClientSession())),
        )


SIZES = {
    "S1": (Question(sources=SOURCES[:1]), 200),
    "S2": (Question(), 100),
    "S3": (Question(learners=LEARNERS, whole=False), 10),
}
WORDS = {
    "S1": "1 learner, 1 source, 10 records",
    "S2": "1 learner, 8 sources, 80 records",
    "S3": "20 learners, 8 sources, 1,600 records",
}


async def same(beside: Rig, question: Question) -> None:
    """Demand that hub and floor say the same, but for the replies of sources that were left out."""
    told = json.loads(await beside.hub.ask(question.of_hub()))
    told.pop("extensions", None)  # which snapshot of the graph it was answered from: the floor has no graph
    for each in told["data"].values():
        replies = each["holdings"]["replies"]
        each["holdings"]["replies"] = [one for one in replies if one["source"] in question.sources]
    bare = json.loads(await beside.floor.ask(question.of_floor()))
    if told != bare:
        raise SystemExit(f"the answers differ:\n{str(told)[:1500]}\n{str(bare)[:1500]}")


async def measured(beside: Rig, name: str, rounds: int) -> str:
    """Measure one size on hub and floor in turns; gives a row."""
    question, count = SIZES[name]
    await same(beside, question)
    # The system counts CPU in hundredths of a second, so the floor is asked the more often.
    asked = ((beside.hub, question.of_hub(), count), (beside.floor, question.of_floor(), count * 5))
    blocks: list[list[Block]] = [[], []]
    for server, body, many in asked:
        await server.block(body, many)
    for _ in range(rounds):
        for (server, body, many), taken in zip(asked, blocks, strict=True):
            taken.append(await server.block(body, many))
    (wall, cpu), (wall_floor, cpu_floor) = map(medians, blocks)
    return (
        f"| {name}: {WORDS[name]} | {wall:.2f} | {wall_floor:.2f} | {wall / wall_floor:.2f} "
        f"| {cpu:.2f} | {cpu_floor:.2f} | **{cpu / cpu_floor:.2f}** |"
    )


def medians(blocks: Sequence[Block]) -> tuple[float, float]:
    """Give the median milliseconds of a request, and of its CPU."""
    walls = [wall for block in blocks for wall in block.walls]
    return statistics.median(walls) * 1000, statistics.median(block.cpu for block in blocks) * 1000


async def counted(beside: Rig) -> str:
    """Count what twenty learners cost the sources."""
    await beside.members.asked()
    await beside.hub.ask(SIZES["S3"][0].of_hub())
    return f"S3, requests that reached the sources: {await beside.members.asked()} (promised: 8)"


async def hanging(beside: Rig, within: float = 1.0) -> str:
    """Let one source hang."""
    last = SOURCES[-1]
    await beside.members.tell(last, "hang")
    begun = time.perf_counter()
    told = json.loads(await beside.hub.ask(Question(more=COVERAGE, within=within).of_hub()))
    took = time.perf_counter() - begun
    await beside.members.tell(last, "answer")
    held = told["data"]["a0"]["holdings"]
    records = sum(len(each["records"]) for each in held["replies"])
    return (
        f"one source hangs, {within} s given: HTTP 200 after {took:.3f} s, {records} records, "
        f"missing {held['coverage']['missing']}, notices {held['coverage']['notices']}"
    )


async def broken(beside: Rig, rounds: int) -> str:
    """Compare a hub one of whose breakers is open with one where all is well."""
    asked = (beside.hub, Question()), (beside.lame, Question(more=COVERAGE))
    told = b""
    for _ in range(10):
        told = await beside.lame.ask(asked[1][1].of_hub())
    if b"RESTING" not in told:
        raise SystemExit("the breaker is not open")
    blocks: list[list[Block]] = [[], []]
    for _ in range(rounds):
        for (server, question), taken in zip(asked, blocks, strict=True):
            taken.append(await server.block(question.of_hub(), 40))
    (well, _), (ill, _) = map(medians, blocks)
    return (
        f"S2 with one breaker open: median {ill / well:.2f} times the healthy one's (promised: at most 1.2)"
    )


async def compare(folder: Path, rounds: int, only: str) -> None:
    """Measure and print."""
    async with rig(folder) as beside:
        print("| | hub, ms | floor, ms | ratio | hub, CPU ms | floor, CPU ms | CPU ratio |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for name in [only] if only else SIZES:
            print(await measured(beside, name, rounds), flush=True)
        if not only:
            tests: list[Callable[[], Awaitable[str]]] = [
                lambda: counted(beside), lambda: broken(beside, rounds), lambda: hanging(beside)
            ]  # fmt: skip
            print()
            for test in tests:
                print(f"- {await test()}", flush=True)


async def profile(folder: Path, name: str, rounds: int) -> None:
    """Ask one size under a profiler, which the hub prints at its end."""
    question, count = SIZES[name]
    written = folder / "profile"
    async with rig(folder, str(written)) as beside:
        await beside.hub.block(question.of_hub(), count)
        beside.hub.process.send_signal(signal.SIGUSR1)
        await asyncio.sleep(0.2)
        await beside.hub.block(question.of_hub(), count * rounds)
    print(written.read_text("utf-8"))


@click.command()
@click.option("--rounds", default=15, show_default=True)
@click.option("--only", type=click.Choice(list(SIZES)), help="One size alone.")
@click.option("--profile", "profiled", type=click.Choice(list(SIZES)), help="Print where the time goes.")
def main(rounds: int, only: str | None, profiled: str | None) -> None:
    """Ask the hub and the floor the same, turn and turn about."""
    with tempfile.TemporaryDirectory() as temporary:
        if profiled:
            asyncio.run(profile(Path(temporary), profiled, rounds))
        else:
            asyncio.run(compare(Path(temporary), rounds, only or ""))


if __name__ == "__main__":
    main()
