"""The outage matrix: every fault of one source, under every shape of question, beside healthy ones."""

from __future__ import annotations

import logging
import os
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct, convert

from connectors.dispatch import Dispatch
from connectors.notices import Status
from connectors.policy import Policy
from connectors.records import LearnerKey
from connectors.registry import Sources
from connectors.replies import Holdings
from connectors.rest import MANIFEST
from connectors.roster import Roster
from connectors.source import Declaration, Source, declared
from tests.connectors.alliance import consenting, everywhere, question
from tests.connectors.outage.faults import Fault
from tests.connectors.outage.source import CERTIFICATES, EACH, PLAYS
from tests.connectors.processes import running

CAP = Policy().max_bytes
WITHIN = 1.0
SLACK = 1.0
HEALTHY = ("h1", "h2", "h3")
SHAPES = {"single": 1, "list": 5, "batched": 20, "cached": 1}
HIDDEN = ("hunter2", "10.9.8.7", "/srv/app", "127.0.0.1", "169.254", "person-", "stranger-77", "Traceback")


class Cell(Struct):
    """What one cell of the matrix came to; ``wrong`` names what did not hold."""

    fault: str
    shape: str
    wrong: list[str]
    elapsed: float = 0.0
    peak: int = 0
    upstream: int = 0


class Ports(Struct):
    """Where the ill source listens (plainly, then under three certificates), and the healthy one."""

    ill: list[str]
    healthy: list[str]


@contextmanager
def sources() -> Iterator[Ports]:
    """Run the ill source and the healthy one, each in its own process."""
    script = Path(__file__).with_name("source.py")
    with ExitStack() as stack:
        yield Ports(*(stack.enter_context(running(script)).split() for _ in range(2)))


def source(code: str, url: str, batch: int, **settings: Any) -> Source:
    rows = "all.rows" if settings.get("format") == "xml" else "rows"
    results = {
        "path": "/results",
        "params": {"learners": "{codes}"},
        "key_scheme": "hub",
        "batch": batch,
        "rows": rows,
        "paging": {"kind": "cursor", "param": "page", "next": "next", "most": 10},
        "map": {
            "id": "id",
            "learner": "learner",
            "outcome": {"scheme": "c", "code": "course"},
            "title": "title",
            "credit": {"scheme": "cn", "amount": "credit"},
            "completed": "on",
        },
    }
    said = {
        "source": code,
        "member": "m",
        "connector": "rest",
        "traffic": {"private": [] if settings.pop("stranger", False) else ["127.0.0.0/8"]},
        "tls": {"authority": str(CERTIFICATES / "ca.pem")} if url.startswith("https") else None,
        "settings": {"url": url, "results": results, "errors": {"when": "code", "code": "code"}, **settings},
    }
    made = declared(convert(said, Declaration), MANIFEST)
    policy = Policy(
        deadline=0.8,
        read=0.6,
        connect=0.5,
        tries=2,
        backoff=0.01,
        private=made.policy.private,
        keep_stale=600,
    )
    return msgspec.structs.replace(made, policy=policy)


class Declaring:
    """Sources that can be declared anew while the roster is open."""

    def __init__(self, *sources: Source) -> None:
        self.sources = sources

    def load(self) -> Sources:
        return Sources(tuple(sorted(self.sources, key=lambda each: each.code)))


class Away:
    """A consent service that is away."""

    async def decide(self, wishes: Any) -> Any:
        raise ConnectionRefusedError("10.9.8.7")


