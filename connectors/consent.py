"""Consent: whether one learner's records may be asked of one source, for one purpose. It fails closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from connectors.entries import EntryFile, Listed, listed
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


class Granted(Personal, frozen=True, forbid_unknown_fields=True):
    """One grant on file: a learner lets these sources be asked for this purpose."""

    grant: str
    learner: LearnerKey
    purpose: str
    sources: tuple[str, ...]

    @property
    def about(self) -> tuple[str, LearnerKey, str]:
        """Return what no other grant may be about."""
        return self.grant, self.learner, self.purpose


class GrantBook:
    """Consent from grants on file: the demo's, and the tests'."""

    def __init__(self, grants: Sequence[Granted] = ()) -> None:
        self._grants = {each.about: each.sources for each in grants}

    async def decide(self, wishes: Sequence[Wish]) -> Mapping[Wish, bool]:
        """Consent is given where the grant shown is on file for this learner, purpose and source."""
        return {wish: wish.source in self._sources(wish) for wish in wishes}

    def _sources(self, wish: Wish) -> tuple[str, ...]:
        return self._grants.get((wish.grant or "", wish.learner, wish.purpose), ())


def grants_in(text: str) -> Listed[Granted]:
    """Read a file of grants; ``ValueError`` where it is no list."""
    return listed(text, Granted, lambda each: each.about)


class GrantFile:
    """Consent from a file of grants, read again when it changes; without a readable file nothing is known.

    It is a list of ``{grant, learner: {scheme, code}, purpose, sources: [...]}``. While an entry is wrong
    or stands twice, what the others do not grant is not known either.
    """

    def __init__(self, path: Path) -> None:
        self._file = EntryFile(path, grants_in)
        self._made: tuple[Listed[Granted], GrantBook] | None = None

    async def decide(self, wishes: Sequence[Wish]) -> Mapping[Wish, bool]:
        """Decide by the grants now on file; ``OSError`` or ``ValueError`` where there are none to read."""
        found = await self._file.now()
        if self._made is None or self._made[0] is not found:
            self._made = found, GrantBook(found.entries)
        decided = await self._made[1].decide(wishes)
        return {wish: given for wish, given in decided.items() if given or not found.wrong}
