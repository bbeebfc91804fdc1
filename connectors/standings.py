"""Standings 接入评级: what the conformance suite computed of each connector, noted for the hub to show."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import yaml
from msgspec import Struct, convert, to_builtins

from connectors.onfile import OnFile, plain
from connectors.records import Code

Known = Mapping[tuple[str, str], "Standing"]
"""By a connector's name and version."""


class Standing(StrEnum):
    """A connector's standing 接入评级."""

    NONE = "NONE"
    BRONZE = "BRONZE"
    SILVER = "SILVER"
    GOLD = "GOLD"


class Noted(Struct, frozen=True):
    """One connector in one version, and its standing."""

    connector: Code
    version: Code
    standing: Standing


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
    others = [each for each in convert(said or [], list[Noted]) if each.connector != noted.connector]
    lines = to_builtins(sorted((*others, noted), key=lambda each: each.connector))
    path.write_text(yaml.safe_dump(lines, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _known(text: str) -> Known:
    noted = convert(plain(text) or [], list[Noted])
    return {(each.connector, each.version): each.standing for each in noted}
