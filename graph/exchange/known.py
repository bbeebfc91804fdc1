"""What the graph already knows, as pass 1 asks it: which keys exist, and a few things in full."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from graph.model.concepts import BY_STRUCT
from graph.model.values import Versioned


class Known(Protocol):
    """Knowledge loaded before; asked in batches."""

    async def known(self, concept: str, keys: Collection[str]) -> set[str]:
        """Return those of ``keys`` that name a thing of ``concept``."""

    async def things(self, concept: str, keys: Collection[str]) -> list[Versioned]:
        """Return the live versions of those of ``keys`` that name a thing of ``concept``."""


class InMemory:
    """Knowledge that is a collection of things: an empty graph, or a small one in a test."""

    def __init__(self, things: Iterable[Versioned] = ()) -> None:
        self._things: dict[tuple[str, str], Versioned] = {}
        for thing in things:
            self._things[BY_STRUCT[type(thing)].name, thing.key] = thing

    async def known(self, concept: str, keys: Collection[str]) -> set[str]:
        """Return those of ``keys`` that are held."""
        return {key for key in keys if (concept, key) in self._things}

    async def things(self, concept: str, keys: Collection[str]) -> list[Versioned]:
        """Return what is held under ``keys``."""
        return [self._things[concept, key] for key in keys if (concept, key) in self._things]
