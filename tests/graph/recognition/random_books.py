"""Random small rule books and questions, for properties that hold of all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from graph.model.caps import CapMeasure, CapScope, Overflow
from graph.model.learning import Completion, Context, Result, ResultStatus, SilentSource, Verification
from graph.model.outcomes import OutcomeClass
from graph.model.rules import Alternative, Basis, OutcomeClause, PoolClause, TargetState, Tests, UnitClause
from graph.model.values import Key, Period
from tests.graph.recognition.books import (
    HOME,
    MAJOR,
    TODAY,
    asks_text,
    block,
    c,
    cap,
    consumed,
    credit,
    denies,
    elective,
    entitles,
    excludes,
    factor,
    fixed,
    gives,
    had,
    level,
    maps,
    mark,
    outcome,
    programme,
    rule,
    share_of,
    silent,
    stands,
    u,
    unit,
    way,
)

CODES = ("a", "b", "d", "e")
TARGETS = ("x", "y")
ISSUERS = (Key("inst:1:away"), Key("inst:1:third"))
EDGES = tuple(date(2022, 1, 1) + timedelta(days=90 * n) for n in range(10))

codes = st.sampled_from(CODES)
amounts = st.sampled_from(("0.5", "1", "2", "3", "4.25"))
days = st.sampled_from(EDGES)


def maybe(strategy: Any, often: int = 3) -> Any:
    """Nothing, mostly."""
    return st.one_of(*([st.none()] * often), strategy)


@st.composite
def windows(draw: Any) -> str:
    start, end = draw(maybe(days)), draw(maybe(days))
    if start and end and start >= end:
        start = None
    return f"{start or ''}/{end or ''}"


tests = st.builds(
    Tests,
    minimum_grade=maybe(st.sampled_from((mark("70"), mark("90"))), 5),
    maximum_age=maybe(st.just(Period(years=1)), 5),
    issuers=st.sampled_from(((), (), (), ISSUERS[:1])),
    attempts_at_most=maybe(st.just(1), 5),
)
clauses = st.one_of(
    st.builds(OutcomeClause, outcome=codes.map(c), or_higher=st.booleans(), tests=tests),
    st.builds(OutcomeClause, outcome=codes.map(lambda code: c(code, "any")), tests=tests),
    st.builds(UnitClause, unit=st.just(u("U")), tests=tests),
    st.builds(
        PoolClause,
        credit=amounts.map(credit),
        outcomes=st.lists(codes.map(c), min_size=2, max_size=4, unique=True).map(tuple),
        tests=tests,
    ),
    st.just(asks_text()),
)
ways = st.builds(
    Alternative,
    clauses=st.lists(clauses, min_size=1, max_size=3).map(tuple),
    one_issuer=st.sampled_from((False, False, True)),
    credit_not_below=st.sampled_from((False, False, True)),
)
worths = st.one_of(st.builds(fixed, amounts), st.just(share_of(1, 2)), st.just(share_of(1, 1, "2")))
grants = st.one_of(
    st.builds(gives, st.sampled_from(TARGETS)),
    st.builds(lambda target, worth: gives(target, worth=worth), st.sampled_from(TARGETS), worths),
    st.builds(lambda worth: elective("E"), worths),
    st.just(entitles("interview")),
)


@st.composite
def rules(draw: Any, name: str) -> Any:
    denial = draw(st.sampled_from((False, False, False, True)))
    given = (
        (denies(draw(st.sampled_from((*TARGETS, None)))),)
        if denial
        else tuple(draw(st.lists(grants, min_size=1, max_size=3)))
    )
    alternatives = draw(st.lists(ways, min_size=1, max_size=3))
    if denial and draw(st.integers(0, 5)) == 0:
        alternatives = [way()]
    return rule(
        name,
        alternatives,
        *given,
        valid=draw(windows()),
        version=draw(st.sampled_from((1, 2))),
        basis=draw(st.sampled_from(Basis)),
        priority=draw(st.sampled_from((1, 50, 100))),
        sharable=draw(st.booleans()),
        articulation=draw(st.booleans()),
        required_states=draw(st.sampled_from(((), (), (), (TargetState.FAILED,)))),
    )


@st.composite
def things(draw: Any) -> tuple[Any, ...]:
    """What a book is made of."""
    ruled = [draw(rules(name)) for name in ("R1", "R2", "R3")]
    ruled.append(draw(rules("R1").filter(lambda one: one.version != ruled[0].version)))
    outcomes = [_outcome(draw, code) for code in CODES if draw(st.integers(0, 3))]
    targets = [
        outcome(code, draw(maybe(amounts, 1)), issuer=HOME, level=draw(maybe(_levels))) for code in TARGETS
    ]
    mapped = [
        maps(code, "U", *draw(st.sampled_from((("s1",), ("s2",), ()))), valid=draw(windows()))
        for code in CODES
        if draw(st.booleans())
    ]
    tree = programme(
        block("B", "x", blocks=(block("E", "y", credit="4"),), credit="6", residency=draw(maybe(amounts)))
    )
    rest = [unit("U", "s1", "s2"), tree, *draw(_caps()), *draw(_exclusions), *draw(_factors)]
    return (*ruled, *outcomes, *targets, *mapped, *rest)


_levels = st.integers(1, 3).map(lambda ordinal: level("f", ordinal))
_exclusions = st.sampled_from(((), (), (excludes("a", "b"),), (excludes("x", "y"),)))
_factors = st.sampled_from(((), (factor("hours", "cr", 1, 3),)))


def _outcome(draw: Any, code: str) -> Any:
    return outcome(
        code,
        draw(maybe(amounts, 1)),
        issuer=draw(st.sampled_from(ISSUERS)),
        repeatable=draw(st.integers(0, 3)) == 0,
        higher_than=c("a") if code == "b" else None,
        parts=(c("e"),) if code == "d" and draw(st.booleans()) else (),
        level=draw(maybe(_levels)),
        outcome_class=draw(st.sampled_from(OutcomeClass)),
    )


@st.composite
def _caps(draw: Any) -> list[Any]:
    found = []
    if draw(st.booleans()):
        overflow = draw(st.sampled_from(Overflow))
        found.append(cap("C1", CapScope.PROGRAMME, draw(amounts), overflow=overflow))
    if draw(st.booleans()):
        found.append(cap("C2", CapScope.YEAR, count=draw(st.integers(0, 2)), measure=CapMeasure.COUNT))
    if draw(st.booleans()):
        found.append(cap("C3", CapScope.SOURCE_CLASS, draw(amounts), source_class=OutcomeClass.DEGREE))
    return found


@st.composite
def results(draw: Any, name: str) -> Result:
    first = draw(days)
    last = first + timedelta(days=draw(st.sampled_from((0, 0, 0, 100))))
    code = draw(codes)
    return Result(
        id=name,
        outcome=c(code, draw(st.sampled_from(("1", "1", "1", "2")))),
        unit=draw(maybe(st.just(u("U")), 8)),
        issuer=draw(st.sampled_from((*ISSUERS, *ISSUERS, None))),
        earned=credit(draw(maybe(amounts, 1)) or "2", draw(st.sampled_from(("cr", "cr", "cr", "hours")))),
        available=draw(maybe(amounts.map(credit), 5)),
        grade=draw(st.sampled_from((None, mark("65"), mark("95"), mark("40"), mark("good", "words")))),
        completion=draw(st.sampled_from((Completion(first=first, last=last),) * 5 + (None,))),
        status=draw(st.sampled_from((ResultStatus.COMPLETED,) * 8 + (ResultStatus.REVOKED,))),
        attempts=draw(st.sampled_from((None, 1, 2))),
        verification=draw(st.sampled_from((Verification.VERIFIED,) * 5 + (Verification.UNVERIFIED,))),
        hypothetical=draw(st.integers(0, 5)) == 0,
    )


held = st.integers(0, 5).flatmap(lambda n: st.tuples(*(results(f"r{place}") for place in range(n))))


@st.composite
def contexts(draw: Any, silence: bool = False) -> Context:
    rows = []
    if draw(st.integers(0, 2)) == 0:
        rows.append(
            consumed("r0", targets=(had(draw(st.sampled_from(("x", "z")))),), programme=MAJOR, sharable=True)
        )
    sources = (silent("S1", "away"), silent("S2", "third", keeps=True))
    unknown = (SilentSource(code="S0", issuers=None, keeps_consumption_of=None),)
    return Context(
        institution=HOME,
        programme=draw(st.sampled_from((MAJOR, MAJOR, None))),
        credit_scheme="cr",
        applied_on=TODAY,
        consumed=tuple(rows),
        silent=draw(st.sampled_from(((), sources[:1], sources, unknown))) if silence else (),
        targets=draw(
            st.sampled_from(((), (), (stands("x", TargetState.FAILED),), (stands("y", TargetState.HELD),)))
        ),
    )
