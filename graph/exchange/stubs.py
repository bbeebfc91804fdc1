"""Stubs: what an import leaves where a thing is named that nobody has described yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.exchange.report import Stubs
from graph.model.concepts import BY_NAME, Concept
from graph.model.framework import Industry, Region
from graph.model.institutions import Institution
from graph.model.outcomes import Outcome, OutcomeClass, OutcomeKind, Unit
from graph.model.values import Key, Text, Versioned


def stub(concept: Concept, key: str, source: str) -> Versioned:
    """Return the stub of ``key``: titled by its code, and saying nothing else. Its number will be 0."""
    title = Text(zh=key.rpartition(":")[2])
    if concept.struct is Outcome:
        return Outcome(
            key=Key(key),
            title=title,
            issuer=Key(""),
            kind=OutcomeKind.COURSE,
            outcome_class=OutcomeClass.NO_FIXED_FORM,
            source=source,
            stub=True,
        )
    for struct in (Industry, Region, Institution, Unit):
        if concept.struct is struct:
            return struct(key=Key(key), title=title, source=source, stub=True)
    raise ValueError(f"there are no stubs of {concept.name}")


def stubs(named: Sequence[Stubs], source: str) -> Iterator[tuple[Concept, list[Versioned]]]:
    """Yield the stubs of every concept that pass 1 found named and unknown."""
    for found in named:
        concept = BY_NAME[found.concept]
        yield concept, [stub(concept, key, source) for key in found.keys]
