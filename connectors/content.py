"""Content: what a source's records are made by, as one fingerprint: its connector, its settings, its code.

Two declarations have the same content where the conformance suite could not tell them apart. A secret's
value, the member, titles, traffic and synchronisation are no part of it: the suite sees none of them.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from msgspec import json

from connectors.contract import Manifest, Secret, Settings
from connectors.expressions import function

_OURS: Final = __name__.partition(".")[0]
_NAMED: Final = re.compile(r"(py:)?([A-Za-z_][\w.]*:[A-Za-z_]\w*)")
_SLOTS: Final = frozenset({"function", "record"})
"""Settings whose value names a function without saying ``py:`` first."""


def content(manifest: Manifest, settings: Settings | None = None) -> str:
    """Return 32 hex digits: of a connector, or with ``settings`` of one source declared with it.

    Nothing for settings that cannot be written as JSON, such as half a character: such a source has none.
    """
    seen = hashlib.blake2b(digest_size=16)
    modules = {getattr(each, "__module__", "") for each in (manifest.opens, manifest.settings)}
    try:
        told = b"" if settings is None else json.encode(settings, enc_hook=_told, order="deterministic")
    except (TypeError, ValueError, OverflowError, RecursionError):
        return ""
    modules |= set(_slots(json.decode(told))) if told else set()
    for part in (manifest.name, manifest.version, str(manifest.contract), *sorted(map(_code, modules))):
        seen.update(part.encode() + b"\x1f")
    seen.update(told)
    return seen.hexdigest()


def _told(given: Any) -> Any:
    """Say that there is a secret, never which; of anything else its kind."""
    return ["secret"] if isinstance(given, Secret) else [type(given).__name__]


def _slots(tree: Any, name: str = "") -> Iterator[str]:
    """Give the module of every function that settings name."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _slots(value, key)
    elif isinstance(tree, list):
        for value in tree:
            yield from _slots(value)
    elif isinstance(tree, str) and (found := _NAMED.fullmatch(tree)) and (found[1] or name in _SLOTS):
        yield _module(found[2])


def _module(name: str) -> str:
    try:
        found = function(name)
    except Exception:  # noqa: BLE001  (a module may raise anything; that it cannot be had is told elsewhere)
        return ""
    return getattr(found, "__module__", "") or name.partition(":")[0]


@cache
def _code(module: str) -> str:
    """Return a digest of the files a module stands among, as they were when it was first looked at.

    Of our own it is the version, since what is installed with a version is that version's. A package is
    taken whole, for its modules call each other; a module that stands alone is one file.
    """
    if module.partition(".")[0] == _OURS:
        return _version()
    file = getattr(sys.modules.get(module), "__file__", None)
    if not file:
        return ""
    path = Path(file)
    alone = "." not in module and path.name != "__init__.py"
    seen = hashlib.blake2b(digest_size=16)
    for each in [path] if alone else sorted(path.parent.rglob("*.py")):
        seen.update(each.name.encode() + b"\x1f" + each.read_bytes())
    return seen.hexdigest()


def _version() -> str:
    try:
        return version("alliance-hub")
    except PackageNotFoundError:  # run from its folder, not installed
        return ""
