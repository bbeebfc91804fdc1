"""Linkage: which sources know a learner, and under which key. Nobody else is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from connectors.call import Call
from connectors.contract import Verb
from connectors.records import LearnerKey, Link
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
