"""The faults of files: what the night did to a folder of exports, and what the asker must be told."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, convert

from connectors.dispatch import Dispatch
from connectors.files import MANIFEST
from connectors.notices import NoticeCode, Status
from connectors.policy import Policy
from connectors.records import LearnerKey
from connectors.roster import Roster
from connectors.source import Declaration, Source, declared
from tests.connectors.alliance import consenting, everywhere, question
from tests.connectors.outage.faults import Told
from tests.connectors.outage.matrix import (
    HEALTHY,
    SHAPES,
    Cell,
    Declaring,
    Ear,
    Ports,
    _asked,
    _wrong,
    source,
    sources,
)
from tests.connectors.outage.source import EACH

C, S = NoticeCode, Status
COLUMNS = ["编号", "学员", "课程", "名称", "学分", "完成"]
PEOPLE = 20


class FileFault(Struct, frozen=True):
    """One row: what the asker may be told, and what happens to the folder overnight."""

    name: str
    told: tuple[Told, ...]
    night: Callable[[Path], None]
    settled: float = 0.0
    stale_after: float | None = None


def rows() -> list[list[str]]:
    return [
        [f"person-{n}-{m}", f"person-{n}", f"C{m}", '"数据, 结构"', "2.5", "20230630"]
        for n in range(PEOPLE)
        for m in range(EACH)
    ]


def export(day: str, told: list[list[str]] | None = None, columns: list[str] = COLUMNS, codec: str = "utf-8"):
    """Return what writes one export into a folder."""
    text = "".join(",".join(row) + "\n" for row in [columns, *(rows() if told is None else told)])

    def write(folder: Path, cut: int | None = None) -> None:
        path = folder / f"results-{day}.csv"
        path.write_bytes(text.encode(codec)[:cut])
        os.utime(path, (1_700_000_000, 1_700_000_000 + len(day)))

    return write


def half(folder: Path) -> None:
    whole = "".join(",".join(row) + "\n" for row in [COLUMNS, *rows()]).encode()
    export("20260228")(folder, whole.rindex("数据".encode()) + 3)


def still(folder: Path) -> None:
    export("20260228")(folder, 40)
    (folder / "results-20260228.csv").touch()


def inserted(folder: Path) -> None:
    export("20260228", [["1", *row] for row in rows()], ["序号", *COLUMNS])(folder)


def twice(folder: Path) -> None:
    export("20260228-a")(folder)
    export("20260228-bb")(folder)


FILE_FAULTS = (
    FileFault("file half-written", ((S.UNREADABLE, C.NOT_READABLE),), half),
    FileFault("file still being written", ((S.ANSWERED, None),), still, settled=60),
    FileFault("missing since Friday", ((S.STALE, C.OUT_OF_DATE),), lambda _: None, stale_after=86_400),
    FileFault("folder away", ((S.SILENT, C.UNREACHABLE),), shutil.rmtree),
    FileFault("column inserted", ((S.UNREADABLE, C.COLUMNS_CHANGED),), inserted),
    FileFault(
        "encoding changed overnight", ((S.UNREADABLE, C.TEXT_DAMAGED),), export("20260228", codec="gb18030")
    ),
    FileFault("rows vanished", ((S.ANSWERED, C.RECORDS_VANISHED),), export("20260228", [])),
    FileFault("two exports of one day", ((S.ANSWERED, C.DUPLICATES),), twice),
)


def folder_source(fault: FileFault, folder: Path, shape: str) -> Source:
    said: dict[str, Any] = {
        "source": "ill",
        "member": "m",
        "connector": "files",
        "settings": {
            "folder": str(folder),
            "columns": COLUMNS,
            "key_scheme": "hub",
            "settled": fault.settled,
            "map": {
                "id": "编号",
                "learner": "学员",
                "outcome": {"scheme": "c", "code": "课程"},
                "title": "名称",
                "credit": {"scheme": "cn", "amount": "学分"},
                "completed": "完成",
            },
        },
    }
    made = declared(convert(said, Declaration), MANIFEST)
    kept = 600.0 if shape == "cached" else 0.0
    fields = {name: getattr(made, name) for name in made.__struct_fields__}
    return Source(**(fields | {"policy": Policy(keep_stale=kept, stale_after=fault.stale_after)}))


async def file_cell(fault: FileFault, shape: str, ports: Ports, folder: Path) -> Cell:
    """Ask on the evening before, and in the morning, after what the night did; look at that answer."""
    learners = [LearnerKey(scheme="hub", code=f"person-{n}") for n in range(SHAPES[shape])]
    place, ear, made = folder / "exports", Ear(), Cell(fault.name, shape, [])
    place.mkdir()
    export("20260227")(place)
    logging.getLogger().addHandler(ear)
    try:
        async with _evening(fault, shape, ports, place, learners) as dispatch:
            fault.night(place)
            held = await _asked(dispatch, learners, made)
    finally:
        logging.getLogger().removeHandler(ear)
    made.wrong = _wrong(fault, shape, held, made, "\n".join(ear.heard))
    return made


@asynccontextmanager
async def _evening(
    fault: FileFault, shape: str, ports: Ports, place: Path, learners: list[LearnerKey]
) -> AsyncIterator[Dispatch]:
    batch = 50 if shape == "batched" else 1
    well = [source(code, f"http://127.0.0.1:{ports.healthy[0]}", batch) for code in HEALTHY]
    codes = [*HEALTHY, "ill"]
    links, consent = everywhere(*codes, learners=learners), consenting(*codes, learners=learners)
    async with Roster(Declaring(*well, folder_source(fault, place, shape))) as roster:
        assert roster.quarantined == ()
        dispatch = Dispatch(roster, links, consent)
        await dispatch.results(question(*learners))
        await asyncio.sleep(0.01)  # for an equal question that comes at once joins the one just answered
        yield dispatch


async def file_matrix(faults: tuple[FileFault, ...]) -> list[Cell]:
    """Fill the rows of files."""
    cells = []
    with sources() as ports:
        for fault in faults:
            for shape in SHAPES:
                with tempfile.TemporaryDirectory() as folder:
                    cells.append(await file_cell(fault, shape, ports, Path(folder)))
    return cells
