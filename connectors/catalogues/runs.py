"""Runs: what one synchronisation of one source came to."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from connectors.notices import NoticeCode

SHOWN: Final = 100
"""Refused items that a report names; all are counted."""


class SyncOutcome(StrEnum):
    """What a synchronisation came to."""

    FINISHED = "FINISHED"
    HELD = "HELD"
    FAILED = "FAILED"


class Refusal(Struct, frozen=True, omit_defaults=True):
    """One item that was not taken: its ``place`` in the answer, from 1, its code, and why."""

    place: int
    key: str
    code: NoticeCode


class Run(Struct, frozen=True, kw_only=True, rename="camel"):
    """The report on one source. Counts are of items, against what was kept before.

    ``held`` is how many removals wait for a reviewer. A FAILED run says why in ``notice`` and changed
    nothing. ``refusals`` are the first hundred, ``refused`` counts all, ``by_code`` by their codes.
    """

    source: str
    began: datetime
    ended: datetime
    outcome: SyncOutcome
    full: bool = True
    read: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    held: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    by_code: dict[NoticeCode, int] = {}
    notice: NoticeCode | None = None


class Refusals:
    """Collects refusals: names the first, counts all."""

    def __init__(self) -> None:
        self.named: list[Refusal] = []
        self.codes: Counter[NoticeCode] = Counter()

    def add(self, place: int, key: str, code: NoticeCode) -> None:
        """Note one."""
        self.codes[code] += 1
        if len(self.named) < SHOWN:
            self.named.append(Refusal(place, key, code))
