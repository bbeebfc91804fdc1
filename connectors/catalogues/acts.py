"""Acts of reviewers on one source: what they declined, not to be proposed again, and what they did last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

REMEMBERED: Final = 1_000
"""Acts that are remembered, the last ones."""
NAMED: Final = 100
MOST: Final = 200_000
"""Proposals of one source that may have been declined."""


class Doing(StrEnum):
    """What a reviewer did."""

    PUBLISHED = "PUBLISHED"
    DECLINED = "DECLINED"
    RELEASED = "RELEASED"


class Act(Struct, frozen=True, omit_defaults=True):
    """One act: by which role, when, on how many outcomes, the first hundred of which are named.

    ``moment`` is the recorded time of the publication; empty where the import did not come to it.
    """

    doing: Doing
    by: str
    at: datetime
    count: int
    keys: tuple[str, ...] = ()
    reason: str = ""
    moment: str = ""


class Acts(Struct, frozen=True):
    """What reviewers did on a source. ``declined`` are the digests of proposals, with the reason."""

    declined: dict[str, str] = {}
    last: tuple[Act, ...] = ()

    def noted(self, act: Act) -> Acts:
        """Add an act."""
        return replace(self, last=(*self.last, act)[-REMEMBERED:])

    def without(self, digests: Iterable[str], reason: str) -> Acts:
        """Decline proposals; ``ValueError`` where too many are."""
        declined = self.declined | dict.fromkeys(digests, reason)
        if len(declined) > MOST:
            raise ValueError(f"at most {MOST:,} proposals of one source can be declined")
        return replace(self, declined=declined)

    def ended(self, moment: str) -> Acts:
        """Note of the last act when it was published."""
        return replace(self, last=(*self.last[:-1], replace(self.last[-1], moment=moment)))
