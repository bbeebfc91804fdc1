"""Double use: what past applications take away, found by asking again without them."""

from __future__ import annotations

from hypothesis import given
from msgspec.structs import replace

from graph.model.caps import CapScope
from graph.recognition import blocked, compiled, evaluate
from tests.graph.recognition.books import (
    MAJOR,
    asks,
    block,
    book,
    cap,
    consumed,
    context,
    gives,
    had,
    programme,
    result,
    rule,
)
from tests.graph.recognition.random_books import contexts, held, things
from tests.graph.recognition.test_properties import FEW

ASKS = rule("R1", asks("a"), gives("x"))


def found(things, *rows, names=(), **more):
    return blocked(book(*things), (result("a"),), context(consumed=rows, **more), names)


def test_evidence_used_up_is_named_with_the_application_that_used_it():
    (one,) = found((ASKS,), consumed("b"), consumed("a", targets=(had("x"),)))
    assert (one.rule, one.verdict.value, one.otherwise.value, one.by) == (
        "R1",
        "ALREADY_HELD",
        "MEETS_RULE",
        (1,),
    )
    assert (str(one.lost), one.scheme) == ("3", "cr")


def test_what_nothing_was_used_of_is_not_blocked():
    assert found((ASKS,)) == ()
    assert found((ASKS,), consumed("b")) == ()


def test_two_that_fill_a_cap_only_together_are_named_by_none():
    full = cap("C1", CapScope.YEAR, "5")
    rows = (consumed("b", targets=(had("y", "2"),)), consumed("d", targets=(had("z", "2"),)))
    (one,) = found((ASKS, full), *rows)
    assert (one.verdict.value, one.reason.value, one.by) == ("CAPPED", "OVER_CAP", ())
    assert found((ASKS, full), rows[0]) == ()


def test_each_of_two_that_block_is_named():
    rows = (consumed("a", programme=MAJOR), consumed("a", rule="R1", programme=MAJOR))
    (one,) = found((ASKS, programme(block("B", "x"))), *rows, programme=MAJOR)
    assert one.by == (0, 1)


@FEW
@given(things(), held, contexts())
def test_blocked_is_just_what_gives_less_than_without_consumption(made, have, asked):
    index = compiled(book(*made))
    now = {_name(one): one for one in evaluate(index, have, asked).judged}
    free = evaluate(index, have, replace(asked, consumed=())).judged
    less = {_name(one) for one in free if one.gives and _given(now.get(_name(one))) < _given(one)}
    told = [(one.rule, one.version, one.target) for one in blocked(index, have, asked)]
    assert {name[:3] for name in less} == set(told)


def _name(one):
    return one.rule, one.version, one.target, one.grant


def _given(one):
    return (one is not None and one.gives, (one.credit or 0) if one and one.gives else 0)
