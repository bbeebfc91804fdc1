"""Members beside a hub, every one in a process of its own: served, reloaded, killed, and kept private."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import yaml

from tests.hub.talking import talking
from tests.hub.test_serving import until_ready

COLLEGE = Path(__file__).with_name("college.py")
HUB = [sys.executable, "-m", "hub"]
NAME, NUMBER = "阿依努尔·买买提艾力", "110105199003074512"
SOURCES = {
    "post": ("COURIER-1", "postal-cert", "alliance:-:YZPJ"),
    "tech": ("JAVA", "aptech-cert", "alliance:-:APTECH"),
    "spy": ("UI", "aptech-cert", "alliance:-:SPY"),
}
LINKED = {
    "L1": {"post": "S1", "tech": "T1"},
    "L2": {"post": "HANG-1", "tech": "T2"},
    NUMBER: {"post": NUMBER},
}
HOLDINGS = """query($code: Code!) { learner(key: {scheme: "hub", code: $code}, purpose: "recognition",
  basis: "consent", grant: "g-1") { holdings { coverage { complete missing } replies { source status
  notice { code } records { recordId title { zh } outcome { key } tie { tying } } } } } }"""
WHAT_IF = """query($code: Code!) { whatIf(institution: "alliance:-:OUC", asOf: {validOn: "2024-03-01"},
  programme: "ouc-programme:2021:LOG-Z", rules: ["OUC-LOG-COURIER", "OUC-APT-JAVA"],
  learner: {key: {scheme: "hub", code: $code}, purpose: "recognition", basis: "consent", grant: "g-1"}) {
  judged(first: 20) { nodes { ruleCode version verdict deciding } }
  coverage { missing notices { notice { code } } } } }"""
MEMBERS = "{ members { sources { source isOpen quarantined } } }"


async def until(wanted: Callable[[], Any], within: float = 40) -> Any:
    """Wait until something is so, and give it."""
    async with asyncio.timeout(within):
        while True:
            if found := wanted():
                return found
            await asyncio.sleep(0.02)


class College:
    """A running source: its port, and whom it was asked about."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.asked: list[str] = []
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for line in self.process.stdout:
            self.asked.append(line.decode().split()[1])

    async def was_asked(self, student: str) -> None:
        await until(lambda: student in self.asked)

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._listening


async def college(code: str, title: str = NAME, port: int = 0) -> College:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(COLLEGE), code, title, stdout=asyncio.subprocess.PIPE
    )
    return College(process, int(await process.stdout.readline()))


def declaration(source: str, port: int, scheme: str, issuer: str) -> str:
    said = {
        "source": source,
        "member": f"member-{source}",
        "connector": "rest",
        "issuers": [issuer],
        "key_schemes": ["student"],
        "synthetic": True,
        "traffic": {"private": ["127.0.0.0/8"]},
        "settings": {
            "url": f"http://127.0.0.1:{port}",
            "results": {
                "path": "/students/{code}/results",
                "key_scheme": "student",
                "rows": "data.items",
                "map": {
                    "id": "id",
                    "learner": "student.no",
                    "outcome": {"scheme": scheme, "code": "course.code"},
                    "title": "course.name",
                    "credit": {"scheme": "ouc-18h", "amount": "credit"},
                    "completed": "finished",
                },
            },
        },
    }
    return yaml.safe_dump(said, allow_unicode=True)


def write_papers(folder: Path) -> None:
    links = [
        {
            "learner": {"scheme": "hub", "code": code},
            "links": [
                {"source": source, "key": {"scheme": "student", "code": student}}
                for source, student in linked.items()
            ],
        }
        for code, linked in LINKED.items()
    ]
    grants = [
        {
            "grant": "g-1",
            "learner": {"scheme": "hub", "code": code},
            "purpose": "recognition",
            "sources": list(SOURCES),
        }
        for code in LINKED
    ]
    (folder / "links.yaml").write_text(yaml.safe_dump(links, allow_unicode=True), "utf-8")
    (folder / "grants.yaml").write_text(yaml.safe_dump(grants, allow_unicode=True), "utf-8")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Path:
    """A folder with the demo alliance in an embedded graph."""
    folder = tmp_path_factory.mktemp("members")
    with as_file(files("hub.demo") / "alliance") as bundle:
        command = [*HUB, "bundle", "import", str(bundle)]
        environment = os.environ | {"ALLIANCE_HUB_GRAPH_DATA": str(folder / "data")}
        subprocess.run(command, env=environment, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


class Running:
    """A hub in its process, with its sources."""

    def __init__(self, process, port: int, folder: Path, log: Path, sources: dict[str, College]) -> None:
        self.process = process
        self.port = port
        self.folder = folder
        self.log = log
        self.sources = sources
        self.url = f"http://127.0.0.1:{port}/graphql"

    async def post(self, query: str, headers=None, **variables) -> tuple[int, dict, dict]:
        body = {"query": query, "variables": variables}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, json=body, headers=headers) as answer,
        ):
            return answer.status, await answer.json(), dict(answer.headers)

    async def data(self, query: str, **variables) -> dict:
        _, body, _ = await self.post(query, **variables)
        assert "errors" not in body, body
        return body["data"]

    async def standing(self) -> dict[str, tuple[bool, bool]]:
        members = (await self.data(MEMBERS))["members"]
        return {
            one["source"]: (one["isOpen"], one["quarantined"]) for each in members for one in each["sources"]
        }

    async def stands(self, wanted: dict[str, tuple[bool, bool]]) -> None:
        async with asyncio.timeout(20):
            while True:
                if await self.standing() == wanted:
                    return
                await asyncio.sleep(0.05)


