"""Standings 接入评级: what the conformance suite computed of connectors and sources, noted for the hub."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

import yaml
from msgspec import Struct, convert, to_builtins

from connectors.content import content
from connectors.onfile import OnFile, plain
from connectors.records import Code
from connectors.source import Source

Known = Mapping[tuple[str, str], "Noted"]
"""By a connector's name and the source it was checked as; of the connector itself no source."""

AGAIN: Final = "checked before the last change: check again"
"""What is said of a standing that does not count any more."""


_log = logging.getLogger("alliance_hub.connectors")


class Standing(StrEnum):
    """A connector's standing 接入评级."""

    NONE = "NONE"
    BRONZE = "BRONZE"
    SILVER = "SILVER"
    GOLD = "GOLD"


class Noted(Struct, frozen=True, omit_defaults=True):
    """One connector in one version, as one declared source where that was checked, and its standing.

    ``content`` is the fingerprint of what was checked; without one nobody knows what that was.
    """

    connector: Code
    version: Code
    standing: Standing
    source: str = ""
    content: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """What it is of, in whatever version: a later note of it takes its place."""
        return self.connector, self.source


class StandingFile:
    """The standings noted in a file; none where it cannot be read."""

    def __init__(self, path: Path) -> None:
        self._file = OnFile(path, standings_in)
        self._told: frozenset[tuple[str, Standing]] = frozenset()

    async def known(self) -> Known:
        """Give the standings noted."""
        try:
            return await self._file.value()
        except (OSError, ValueError):
            return {}

    async def look(self, sources: Iterable[Source]) -> None:
        """Log whose standing was checked before a change: once, however often it is looked at."""
        known = await self.known()
        found = [(each.code, held(known, each).earlier) for each in sources]
        now = frozenset((code, earlier) for code, earlier in found if earlier is not None)
        for code, earlier in sorted(now - self._told):
            _log.warning("source %s: its standing, %s, was %s", code, earlier.value, AGAIN)
        self._told = now


def note(path: Path, noted: Noted) -> None:
    """Note a standing in place of an earlier one; ``ValueError`` where the file holds something else."""
    said = plain(path.read_text(encoding="utf-8")) if path.exists() else []
    others = [each for each in convert(said or [], list[Noted]) if each.place != noted.place]
    lines = to_builtins(sorted((*others, noted), key=lambda each: each.place))
    path.write_text(yaml.safe_dump(lines, allow_unicode=True, sort_keys=False), encoding="utf-8")


class Held(Struct, frozen=True):
    """The standing a source has, and the one it had before what was checked changed: at most one of them."""

    standing: Standing | None = None
    earlier: Standing | None = None

    def __str__(self) -> str:
        if self.earlier is not None:
            return f"{self.earlier.value}, {AGAIN}"
        return "not noted" if self.standing is None else self.standing.value


def held(known: Known, source: Source) -> Held:
    """Tell what was noted of a source itself, else of its connector, and whether that is as it is now."""
    name = source.manifest.name
    own, shared = known.get((name, source.code)), known.get((name, ""))
    noted = own or shared
    if noted is None:
        return Held()
    now = content(source.manifest, source.settings if own else None)
    same = bool(now) and noted.content == now
    return Held(standing=noted.standing) if same else Held(earlier=noted.standing)


def standings_in(text: str) -> Known:
    """Read what a file of standings says; ``ValueError`` where it says something else."""
    return {each.place: each for each in convert(plain(text) or [], list[Noted])}
