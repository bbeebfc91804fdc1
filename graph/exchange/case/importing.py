"""The import of a package: examined, written as a bundle, and that bundle imported."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from graph.exchange import imports
from graph.exchange.case import bundle, document, package
from graph.exchange.case.inspection import CONCEPTS, Inspection
from graph.exchange.case.package import Package
from graph.exchange.codec import codec
from graph.exchange.findings import Finding, Refused
from graph.exchange.importing import Imported, import_bundle
from graph.exchange.report import Findings, Report
from graph.exchange.standing import Standing
from graph.model.concepts import BY_NAME
from graph.model.framework import Association, FrameworkItem
from graph.model.values import Versioned
from graph.store import Store

SECTIONS: Final = {
    bundle.FRAMEWORKS: document.DOCUMENT,
    bundle.FRAMEWORK_ITEMS: document.ITEMS,
    bundle.ASSOCIATIONS: document.ASSOCIATIONS,
}
GROUP: Final = 1_000
Member = FrameworkItem | Association

_LISTED: Final = {bundle.FRAMEWORK_ITEMS, bundle.ASSOCIATIONS}


async def import_package(store: Store, path: Path, *, synthetic: bool = False) -> Imported:
    """Import the package at ``path``; what is wrong with it is told in the outcome, not raised.

    Raises :class:`graph.exchange.imports.ImportRefused` where another import stands in the way.
    """
    try:
        given = await asyncio.to_thread(package.load, path)
    except Refused as ending:
        return Imported(_unread(ending))
    return await _import(store, given, synthetic)


async def _import(store: Store, given: Package, synthetic: bool) -> Imported:
    inspection = Inspection(given)
    with tempfile.TemporaryDirectory(prefix="alliance-hub-case-") as name:
        folder = Path(name)
        written = await asyncio.to_thread(bundle.write, given, inspection, folder, synthetic=synthetic)
        if written:
            await _elsewhere(store, folder, inspection)
        if not inspection.ok:
            return Imported(inspection.report())
        done = await import_bundle(store, folder)
    return Imported(_told(done.report, inspection.report(), given), done.loaded)


def _unread(ending: Refused) -> Report:
    findings = Findings()
    findings.end(ending)
    totals = findings.all_totals()
    return Report(ok=False, findings=(ending.finding,), totals=totals, counts=(), stubs=(), gaps=())


async def _elsewhere(store: Store, folder: Path, inspection: Inspection) -> None:
    """Refuse identifiers that another framework of the graph holds: they would be taken away from it."""
    standing = Standing(store, await imports.published(store))
    for name in sorted(_LISTED):
        section = SECTIONS[name]
        for start, things in _groups(folder / name, CONCEPTS[section]):
            held = await standing.things(CONCEPTS[section], [thing.key for thing in things])
            for place, home in _taken(things, held):
                facts = {"value": things[place].key, "framework": home}
                inspection.tell("CASE_ELSEWHERE", f"{section}[{start + place}].identifier", **facts)


def _taken(things: list[Member], held: list[Versioned]) -> Iterator[tuple[int, str]]:
    homes = {one.key: one.framework for one in held if isinstance(one, FrameworkItem | Association)}
    for place, thing in enumerate(things):
        if homes.get(thing.key, thing.framework) != thing.framework:
            yield place, homes[thing.key]


def _groups(path: Path, concept: str) -> Iterator[tuple[int, list[Member]]]:
    """Yield the things of a file of the bundle, some at a time, with the place of the first."""
    decode, place = codec(BY_NAME[concept]).decode, 0
    with path.open("rb") as file:
        while lines := file.readlines(GROUP * 1_000):
            things = [thing for thing in map(decode, lines) if isinstance(thing, FrameworkItem | Association)]
            yield place, things
            place += len(lines)


def _told(report: Report, own: Report, given: Package) -> Report:
    """Return the bundle's report as one on the package: its file, and its places."""
    findings = (*own.findings, *(_placed(finding, given.file) for finding in report.findings))
    return msgspec.structs.replace(report, findings=findings, totals=(*own.totals, *report.totals))


def _placed(finding: Finding, file: str) -> Finding:
    section = SECTIONS.get(finding.file)
    if section is None:
        return msgspec.structs.replace(finding, file=file)
    place = f"{section}[{finding.line - 1}]" if finding.file in _LISTED else section
    field = re.sub(r"\.$", "", f"{place}.{finding.field}")
    return msgspec.structs.replace(finding, file=file, line=0, field=field)