@asynccontextmanager
async def hub(loaded: Path, folder: Path, demo: bool = True) -> AsyncIterator[Running]:
    shutil.copytree(loaded / "data", folder / "data")
    write_papers(folder)
    declared = folder / "connectors.d"
    declared.mkdir()
    sources = {}
    for source, (code, scheme, issuer) in SOURCES.items():
        sources[source] = await college(code)
        text = declaration(source, sources[source].port, scheme, issuer)
        (declared / f"{source}.yaml").write_text(text, "utf-8")
    settings = {
        "GRAPH_DATA": str(folder / "data"),
        "MEMBERS_DEMO": str(demo).lower(),
        "MEMBERS_REFRESH": "3600",
    }
    environment = {f"ALLIANCE_HUB_{name}": value for name, value in settings.items()}
    log = folder / "log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *HUB, "serve", "--port", "0", cwd=folder, stdout=out, stderr=out,
            env=os.environ | environment | {"PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            port = await until(lambda: _port(log))
            running = Running(process, port, folder, log, sources)
            await running.stands(dict.fromkeys(SOURCES, (True, False)))
            await until_ready(running.url.removesuffix("/graphql"), 40)
            yield running
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
            for each in sources.values():
                await each.end()


def _port(log: Path) -> int | None:
    found = re.search(rb"http://127\.0\.0\.1:(\d+)/graphql", log.read_bytes())
    return int(found[1]) if found else None


@pytest.fixture(scope="module")
async def running(loaded, tmp_path_factory) -> AsyncIterator[Running]:
    """A hub with the switch on, for tests that change nothing."""
    async with hub(loaded, tmp_path_factory.mktemp("shared")) as found:
        yield found


def records(answer: dict) -> dict[str, list]:
    replies = answer["learner"]["holdings"]["replies"]
    return {reply["source"]: [one["outcome"]["key"] for one in reply["records"]] for reply in replies}


async def test_a_learners_records_come_from_the_linked_members_and_from_nobody_else(running):
    status, body, headers = await running.post(HOLDINGS, code="L1")
    spied = list(running.sources["spy"].asked)
    query = urlencode({"query": HOLDINGS, "variables": json.dumps({"code": "L1"})})
    async with aiohttp.ClientSession() as session, session.get(f"{running.url}?{query}") as got:
        kept = (got.status, got.headers.get("cache-control"), got.headers.get("etag"))
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert kept == (200, "no-store", None)
    assert records(body["data"]) == {
        "post": ["postal-cert:2019:COURIER-1"],
        "spy": [],
        "tech": ["aptech-cert:2016:JAVA"],
    }
    assert spied == []


async def _over_websocket(port: int, query: str, **named) -> dict:
    async with talking(port, **named) as client:
        await client.begin()
        await client.ask("1", query, variables={"code": "L1"})
        return await client.hear()


async def _over_events(running: Running, query: str) -> str:
    body = {"query": query, "variables": {"code": "L1"}}
    async with (
        aiohttp.ClientSession(headers={"accept": "text/event-stream"}) as session,
        session.post(running.url, json=body) as answer,
    ):
        return await answer.text()


@pytest.mark.parametrize("query", [HOLDINGS, WHAT_IF], ids=["holdings", "whatIf"])
async def test_with_the_switch_on_it_answers_over_every_transport(running, query):
    heard = await _over_websocket(running.port, query)
    told = await _over_events(running, query)
    assert heard["type"] == "next"
    assert "errors" not in heard["payload"]
    assert "PERSONAL_REFUSED" not in told
    assert '"data"' in told


async def test_with_the_switch_off_nothing_personal_is_answered_over_any_transport(loaded, tmp_path):
    change = """mutation { proposeTie(tie: {source: "post", tiedCode: "a:-:b",
      outcomeKey: "postal-cert:2019:COURIER-1", setBy: "x"}) { tieState } }"""
    async with hub(loaded, tmp_path, demo=False) as running:
        for query in (HOLDINGS, WHAT_IF):
            _, body, _ = await running.post(query, code="L1")
            assert body["errors"][0]["extensions"]["code"] == "PERSONAL_REFUSED"
            heard = await _over_websocket(running.port, query)
            assert heard["payload"][0]["extensions"]["code"] == "PERSONAL_REFUSED"
            assert "PERSONAL_REFUSED" in await _over_events(running, query)
        _, body, _ = await running.post(change)
        assert body["errors"][0]["extensions"]["code"] == "GOVERNING_REFUSED"
        assert [each.asked for each in running.sources.values()] == [[], [], []]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda headers: " ".join(next(iter(headers.items()))),
)
async def test_a_proxy_or_a_foreign_page_makes_nobody_local(running, headers):
    _, local, _ = await running.post(
        HOLDINGS, {"Origin": f"http://127.0.0.1:{running.port}", "Sec-Fetch-Site": "same-origin"}, code="L1"
    )
    _, body, _ = await running.post(HOLDINGS, headers, code="L1")
    assert "errors" not in local
    assert body["errors"][0]["extensions"]["code"] == "PERSONAL_REFUSED"


