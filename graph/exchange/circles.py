"""Relations that must not go in a circle, and the circles in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

RELATIONS = {
    "BROADER": "broader",
    "PART_OF": "parent",
    "HIGHER_THAN": "higherThan",
    "HAS_PART": "parts",
    "REQUIRES": "prerequisites",
    "SUPERSEDES": "supersedes",
}
"""The edges that may not go in a circle, and the field each is stated in."""

Edges = Mapping[str, Iterable[str]]


def circles(edges: Edges) -> Iterator[list[str]]:
    """Yield the members of every strongly connected set of more than one, or of one that names itself.

    Tarjan's algorithm without recursion, so that a chain of a million links is no problem.
    """
    walk = _Walk(edges)
    for start in sorted(edges):
        if start not in walk.number:
            yield from walk.from_(start)


class _Walk:
    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self.number: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._open: list[str] = []
        self._is_open: set[str] = set()

    def from_(self, start: str) -> Iterator[list[str]]:
        path = [(start, self._enter(start))]
        while path:
            key, targets = path[-1]
            following = next(targets, None)
            if following is None:
                path.pop()
                self._leave(key, path[-1][0] if path else None)
                yield from self._closed(key)
            elif following not in self.number:
                path.append((following, self._enter(following)))
            elif following in self._is_open:
                self._low[key] = min(self._low[key], self.number[following])

    def _enter(self, key: str) -> Iterator[str]:
        self.number[key] = self._low[key] = len(self.number)
        self._open.append(key)
        self._is_open.add(key)
        return iter(sorted(self._edges.get(key, ())))

    def _leave(self, key: str, above: str | None) -> None:
        if above is not None:
            self._low[above] = min(self._low[above], self._low[key])

    def _closed(self, key: str) -> Iterator[list[str]]:
        if self._low[key] != self.number[key]:
            return
        place = self._open.index(key) if len(self._open) < 100 else _last(self._open, key)
        members = self._open[place:]
        del self._open[place:]
        self._is_open.difference_update(members)
        if len(members) > 1 or key in self._edges.get(key, ()):
            yield members


def _last(keys: list[str], key: str) -> int:
    place = len(keys) - 1
    while keys[place] != key:
        place -= 1
    return place
