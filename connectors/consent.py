"""Consent: whether one learner's records may be asked of one source, for one purpose. It fails closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from connectors.records import LearnerKey, Personal


class Wish(Personal, frozen=True):
    """What needs consent: a learner, a source, a purpose, a legal basis and the grant shown for it."""

    learner: LearnerKey
    source: str
    purpose: str
    basis: str
    grant: str | None = None


class Consent(Protocol):
    """Decides. What it does not name is not known, and so is anything it raises: then nothing is asked."""

    async def decide(self, wishes: Sequence[Wish]) -> Mapping[Wish, bool]:
        """Tell for each wish whether the learner consents."""
        ...


class Granted(Personal, frozen=True):
    """One grant on file: a learner lets these sources be asked for this purpose."""

    grant: str
    learner: LearnerKey
    purpose: str
    sources: tuple[str, ...]


class GrantBook:
    """Consent from grants on file: the demo's, and the tests'."""

    def __init__(self, grants: Sequence[Granted] = ()) -> None:
        self._grants = {(each.grant, each.learner, each.purpose): each.sources for each in grants}

    async def decide(self, wishes: Sequence[Wish]) -> Mapping[Wish, bool]:
        """Consent is given where the grant shown is on file for this learner, purpose and source."""
        return {wish: wish.source in self._sources(wish) for wish in wishes}

    def _sources(self, wish: Wish) -> tuple[str, ...]:
        return self._grants.get((wish.grant or "", wish.learner, wish.purpose), ())