async def test_a_member_killed_in_mid_query_changes_its_own_reply_and_the_verdicts_that_hang_on_it(
    loaded, tmp_path
):
    async with hub(loaded, tmp_path) as running:
        whole = await running.data(WHAT_IF, code="L1")
        asking = asyncio.gather(running.data(HOLDINGS, code="L2"), running.data(WHAT_IF, code="L2"))
        await running.sources["post"].was_asked("HANG-1")
        running.sources["post"].process.kill()
        held, judged = await asyncio.wait_for(asking, 9)
    replies = {one["source"]: one for one in held["learner"]["holdings"]["replies"]}
    assert records(held) == {"post": [], "spy": [], "tech": ["aptech-cert:2016:JAVA"]}
    assert {code: reply["status"] for code, reply in replies.items()} == {
        "post": "SILENT",
        "spy": "UNLINKED",
        "tech": "ANSWERED",
    }
    assert held["learner"]["holdings"]["coverage"] == {"complete": False, "missing": ["post"]}
    before, after = verdicts(whole), verdicts(judged)
    changed = {rule for rule in after if after[rule] != before[rule]}
    assert changed == {"OUC-LOG-COURIER"} == {r for r, found in after.items() if "UNDECIDED" in found}
    assert judged["whatIf"]["coverage"]["missing"] == ["post"]
    assert {
        tuple(one["deciding"]) for one in judged["whatIf"]["judged"]["nodes"] if one["verdict"] == "UNDECIDED"
    } == {("post",)}


def verdicts(answer: dict) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in answer["whatIf"]["judged"]["nodes"]:
        found.setdefault(one["ruleCode"], set()).add(one["verdict"])
    return found


async def test_sources_are_read_again_on_sighup_and_the_last_good_one_stays(loaded, tmp_path):
    async with hub(loaded, tmp_path) as running:
        good = running.folder / "connectors.d" / "post.yaml"
        text = good.read_text("utf-8")
        good.write_text(text.replace("rest", "no-such-connector"), "utf-8")
        (running.folder / "connectors.d" / "more.yaml").write_text("source: [", "utf-8")
        again = text.replace("source: post", "source: fresh")
        (running.folder / "connectors.d" / "fresh.yaml").write_text(again, "utf-8")
        assert set(await running.standing()) == set(SOURCES)
        running.process.send_signal(signal.SIGHUP)
        await running.stands(
            {
                "fresh": (True, False),
                "more": (False, True),
                "post": (True, True),
                "spy": (True, False),
                "tech": (True, False),
            }
        )
        assert records(await running.data(HOLDINGS, code="L1"))["post"]
        (running.folder / "connectors.d" / "more.yaml").unlink()
        (running.folder / "connectors.d" / "fresh.yaml").unlink()
        good.write_text(text, "utf-8")
        running.process.send_signal(signal.SIGHUP)
        await running.stands(dict.fromkeys(SOURCES, (True, False)))


async def test_a_grant_taken_back_and_links_gone_wrong_take_effect_at_once(loaded, tmp_path):
    async with hub(loaded, tmp_path) as running:
        assert records(await running.data(HOLDINGS, code="L1"))["post"]
        (tmp_path / "grants.yaml").write_text("[]", "utf-8")
        assert _statuses(await running.data(HOLDINGS, code="L1")) == {"NO_CONSENT", "UNLINKED"}
        (tmp_path / "grants.yaml").write_text("{", "utf-8")
        assert _statuses(await running.data(HOLDINGS, code="L1")) == {"CONSENT_UNKNOWN", "UNLINKED"}
        (tmp_path / "links.yaml").unlink()
        answer = await running.data(HOLDINGS, code="L1")
        assert _statuses(answer) == {"SILENT"}
        assert answer["learner"]["holdings"]["replies"][0]["notice"]["code"] == "LINKS_UNKNOWN"


