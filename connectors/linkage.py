"""Linkage: which sources know a learner, and under which key. Nobody else is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from connectors.records import LearnerKey, Link

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
