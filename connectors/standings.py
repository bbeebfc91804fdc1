"""Standings 接入评级: what the conformance suite computed of connectors and sources, noted for the hub."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import yaml
from msgspec import Struct, convert, to_builtins

from connectors.onfile import OnFile, plain
from connectors.records import Code

Known = Mapping[tuple[str, str, str], "Standing"]
"""By a connector's name and version and the source it was checked as; of the connector itself no source."""


class Standing(StrEnum):
    """A connector's standing 接入评级."""

    NONE = "NONE"
    BRONZE = "BRONZE"
    SILVER = "SILVER"
    GOLD = "GOLD"


class Noted(Struct, frozen=True, omit_defaults=True):
    """One connector in one version, as one declared source where that was checked, and its standing."""

    connector: Code
    version: Code
    standing: Standing
    source: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """What it is of, in whatever version: a later note of it takes its place."""
        return self.connector, self.source


class StandingFile:
    """The standings noted in a file; none where it cannot be read."""

    def __init__(self, path: Path) -> None:
        self._file = OnFile(path, _known)

    async def known(self) -> Known:
        """Give the standings noted."""
        try:
            return await self._file.value()
        except (OSError, ValueError):
            return {}


def note(path: Path, noted: Noted) -> None:
    """Note a standing in place of an earlier one; ``ValueError`` where the file holds something else."""
    said = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
    others = [each for each in convert(said or [], list[Noted]) if each.place != noted.place]
    lines = to_builtins(sorted((*others, noted), key=lambda each: each.place))
    path.write_text(yaml.safe_dump(lines, allow_unicode=True, sort_keys=False), encoding="utf-8")


def standing_of(known: Known, connector: str, version: str, source: str) -> Standing | None:
    """Give the standing noted of a source itself, else of its connector; none where neither was noted."""
    own = known.get((connector, version, source))
    return known.get((connector, version, "")) if own is None else own


def _known(text: str) -> Known:
    noted = convert(plain(text) or [], list[Noted])
    return {(each.connector, each.version, each.source): each.standing for each in noted}
