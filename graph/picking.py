"""Filters over sketches: small tests, all of which a thing must pass."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from graph.inventory import View
from graph.model.values import FIRST_DAY
from graph.ranking import OrderBy, Place, ranked
from graph.search.spelling import folded

Test = Callable[[Any], bool]
_ALWAYS: Final = FIRST_DAY.isoformat()


def one_of(field: str, wanted: Collection[Any]) -> Test:
    """Test that a field has one of the values."""
    get, allowed = attrgetter(field), frozenset(wanted)
    return lambda thing: get(thing) in allowed


def any_of(field: str, wanted: Collection[Any]) -> Test:
    """Test that a list has one of the values at least."""
    get, allowed = attrgetter(field), frozenset(wanted)
    return lambda thing: not allowed.isdisjoint(get(thing))


def held_in(field: str, some: Collection[Any], yes: bool) -> Test:
    """Test that a field has one of the values, or that it has none of them."""
    get, held = attrgetter(field), frozenset(some)
    return lambda thing: (get(thing) in held) is yes


def all_of(field: str, wanted: Collection[Any]) -> Test:
    """Test that a list has every one of the values."""
    get, needed = attrgetter(field), frozenset(wanted)
    return lambda thing: needed.issubset(get(thing))


def filled(field: str, yes: bool) -> Test:
    """Test that a list has something in it, or that it has nothing."""
    get = attrgetter(field)
    return lambda thing: bool(get(thing)) is yes


def begun_between(first: date | None, last: date | None) -> Test:
    """Test that validity begins on a stated day within the bounds, both included."""
    low, high = first and first.isoformat(), last and last.isoformat()
    return lambda thing: thing.valid_from != _ALWAYS and _within(thing.valid_from, low, high)


def named(field: str, wanted: Collection[str]) -> Test:
    """Test that a text is, in either language and folded, one of the texts, which are folded."""
    get, allowed = attrgetter(field), frozenset(wanted) - {""}
    return lambda thing: not allowed.isdisjoint((folded(get(thing).zh), folded(get(thing).en)))


def key_part(number: int, wanted: Collection[str]) -> Test:
    """Test a part of the key: scheme 0, edition 1."""
    allowed = frozenset(wanted)
    return lambda thing: thing.key.split(":", 2)[number] in allowed


def credit_between(scheme: str, lowest: Decimal | None, highest: Decimal | None) -> Test:
    """Test that there is credit in just this scheme, and within the bounds, both included."""

    def test(thing: Any) -> bool:
        credit = thing.credit
        return bool(credit and credit.scheme == scheme) and _within(credit.amount, lowest, highest)

    return test


def level_between(framework: str | None, lowest: int | None, highest: int | None) -> Test:
    """Test that there is a level, of just this framework edition if one is given, and within the bounds."""

    def test(thing: Any) -> bool:
        level = thing.level
        if not level or framework not in (None, level.framework):
            return False
        return _within(level.ordinal, lowest, highest)

    return test


def _within(value: Any, lowest: Any, highest: Any) -> bool:
    return (lowest is None or lowest <= value) and (highest is None or value <= highest)


def passing(view: View[Any], tests: Sequence[Test]) -> list[Any]:
    """Give the things that pass all tests, in order of their keys."""
    return [thing for thing in view.things if all(test(thing) for test in tests)]


def pick(
    view: View[Any], tests: Sequence[Test], order: OrderBy, after: Place | None, most: int, descending: bool
) -> list[Place]:
    """Give the places of at most so many things that pass all tests, in an order, after a place."""
    known = view.by_key
    walk = ranked(view, order).walk(after, descending=descending)
    return list(islice((item for item in walk if all(test(known[item.key]) for test in tests)), most))
