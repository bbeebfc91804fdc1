"""Linkage: which sources know a learner, and under which key. Nobody else is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import ValidationError, convert

from connectors.call import Call
from connectors.contract import Verb
from connectors.entries import EntryFile, Listed, listed
from connectors.records import LearnerKey, Link, Personal
from connectors.roster import Roster

Linked = Mapping[str, LearnerKey]
"""By source code: the learner's key there."""

Links = Mapping[LearnerKey, Linked | None]
"""By learner: the links, None where they cannot be known; one that is not named has none."""


class Linkage(Protocol):
    """Finds the links of learners."""

    async def find(self, learners: Sequence[LearnerKey]) -> Links:
        """Give each learner's links; one that is not named has none."""
        ...


class LinkBook:
    """Links on file."""

    def __init__(self, links: Mapping[LearnerKey, Iterable[Link]] | None = None) -> None:
        given = (links or {}).items()
        self._links = {learner: {each.source: each.key for each in known} for learner, known in given}

    async def find(self, learners: Sequence[LearnerKey]) -> Links:
        """Look them up."""
        return {each: self._links[each] for each in learners if each in self._links}


class LinksOf(Personal, frozen=True, forbid_unknown_fields=True):
    """One learner's links, as a file states them."""

    learner: LearnerKey
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        if len({each.source for each in self.links}) < len(self.links):
            raise ValueError("one source stands twice")


def links_in(text: str) -> Listed[LinksOf]:
    """Read a file of links; ``ValueError`` where it is no list."""
    return listed(text, LinksOf, lambda each: each.learner)


class LinkFile:
    """Links from a file, read again when it changes; without a readable file no links are known.

    It is a list of ``{learner: {scheme, code}, links: [{source, key: {scheme, code}}]}``. Of a learner
    whose entry is wrong, or stands twice, the links are not known; where it cannot be told whose a wrong
    entry is, they are not known of anybody the file does not name.
    """

    def __init__(self, path: Path) -> None:
        self._file = EntryFile(path, links_in)
        self._made: tuple[Listed[LinksOf], _Book] | None = None

    async def find(self, learners: Sequence[LearnerKey]) -> Links:
        """Look them up; ``OSError`` or ``ValueError`` where there is no file to read."""
        found = await self._file.now()
        if self._made is None or self._made[0] is not found:
            self._made = found, _Book(found)
        return self._made[1].find(learners)


class _Book:
    """The links of one reading of a file."""

    def __init__(self, found: Listed[LinksOf]) -> None:
        self._links = {each.learner: _by_source(each.links) for each in found.entries}
        owners = [_owner(each) for each in found.unread]
        self._doubtful = frozenset(each for each in owners if each is not None)
        self._anybody = None in owners

    def find(self, learners: Sequence[LearnerKey]) -> Links:
        found: dict[LearnerKey, Linked | None] = {}
        for each in learners:
            if each in self._doubtful:
                found[each] = None
            elif each in self._links:
                found[each] = self._links[each]
            elif self._anybody:
                found[each] = None
        return found


def _owner(said: Any) -> LearnerKey | None:
    """Tell whose a wrong entry is, if that much of it can be read."""
    try:
        return convert(said["learner"], LearnerKey)
    except (ValidationError, TypeError, KeyError):
        return None


class AskedLinks:
    """Links asked of one source that offers them, such as the alliance's own register.

    Where it does not answer the links are not known, and nobody is asked.
    """

    def __init__(self, roster: Roster, source: str, within: float = 3.0) -> None:
        self._roster = roster
        self._source = source
        self._within = within

    async def find(self, learners: Sequence[LearnerKey]) -> Links:
        """Ask; ``LookupError`` if there is no such source, ``SourceError`` if it does not answer."""
        register = self._roster.find(self._source)
        if register is None or not register.source.offer(Verb.LINKS):
            raise LookupError("no open source of this code offers links")

        async def put(connector: Any, call: Call) -> dict[LearnerKey, Linked]:
            return {each: _by_source(await connector.links(each, call)) for each in learners}

        outcome = await register.ask(put, self._within)
        if outcome.error is not None:
            raise outcome.error
        return outcome.value or {}


def _by_source(links: Iterable[Link]) -> Linked:
    return {each.source: each.key for each in links}
