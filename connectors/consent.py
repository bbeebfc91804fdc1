"""Consent: whether one learner's records may be asked of one source, for one purpose. It fails closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import convert

from connectors.onfile import OnFile
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


class GrantFile:
    """Consent from a file of grants, read again when it changes; without a readable file nothing is known.

    It is a list of ``{grant, learner: {scheme, code}, purpose, sources: [...]}``.
    """

    def __init__(self, path: Path) -> None:
        self._file = OnFile(path, _book)

    async def decide(self, wishes: Sequence[Wish]) -> Mapping[Wish, bool]:
        """Decide by the grants now on file; ``OSError`` or ``ValueError`` where there are none to read."""
        return await (await self._file.value()).decide(wishes)


def _book(said: Any) -> GrantBook:
    given = convert(said, list[Granted])
    if len({(each.grant, each.learner, each.purpose) for each in given}) < len(given):
        raise ValueError("one grant stands twice")
    return GrantBook(given)
