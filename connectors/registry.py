"""The registry: finds connectors and declared sources, checks them when found, sets aside what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

import yaml
from msgspec import Struct, ValidationError, convert

from connectors.contract import GROUP, Manifest
from connectors.errors import Misdeclared
from connectors.lines import Nodes, line_of, line_saying, told
from connectors.nesting import Unbounded
from connectors.source import Declaration, Quarantined, Source, checked, declared

LARGEST: Final = 256 * 1024
"""Bytes a declaration may have."""


class Shelf(Struct, frozen=True):
    """The connectors found, by name, and those set aside."""

    manifests: Mapping[str, Manifest]
    quarantined: tuple[Quarantined, ...] = ()


class Sources(Struct, frozen=True):
    """The sources declared, in the order of their codes, and those set aside."""

    sources: tuple[Source, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()


def find(points: Iterable[EntryPoint] | None = None) -> Shelf:
    """Load every connector installed under the entry-point group; one that fails is set aside."""
    found: dict[str, Manifest] = {}
    aside: list[Quarantined] = []
    for point in points if points is not None else entry_points(group=GROUP):
        try:
            manifest = checked(point.load())
            _add(found, manifest)
        except (Exception, SystemExit) as error:  # noqa: BLE001  (a stranger's module may raise anything)
            aside.append(Quarantined(point.name, _reason(error)))
    return Shelf(found, tuple(aside))


def _add(found: dict[str, Manifest], manifest: Manifest) -> None:
    if manifest.name in found:
        raise Misdeclared(f"a connector named {manifest.name} is there already")
    found[manifest.name] = manifest


def _reason(error: BaseException) -> str:
    """Say why: our own words for what we checked, else the kind of error only (it may hold a value)."""
    ours = isinstance(error, Misdeclared | ImportError)
    return f"{type(error).__name__}: {error}"[:400] if ours else type(error).__name__


class Registry:
    """Reads ``connectors.d/*.yaml``; when a file goes wrong its last good reading stays.

    ``shelf`` gives the connectors there are. ``load`` may be called again at any time.
    """

    def __init__(self, folder: Path, shelf: Callable[[], Shelf] = find) -> None:
        self._folder = folder
        self._shelf = shelf
        self._good: dict[str, Source] = {}

    def load(self) -> Sources:
        """Read everything again: files added, changed and gone."""
        shelf = self._shelf()
        good: dict[str, Source] = {}
        aside = list(shelf.quarantined)
        for path in sorted(self._folder.glob("*.yaml")):
            try:
                source = _read(path, shelf)
                _unique(source, good)
            except Exception as error:  # noqa: BLE001  (whatever is wrong with one file, the rest is served)
                aside.append(Quarantined(path.stem, _reason(error)))
                self._keep(path.stem, good)
            else:
                good[path.stem] = source
        self._good = good
        return Sources(tuple(sorted(good.values(), key=lambda each: each.code)), tuple(aside))

    def _keep(self, stem: str, good: dict[str, Source]) -> None:
        last = self._good.get(stem)
        if last is not None and all(last.code != each.code for each in good.values()):
            good[stem] = last


def declaration(folder: Path, code: str) -> Source:
    """Find a declared source; ``Misdeclared`` says why it was set aside, or that there is none."""
    found = Registry(folder).load()
    for each in found.sources:
        if each.code == code:
            return each
    aside = [each.reason for each in found.quarantined if each.code == code]
    raise Misdeclared(aside[0] if aside else f"there is no source {code} in {folder}")


def _unique(source: Source, good: Mapping[str, Source]) -> None:
    if any(source.code == each.code for each in good.values()):
        raise Misdeclared(f"another file declares the source {source.code}")


def _read(path: Path, shelf: Shelf) -> Source:
    if not path.is_file():  # reading a pipe would wait for ever
        raise Misdeclared("it is no file that can be read")
    if path.stat().st_size > LARGEST:
        raise Misdeclared(f"it has more than {LARGEST:,} bytes")
    try:
        nodes = Nodes(path.read_text(encoding="utf-8"))
        built = nodes.built(nodes.root) if nodes.root is not None else None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise Misdeclared(f"it is not YAML in UTF-8 ({_why(error)})") from None
    if double := nodes.twice():
        raise Misdeclared(f"line {double[0]}: {double[1]} stands twice")
    try:
        said = convert(built, Declaration)
    except ValidationError as error:
        raise _lined(nodes.root, str(error)) from None
    if said.connector not in shelf.manifests:
        raise Misdeclared(f"there is no connector named {said.connector}")
    try:
        return declared(said, shelf.manifests[said.connector])
    except Misdeclared as error:
        if error.said and (line := line_saying(nodes.root, error.said)):
            raise Misdeclared(f"line {line}: {error}") from None
        raise _lined(nodes.root, str(error).replace("`$", "`$.settings", 1)) from None


def _why(error: Exception) -> str:
    """Say where it goes wrong, or in our own words what was bounded; never what stands there."""
    mark = getattr(error, "problem_mark", None)
    told = str(error) if isinstance(error, Unbounded) else type(error).__name__
    return f"{told}, line {mark.line + 1}" if mark else told


def _lined(root: Any, reason: str) -> Misdeclared:
    """Say at which line, where the reason names a place."""
    line = f"line {line_of(root, reason)}: " if root is not None and "`$" in reason else ""
    return Misdeclared(line + told(reason))
