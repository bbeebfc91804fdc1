"""Who names whom: views looked up by a field, by an index made once and kept with the view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from graph.inventory import View

Index = dict[str, list[str]]


def naming(view: View[Any], field: str, keys: Iterable[str]) -> frozenset[str]:
    """Give the keys of the things that name one of the keys in a field, be it a key or a list."""
    index = view.kept(("named", field), lambda those: _indexed(those, field))
    return frozenset(thing for key in keys for thing in index.get(key, ()))


def _indexed(view: View[Any], field: str) -> Index:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for thing in view.things:
        for key in _named(getattr(thing, field)):
            found[key].append(thing.key)
    return dict(found)


def _named(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value or ()
