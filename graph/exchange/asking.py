"""Which keys a batch of things names, gathered quickly: the hot concepts have a way of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graph.model.framework import Class
from graph.model.institutions import Agreement, Institution
from graph.model.outcomes import Mapping, Outcome, Unit
from graph.model.references import references
from graph.model.schemes import Licence, Source
from graph.model.values import Versioned

KIN = (Licence, Source, Class, Institution, Agreement)
"""Besides outcomes and units, the only structs whose things name their own family."""

Asked = dict[str, set[str]]
"""Keys by the concept they are said to be of."""


def asked_by(things: Sequence[Versioned]) -> Asked:
    """Return every key that the things of one batch (all of one struct) name."""
    if not things:
        return {}
    asked = _WAYS.get(type(things[0]), _any)(things)
    asked["source"] = {thing.source for thing in things}
    asked["licence"] = {thing.licence for thing in things}
    return {concept: keys - {""} for concept, keys in asked.items()}


def relatives(things: Sequence[Versioned]) -> Iterable[tuple[int, Versioned]]:
    """Return those things, with their places, that may name things of their own concept."""
    if things and isinstance(things[0], (Outcome, Unit)):
        return [pair for pair in enumerate(things) if _has_relatives(pair[1])]
    return enumerate(things) if things and isinstance(things[0], KIN) else ()


def _has_relatives(thing: Any) -> bool:
    if isinstance(thing, Unit):
        return bool(thing.succeeded_by)
    return bool(thing.parts or thing.prerequisites or thing.higher_than or thing.succeeded_by)


def _any(things: Iterable[Versioned]) -> Asked:
    asked: Asked = defaultdict(set)
    for thing in things:
        for reference in references(thing):
            asked[reference.concept].add(reference.key)
    return asked


def _mappings(things: Iterable[Any]) -> Asked:
    return {
        "outcome": {thing.outcome for thing in things},
        "unit": {thing.unit for thing in things},
        "decision": {thing.decision or "" for thing in things},
    }


def _outcomes(things: Iterable[Any]) -> Asked:
    own = _any(thing for thing in things if _has_relatives(thing))
    return {
        "outcome": own.get("outcome", set()),
        "institution": {thing.issuer for thing in things},
        "creditScheme": {thing.credit.scheme for thing in things if thing.credit},
        "framework": {thing.level.framework for thing in things if thing.level},
        "position": {thing.position or "" for thing in things},
        "industry": {key for thing in things for key in thing.industries},
    }


_WAYS: dict[type[Versioned], Callable[[Any], Asked]] = {Mapping: _mappings, Outcome: _outcomes}
