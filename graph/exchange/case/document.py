"""A CFDocument and the framework it becomes, which also keeps whatever else its package says."""

from __future__ import annotations

from typing import Any, Final

from graph.exchange.case.fields import line, plain, put, take
from graph.exchange.case.identifiers import framework_key, identifier_of
from graph.exchange.case.verbatim import Said, kept, unkept
from graph.model.framework import Framework

DOCUMENT: Final = "CFDocument"
ITEMS: Final = "CFItems"
ASSOCIATIONS: Final = "CFAssociations"
DEFINITIONS: Final = "CFDefinitions"


def read(package: Said) -> Framework:
    """Return the framework that a checked package becomes; its lists are empty, or absent, as they were."""
    said = package[DOCUMENT]
    rest = dict(said)
    if said["identifier"] == said["identifier"].lower():
        del rest["identifier"]
    title = line(take(rest, "title"), said.get("language"))
    around = package | {DOCUMENT: rest}
    if isinstance(around.get(DEFINITIONS), dict):
        around[DEFINITIONS] = {name: _ordered(value) for name, value in around[DEFINITIONS].items()}
    return Framework(key=framework_key(said["identifier"]), title=title, verbatim=kept(around))


def _ordered(value: Any) -> Any:
    """Order definitions by identifier, so that another order is no other edition."""
    if isinstance(value, list) and all(isinstance(one, dict) and "identifier" in one for one in value):
        return sorted(value, key=lambda one: str(one["identifier"]))
    return value


def package(framework: Framework) -> Said:
    """Return the package of a framework, its items and associations aside."""
    around = unkept(framework.verbatim)
    return around | {DOCUMENT: _document(around.get(DOCUMENT), framework)}


def write(framework: Framework) -> Said:
    """Return the CFDocument that a framework is."""
    said: Said = package(framework)[DOCUMENT]
    return said


def _document(kept_: Any, framework: Framework) -> Said:
    said = dict(kept_) if isinstance(kept_, dict) else {}
    put(said, "identifier", identifier_of(framework.key))
    put(said, "title", plain(framework.title))
    return said


def defined(framework: Framework, kind: str) -> list[Said]:
    """Return what the framework's package defines of one kind, such as ``CFItemTypes`` or ``CFRubrics``."""
    around = unkept(framework.verbatim)
    within = around.get(DEFINITIONS)
    listed = around.get(kind) or (within.get(kind) if isinstance(within, dict) else None)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
