"""Linkage: which sources know a learner, and under which key. Nobody else is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import convert

from connectors.call import Call
from connectors.contract import Verb
from connectors.onfile import OnFile
from connectors.records import LearnerKey, Link, Personal
from connectors.roster import Roster

Linked = Mapping[str, LearnerKey]
"""By source code: the learner's key there."""


class Linkage(Protocol):
    """Finds the links of learners."""

    async def find(self, learners: Sequence[LearnerKey]) -> Mapping[LearnerKey, Linked]:
        """Give each learner's links; one that is not named has none."""
        ...


class LinkBook:
    """Links on file."""

    def __init__(self, links: Mapping[LearnerKey, Iterable[Link]] | None = None) -> None:
        given = (links or {}).items()
        self._links = {learner: {each.source: each.key for each in known} for learner, known in given}

    async def find(self, learners: Sequence[LearnerKey]) -> Mapping[LearnerKey, Linked]:
        """Look them up."""
        return {each: self._links[each] for each in learners if each in self._links}


class LinksOf(Personal, frozen=True):
    """One learner's links, as a file states them."""

    learner: LearnerKey
    links: tuple[Link, ...] = ()


class LinkFile:
    """Links from a file, read again when it changes; without a readable file no links are known.

    It is a list of ``{learner: {scheme, code}, links: [{source, key: {scheme, code}}]}``.
    """

    def __init__(self, path: Path) -> None:
        self._file = OnFile(path, _book)

    async def find(self, learners: Sequence[LearnerKey]) -> Mapping[LearnerKey, Linked]:
        """Look them up; ``OSError`` or ``ValueError`` where there is no file to read."""
        return await (await self._file.value()).find(learners)


def _book(said: Any) -> LinkBook:
    given = convert(said, list[LinksOf])
    book = {each.learner: each.links for each in given}
    if len(book) < len(given) or any(len(_by_source(each)) < len(each) for each in book.values()):
        raise ValueError("one learner or one source of a learner stands twice")
    return LinkBook(book)


class AskedLinks:
    """Links asked of one source that offers them, such as the alliance's own register.

    Where it does not answer the links are not known, and nobody is asked.
    """

    def __init__(self, roster: Roster, source: str, within: float = 3.0) -> None:
        self._roster = roster
        self._source = source
        self._within = within

    async def find(self, learners: Sequence[LearnerKey]) -> Mapping[LearnerKey, Linked]:
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
