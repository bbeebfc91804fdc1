"""Every cell of the outage matrix holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.notices import NoticeCode, Status
from tests.connectors.outage.faults import FAULTS, Fault
from tests.connectors.outage.file_faults import FILE_FAULTS, FileFault, file_cell
from tests.connectors.outage.matrix import SHAPES, cell, sources


@pytest.fixture(scope="module")
def ports():
    with sources() as ports:
        yield ports


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_cell_holds(fault, shape, ports):
    assert (await cell(fault, shape, ports)).wrong == []


@pytest.mark.parametrize(
    ("lie", "wrong"),
    [
        (Fault("503", ((Status.ANSWERED, None),)), "ill: SILENT with FAILING"),
        (Fault("healthy", ((Status.SILENT, NoticeCode.FAILING),)), "ill: ANSWERED with None"),
        (Fault("another learner", ((Status.ANSWERED, None),)), "ill: ANSWERED with FOREIGN_RECORDS"),
    ],
)
async def test_a_cell_that_does_not_hold_is_seen(lie, wrong, ports):
    assert wrong in (await cell(lie, "single", ports)).wrong


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fault", FILE_FAULTS, ids=lambda fault: fault.name)
async def test_a_cell_of_files_holds(fault, shape, ports, tmp_path):
    assert (await file_cell(fault, shape, ports, tmp_path)).wrong == []


@pytest.mark.parametrize(
    ("spoils", "told", "wrong"),
    [
        ("column inserted", (Status.ANSWERED, None), "ill: UNREADABLE with COLUMNS_CHANGED"),
        ("rows vanished", (Status.EMPTY, None), "ill: ANSWERED with RECORDS_VANISHED"),
    ],
)
async def test_a_cell_of_files_that_does_not_hold_is_seen(spoils, told, wrong, ports, tmp_path):
    (fault,) = (each for each in FILE_FAULTS if each.name == spoils)
    lie = FileFault(fault.name, (told,), fault.night)
    assert wrong in (await file_cell(lie, "single", ports, tmp_path)).wrong


@pytest.mark.parametrize("fault", [*FAULTS, *FILE_FAULTS], ids=lambda fault: fault.name)
def test_every_fault_is_published(fault):
    sheet = Path(__file__).parents[3] / "docs" / "connectors" / "outage.md"
    assert f"| {fault.name} | " in sheet.read_text(encoding="utf-8")
