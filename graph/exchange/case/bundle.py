"""A package written as an alliance bundle, so that it goes through the same two passes as any other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from graph.exchange.case.document import DEFINITIONS
from graph.exchange.case.fields import LINE
from graph.exchange.case.identifiers import DOCUMENTS, ITEMS, identifier_of
from graph.exchange.case.inspection import Inspection
from graph.exchange.case.package import Package
from graph.exchange.case.verbatim import Said
from graph.exchange.codec import line
from graph.exchange.manifest import NAME, Entry, Manifest, Mode
from graph.model.concepts import BY_NAME
from graph.model.framework import Framework
from graph.model.values import Versioned

FRAMEWORKS: Final = f"{BY_NAME['framework'].file}.jsonl"
FRAMEWORK_ITEMS: Final = f"{BY_NAME['frameworkItem'].file}.jsonl"
ASSOCIATIONS: Final = f"{BY_NAME['association'].file}.jsonl"
FILES: Final = {name: Entry(mode=Mode.FULL) for name in (FRAMEWORKS, FRAMEWORK_ITEMS, ASSOCIATIONS)}

_TITLES: Final = {
    DOCUMENTS: ("framework", {"zh": "CASE 框架文档", "en": "CASE documents"}),
    ITEMS: ("frameworkItem", {"zh": "CASE 框架条目", "en": "CASE items"}),
}
SCHEMES: Final = tuple(
    {
        "key": key,
        "title": title,
        "concept": concept,
        "case": "LOWER",
        "editions": [{"code": "-"}],
        "source": DOCUMENTS,
    }
    for key, (concept, title) in _TITLES.items()
)
SOURCE: Final = {
    "key": DOCUMENTS,
    "title": {"zh": "CASE 标准", "en": "CASE"},
    "url": "https://www.imsglobal.org/activity/case",
    "source": DOCUMENTS,
}


def write(package: Package, inspection: Inspection, folder: Path, *, synthetic: bool = False) -> bool:
    """Write the package as a bundle into ``folder``; False where ``inspection`` refuses it."""
    framework = inspection.framework()
    if framework is None:
        return False
    licence = _licence(package.around)
    # Said of each thing and not by the manifest: what all packages declare alike must stay alike.
    marks = {"licence": licence.get("key", ""), "synthetic": synthetic}
    _lines(folder / FRAMEWORKS, [framework], marks)
    _lines(folder / FRAMEWORK_ITEMS, inspection.items(framework), marks)
    _lines(folder / ASSOCIATIONS, inspection.associations(), marks)
    manifest = _manifest(framework, licence)
    (folder / NAME).write_bytes(msgspec.json.encode(manifest, order="sorted"))
    return inspection.ok


def source_of(key: str) -> str:
    """Return the source a framework's import is known by: one for each document, so that each can be full."""
    return f"{DOCUMENTS}-{identifier_of(key)}"


def _lines(path: Path, things: Iterable[Versioned], marks: Said) -> None:
    with path.open("wb") as file:
        file.writelines(line(msgspec.structs.replace(thing, **marks)) for thing in things)


def _manifest(framework: Framework, licence: Said) -> Manifest:
    declares: dict[str, tuple[dict[str, Any], ...]] = {"sources": (SOURCE,), "schemes": SCHEMES}
    if licence:
        declares["licences"] = (licence,)
    source = source_of(framework.key)
    return Manifest(bundle=1, source=source, title=framework.title, files=FILES, declares=declares)


def _licence(around: Said) -> Said:
    """Return the document's licence; its key is made of what it says, so that two never contend for one."""
    link = around["CFDocument"].get("licenseURI")
    if not isinstance(link, dict):
        return {}
    said = _defined(around, link.get("identifier"))
    title = _text(said.get("title")) or _text(link.get("title")) or _text(link.get("uri"))
    if not title:
        return {}
    url = _text(link.get("uri"))
    mark = hashlib.sha256(f"{title}\0{url}".encode()).hexdigest()[:12]
    return {"key": f"{DOCUMENTS}-{mark}", "title": {"en": title}, "url": url, "source": DOCUMENTS}


def _defined(around: Said, identifier: object) -> Said:
    listed = (around.get(DEFINITIONS) or {}).get("CFLicenses")
    named = (one for one in listed or () if isinstance(one, dict) and one.get("identifier") == identifier)
    return next(named, {})


def _text(value: object) -> str:
    return value[:LINE] if isinstance(value, str) else ""