def _statuses(answer: dict) -> set[str]:
    return {reply["status"] for reply in answer["learner"]["holdings"]["replies"]}


async def test_no_personal_datum_is_in_anything_the_hub_wrote(loaded, tmp_path):
    """After good answers, refused ones, silence, wrong variables and a defective source."""
    async with hub(loaded, tmp_path) as running:
        found = await running.data(HOLDINGS, code=NUMBER)
        assert found["learner"]["holdings"]["replies"][0]["records"][0]["title"]["zh"] == NAME
        await running.data(WHAT_IF, code=NUMBER)
        check = 'query($n: String!) { verifyCertificate(number: $n, name: "%s", issuer: "alliance:-:YZPJ")'
        await running.data(check % NAME + " { certificateFinding } }", n=NUMBER)
        await running.post(HOLDINGS, code=[NUMBER, {"name": NAME}])
        await running.post(HOLDINGS.replace("purpose:", "nobody:"), code=NUMBER)
        await running.post(HOLDINGS, {"X-Forwarded-For": "203.0.113.9"}, code=NUMBER)
        running.sources["post"].process.kill()
        await running.sources["post"].process.wait()
        for _ in range(7):
            assert "SILENT" in _statuses(await running.data(HOLDINGS, code=NUMBER))
        address = running.url.replace("graphql", "health/ready")
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            health = await answer.text()
        stored = running.log.read_bytes()
    assert b"source post" in stored  # the silence itself is logged
    for datum in (NAME, NUMBER, "买买提", "\\u963f\\u4f9d"):
        assert datum.encode() not in stored
        assert datum not in health
    for file in (tmp_path / "data").rglob("*"):
        if file.is_file() and file.stat().st_size < 50_000_000:
            content = file.read_bytes()
            assert NUMBER.encode() not in content, file
            assert NAME.encode() not in content, file


async def test_ties_are_changed_by_a_sheet_and_again_without_effect(loaded, tmp_path):
    shutil.copytree(loaded / "data", tmp_path / "data")
    declared = tmp_path / "connectors.d"
    declared.mkdir()
    (declared / "post.yaml").write_text(declaration("post", 1, "postal-cert", "a:-:B"), "utf-8")
    environment = os.environ | {"ALLIANCE_HUB_GRAPH_DATA": str(tmp_path / "data")}

    async def load(text: str, by: str) -> tuple[int, str, str]:
        sheet = tmp_path / "ties.csv"
        sheet.write_text(text, "utf-8")
        run = await asyncio.to_thread(
            subprocess.run, [*HUB, "ties", "import", str(sheet), "--by", by],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return run.returncode, run.stdout.strip(), run.stderr

    head = "source,code,outcome,state\n"
    row = "post,own:-:K%d,postal-cert:2019:courier-1,%s\n"
    proposed = head + "".join(row % (n, "PROPOSED") for n in range(3))
    confirmed = proposed.replace("PROPOSED", "CONFIRMED")
    assert await load(proposed, "registrar") == (0, "3 of 3 ties changed", "")
    assert await load(proposed, "registrar") == (0, "0 of 3 ties changed", "")
    code, _, told = await load(confirmed, "registrar")
    assert (code, told.count("who proposed a tie") + told.count("Who proposed a tie")) == (1, 3)
    assert await load(confirmed, "dean") == (0, "3 of 3 ties changed", "")
    wrong = head + (
        "nobody,own:-:K1,postal-cert:2019:COURIER-1,PROPOSED\n"
        "post,own,postal-cert:2019:COURIER-1,PROPOSED\n"
        "post,own:-:K1,postal-cert:2019:NONE,PROPOSED\n"
        "post,own:-:K1,postal-cert:2019:COURIER-1,MAYBE\n"
        "post,own:-:K9,postal-cert:2019:COURIER-1,PROPOSED\n"
        "post,own:-:K9,postal-cert:2019:COURIER-1,RETRACTED\n"
    )
    code, _, told = await load(wrong, "dean")
    assert code == 1
    assert [line.split(":")[:2] for line in told.splitlines() if line.startswith("line")] == [
        ["line 2", " source"],
        ["line 3", " code"],
        ["line 4", " outcome"],
        ["line 5", " state"],
        ["line 7", " outcome"],
    ]
    assert "5 lines are wrong; nothing was changed" in told
