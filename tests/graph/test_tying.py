"""Which outcome edition a record is of: governed ties first, then the code alone; several are a proposal."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.outcomes import Outcome, OutcomeClass, OutcomeKind
from graph.model.values import Credit, Text
from graph.ties import Tie, TieEntry, TieState
from graph.tying import Told, Tying, anchor, tied

OLD, NEW = "course:2019:X", "course:2023:X"


def outcome(key, start=None, end=None, credit="3", title="物流学概论", version=1):
    return Outcome(
        key=key,
        version=version,
        valid_from=start,
        valid_to=end,
        title=Text(zh=title),
        issuer="a:-:B",
        kind=OutcomeKind.COURSE,
        outcome_class=OutcomeClass.DEGREE,
        credit=Credit(amount=Decimal(credit), scheme="cn"),
    )


def versions(*outcomes):
    found = {}
    for one in outcomes:
        found.setdefault(one.key, []).append(one)
    return found


def tie(key, state):
    entry = TieEntry(state=state, by="a", recorded_at=datetime(2024, 1, 1, tzinfo=UTC))
    return Tie(source="s", identifier="s:-:X", outcome=key, history=(entry,))


def told(day="2022-06-30", last=None, **more):
    return Told(date.fromisoformat(day), date.fromisoformat(last or day), **more)


EDITIONS = versions(
    outcome(OLD, date(2019, 1, 1), date(2023, 9, 1)), outcome(NEW, date(2023, 9, 1), credit="4")
)


def found(ties=(), coded=(OLD, NEW), known=EDITIONS, said=None):
    got = tied(anchor(ties, coded, known), said or told())
    return got.how, got.outcome.key if got.outcome else None, got.candidates


@pytest.mark.parametrize(("day", "key"), [("2022-06-30", OLD), ("2023-08-31", OLD), ("2023-09-01", NEW)])
def test_the_edition_valid_at_the_completion_is_picked(day, key):
    assert found(said=told(day)) == (Tying.BY_CODE, key, ())


def test_a_year_across_two_editions_is_a_proposal():
    assert found(said=told("2023-01-01", "2023-12-31")) == (Tying.PROPOSED, None, (OLD, NEW))


def test_credit_tells_two_editions_apart():
    said = told("2023-01-01", "2023-12-31", credit=Credit(amount=Decimal("4.0"), scheme="cn"))
    assert found(said=said) == (Tying.BY_CODE, NEW, ())


def test_credit_in_another_scheme_tells_nothing():
    said = told("2023-01-01", "2023-12-31", credit=Credit(amount=Decimal(4), scheme="other"))
    assert found(said=said)[0] is Tying.PROPOSED


def test_the_title_tells_apart_what_credit_does_not():
    known = versions(outcome(OLD, title="物流学概论"), outcome(NEW, title="快递 实务"))
    assert found(known=known, said=told(title=Text(zh="快递实务"))) == (Tying.BY_CODE, NEW, ())
    assert found(known=known, said=told(title=Text(zh="别的")))[0] is Tying.PROPOSED


def test_one_edition_that_was_not_valid_then_is_proposed_and_not_picked():
    assert found(coded=(NEW,), said=told("2001-01-01")) == (Tying.PROPOSED, None, (NEW,))


def test_one_edition_that_only_touches_the_days_is_proposed():
    assert found(coded=(NEW,), said=told("2023-01-01", "2023-12-31")) == (Tying.PROPOSED, None, (NEW,))


def test_a_code_that_nothing_has_is_unmapped():
    assert found(coded=("course:2019:Y",)) == (Tying.UNMAPPED, None, ())
    assert found(coded=()) == (Tying.UNMAPPED, None, ())


def test_a_confirmed_tie_goes_before_the_code():
    known = {**EDITIONS, "cert:1:Z": [outcome("cert:1:Z")]}
    assert found([tie("cert:1:Z", TieState.CONFIRMED)], known=known) == (Tying.CONFIRMED, "cert:1:Z", ())


def test_of_several_confirmed_editions_the_one_valid_then_is_picked():
    ties = [tie(OLD, TieState.CONFIRMED), tie(NEW, TieState.CONFIRMED)]
    assert found(ties, coded=()) == (Tying.CONFIRMED, OLD, ())
    assert found(ties, coded=(), said=told("2023-01-01", "2023-12-31"))[0] is Tying.PROPOSED


def test_a_proposed_tie_is_shown_and_not_used():
    assert found([tie(OLD, TieState.PROPOSED)], coded=()) == (Tying.PROPOSED, None, (OLD,))


def test_a_proposed_tie_does_not_keep_a_code_from_fitting():
    assert found([tie(NEW, TieState.PROPOSED)])[:2] == (Tying.BY_CODE, OLD)


def test_a_retracted_tie_bars_the_code_from_meaning_that_outcome():
    assert found([tie(OLD, TieState.RETRACTED)]) == (Tying.PROPOSED, None, (NEW,))
    assert found([tie(OLD, TieState.RETRACTED)], coded=(OLD,)) == (Tying.UNMAPPED, None, ())


def test_a_tie_to_what_the_graph_does_not_know_ties_nothing():
    assert found([tie("gone:1:X", TieState.CONFIRMED)], coded=()) == (Tying.UNMAPPED, None, ())


DAYS = st.dates(date(2018, 1, 1), date(2026, 1, 1))


@given(
    st.lists(st.tuples(DAYS, DAYS, st.sampled_from("345")), min_size=1, max_size=5),
    DAYS,
    DAYS,
    st.sampled_from([None, "3", "4"]),
)
def test_what_is_picked_is_the_only_one_that_fits(windows, first, last, credit):
    """Against a plain reading: without credit, exactly the one whose window holds both days."""
    first, last = sorted((first, last))
    known = versions(
        *(
            outcome(f"c:{n}:X", min(a, b), max(a, b), credit)
            for n, (a, b, credit) in enumerate(windows)
            if a != b
        )
    )
    said = Told(first, last, Credit(amount=Decimal(credit), scheme="cn") if credit else None)
    got = tied(anchor((), tuple(known), known), said)
    fits = [k for k, (one,) in known.items() if one.valid_from <= first and last < one.valid_to]
    touches = [k for k, (one,) in known.items() if one.valid_from <= last and first < one.valid_to]
    alike = [k for k in (fits or touches) if credit and known[k][0].credit.amount == Decimal(credit)]
    expected = fits if len(fits) == 1 else alike if len(fits or touches) > 1 and len(alike) == 1 else []
    assert ([got.outcome.key] if got.outcome else []) == expected
    if not expected:
        assert (got.how is Tying.UNMAPPED) == (not known)
