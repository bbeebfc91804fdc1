"""Who names whom: views looked up by a field, by an index made once and kept with the view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from graph.inventory import View
from graph.model.values import IN_FORCE

Index = dict[str, list[str]]


def in_force(view: View[Any]) -> View[Any]:
    """Give a view of what is in force only: a draft is none yet, what is suspended or retired no more."""
    return view.kept(
        "in force", lambda those: View(tuple(one for one in those.things if one.status in IN_FORCE))
    )


def synthetic(view: View[Any], keys: Iterable[str]) -> int:
    """Count how many of some things the project made 合成数据."""
    known = view.by_key
    return sum(known[key].synthetic for key in keys)


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
