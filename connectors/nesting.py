"""Nesting: YAML that is looked through before it is built, for what the parser itself does not bound.

The fast parser builds by recursion in C: a hundred thousand brackets end the process. Aliases repeat what
stands once, and a few lines of them stand for more values than any machine holds.
"""

from __future__ import annotations

from typing import Any, Final

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    NodeEvent,
)

DEEPEST: Final = 200
"""Lists and mappings inside one another."""
REPEATED: Final = 100_000
"""Values that aliases may repeat."""


class Unbounded(ValueError):
    """YAML that nests too deep or repeats too much."""


def look_through(loader: Any) -> None:
    """Go through what a loader reads; ``Unbounded`` where it nests too deep or repeats too much."""
    try:
        walk = _Walk()
        while loader.check_event():
            walk.pass_by(loader.get_event())
    finally:
        loader.dispose()


class _Walk:
    """How deep one is, how many values are below each thing that is open, and below each anchor."""

    def __init__(self) -> None:
        self._open: list[tuple[str | None, int]] = []
        self._sizes: dict[str, int] = {}
        self._count = 0
        self._repeated = 0

    def pass_by(self, event: Any) -> None:
        """Note one event."""
        if isinstance(event, AliasEvent):
            self._repeat(event.anchor or "")
        elif isinstance(event, CollectionStartEvent):
            self._open.append((event.anchor, self._count))
            if len(self._open) > DEEPEST:
                raise Unbounded("it nests too deep")
            self._count += 1
        elif isinstance(event, CollectionEndEvent):
            anchor, before = self._open.pop()
            self._name(anchor, self._count - before)
        elif isinstance(event, NodeEvent):
            self._count += 1
            self._name(event.anchor, 1)

    def _name(self, anchor: str | None, size: int) -> None:
        if anchor:
            self._sizes[anchor] = size

    def _repeat(self, anchor: str) -> None:
        if any(anchor == name for name, _ in self._open):
            raise Unbounded("it stands within itself")
        size = self._sizes.get(anchor, 1)  # one that is nowhere is told by whoever builds it
        self._repeated += size
        self._count += size
        if self._repeated > REPEATED:
            raise Unbounded("its aliases repeat too much")