class Ear(logging.Handler):
    """Hears everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage() + str(record.exc_info or ""))


async def cell(fault: Fault, shape: str, ports: Ports) -> Cell:
    """Ask one question of one ill source and three healthy ones, and look at the answer."""
    learners = [LearnerKey(scheme="hub", code=f"person-{n}") for n in range(SHAPES[shape])]
    ear, made = Ear(), Cell(fault.name, shape, [])
    logging.getLogger().addHandler(ear)
    try:
        async with _asking(fault, shape, ports, learners) as dispatch:
            await _set(ports.ill[0], fault)
            held = await _asked(dispatch, learners, made)
        made.upstream = await _count(ports.ill[0])
    finally:
        logging.getLogger().removeHandler(ear)
    made.wrong = _wrong(fault, shape, held, made, "\n".join(ear.heard))
    return made


@asynccontextmanager
async def _asking(
    fault: Fault, shape: str, ports: Ports, learners: list[LearnerKey]
) -> AsyncIterator[Dispatch]:
    batch = 50 if shape == "batched" else 1
    well = [source(code, f"http://127.0.0.1:{ports.healthy[0]}", batch) for code in HEALTHY]
    ill = _ill(fault, ports, batch)
    codes = [*HEALTHY, "ill"]
    links, consent = everywhere(*codes, learners=learners), consenting(*codes, learners=learners)
    loading = Declaring(*well, source("ill", f"http://127.0.0.1:{ports.ill[0]}", batch))
    async with Roster(loading) as roster:
        dispatch = Dispatch(roster, links, Away() if fault.name == "consent service away" else consent)
        if shape == "cached":
            await _set(ports.ill[0], None)
            await dispatch.results(question(*learners))
        loading.sources = (*well, ill)
        await roster.refresh()
        assert roster.quarantined == ()
        yield dispatch


def _ill(fault: Fault, ports: Ports, batch: int) -> Source:
    plain, wrong_name, expired, good = ports.ill
    places = {
        "closed": "http://127.0.0.1:1",
        "nowhere": "http://nowhere.invalid",
        "wrong-name": f"https://127.0.0.1:{wrong_name}",
        "expired": f"https://127.0.0.1:{expired}",
        "good": f"https://127.0.0.1:{good}",
    }
    url = places.get(fault.place, f"http://127.0.0.1:{plain}")
    return source("ill", url, batch, stranger=fault.place == "private", **fault.settings)


async def _set(port: str, fault: Fault | None) -> None:
    name = fault.name if fault and fault.name in PLAYS else "healthy"
    await _get(f"http://127.0.0.1:{port}/set/{list(PLAYS).index(name)}")


async def _count(port: str) -> int:
    return int(await _get(f"http://127.0.0.1:{port}/asked"))


async def _get(url: str) -> str:
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        return await answer.text()


async def _asked(dispatch: Dispatch, learners: list[LearnerKey], made: Cell) -> tuple[Holdings, ...]:
    tracemalloc.start()
    began = time.perf_counter()
    try:
        return await dispatch.results(question(*learners, within=WITHIN))
    finally:
        made.elapsed = time.perf_counter() - began
        made.peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def _wrong(fault: Fault, shape: str, held: tuple[Holdings, ...], made: Cell, logged: str) -> list[str]:
    return [
        *(f"healthy: {each}" for each in _healthy(fault, held)),
        *(f"ill: {each}" for each in _sick(fault, shape, held)),
        *(f"shown: {each}" for each in HIDDEN if each in _public(held) + logged),
        *([f"late: {made.elapsed:.2f} s"] if made.elapsed > WITHIN + SLACK else []),
        *([f"memory: {made.peak}"] if made.peak > 2 * CAP * _calls(shape) else []),
        *([f"upstream: {made.upstream}"] if made.upstream > _most(fault, shape) else []),
    ]


def _calls(shape: str) -> int:
    """How many answers of the ill source may be held at once; the cap is for each."""
    return SHAPES[shape] if shape == "list" else 1


def _most(fault: Fault, shape: str) -> int:
    """How many requests the ill source may get: one per call and its retries, or its pages."""
    return 10 if fault.name in ("endless paging", "looping cursor") and shape != "list" else 50


def _healthy(fault: Fault, held: tuple[Holdings, ...]) -> Iterator[str]:
    unasked = fault.name == "consent service away"
    for each in held:
        for reply in each.replies:
            if reply.source == "ill":
                continue
            wanted = (Status.CONSENT_UNKNOWN, 0) if unasked else (Status.ANSWERED, EACH)
            if (reply.status, len(reply.records)) != wanted:
                yield f"{reply.source} {reply.status} with {len(reply.records)} records"
            if any(record.learner != each.learner for record in reply.records):
                yield "a record of another learner"


def _sick(fault: Fault, shape: str, held: tuple[Holdings, ...]) -> Iterator[str]:
    told = [reply for each in held for reply in each.replies if reply.source == "ill"]
    for reply in told:
        said = reply.notice.code if reply.notice else None
        if (reply.status, said) not in _expected(fault, shape):
            yield f"{reply.status} with {said}"
        if reply.status in (Status.ANSWERED, Status.STALE) and len(reply.records) != EACH:
            yield f"{len(reply.records)} records"
        if reply.remarks:
            yield f"{len(reply.remarks) + 1} notices"
    if len(told) != len(held):
        yield f"{len(told)} replies"


def _expected(fault: Fault, shape: str) -> list[tuple[Status, Any]]:
    """Tell what may come: where an earlier answer is kept, a silent source's is stale."""
    if shape != "cached":
        return list(fault.told)
    return [(Status.STALE if status is Status.SILENT else status, code) for status, code in fault.told]


def _public(held: tuple[Holdings, ...]) -> str:
    """Everything a client could be shown, apart from the records and the learner that was asked about."""
    shown = [msgspec.structs.replace(reply, records=()) for each in held for reply in each.replies]
    return msgspec.json.encode([*shown, *(each.coverage for each in held)]).decode() + repr(held)


async def matrix(faults: tuple[Fault, ...]) -> list[Cell]:
    """Fill the whole matrix."""
    with sources() as ports:
        return [await cell(fault, shape, ports) for fault in faults for shape in SHAPES]


def table(cells: list[Cell]) -> str:
    """Draw the matrix in Markdown."""
    by_fault: dict[str, dict[str, Cell]] = {}
    for each in cells:
        by_fault.setdefault(each.fault, {})[each.shape] = each
    head = f"| fault | {' | '.join(SHAPES)} |\n|---|{'---|' * len(SHAPES)}\n"
    lines = [
        f"| {name} | {' | '.join(_mark(row[shape]) for shape in SHAPES)} |" for name, row in by_fault.items()
    ]
    held = sum(1 for each in cells if not each.wrong)
    return head + "\n".join(lines) + f"\n\n{held} of {len(cells)} cells hold ({os.uname().machine}).\n"


def _mark(each: Cell) -> str:
    return "**" + "; ".join(sorted(set(each.wrong))) + "**" if each.wrong else f"holds, {each.elapsed:.2f} s"
