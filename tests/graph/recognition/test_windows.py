"""R3, R4, R5: windows, versions, agreements, memberships, application periods."""

from __future__ import annotations

from datetime import date

from graph.model.rules import Basis
from graph.model.values import Key, Window
from graph.model.verdicts import Named
from graph.recognition import candidates
from tests.graph.recognition.books import (
    HOME,
    agreement,
    answer,
    asks,
    book,
    context,
    member,
    only,
    result,
    rule,
    verdict,
    way,
)

YEAR = "2023-01-01/2024-01-01"
AWAY = Key("inst:1:away")
APPLIED = Basis.APPLICATION


def dated(valid: str, **more):
    return rule("R", asks("a"), valid=valid, **more)


def test_the_first_day_belongs_to_a_window_and_the_end_does_not():
    assert verdict(dated(YEAR), result("a", on="2023-01-01")) == "MEETS_RULE"
    assert verdict(dated(YEAR), result("a", on="2024-01-01")) == "OUT_OF_WINDOW AFTER"
    assert verdict(dated(YEAR), result("a", on="2022-12-31")) == "OUT_OF_WINDOW BEFORE"


def test_a_completion_across_an_edge_is_conditional():
    assert verdict(dated(YEAR), result("a", on="2022-12-01/2023-01-31")) == "CONDITIONAL COMPLETION_IMPRECISE"


def test_the_basis_is_the_latest_completion_of_the_evidence():
    both = rule("R", way(asks("a"), asks("b")), valid=YEAR)
    early = result("a", on="2020-01-01")
    assert verdict(both, (early, result("b", on="2023-06-01"))) == "MEETS_RULE"
    assert verdict(both, (early, result("b", on="2024-02-01"))) == "OUT_OF_WINDOW AFTER"


def test_a_day_between_the_windows_of_two_versions_is_in_a_gap():
    old = dated("2020-01-01/2021-01-01", version=1)
    new = dated("2023-01-01/2024-01-01", version=2)
    found = answer((old, new), result("a", on="2022-01-01"))
    assert [one.reason.value for one in found.judged if one.reason] == ["GAP", "GAP"]


def test_each_version_is_judged_by_itself():
    found = answer((dated("/", version=1), dated("2023-01-01/", version=2)), result("a"))
    assert [(one.version, one.verdict.value) for one in found.judged] == [
        (1, "MEETS_RULE"),
        (2, "MEETS_RULE"),
    ]


def test_a_version_whose_day_another_version_holds_is_left_out():
    found = answer((dated("/2023-01-01", version=1), dated("2023-01-01/", version=2)), result("a"))
    assert [one.version for one in found.judged] == [2]


def test_a_named_version_replaced_by_a_later_one_is_superseded():
    things = (dated("/2023-01-01", version=1), dated("2023-01-01/", version=2))
    found = answer(things, result("a"), (Named(rule=Key("R"), version=1),))
    assert [one.verdict.value for one in found.judged] == ["SUPERSEDED", "MEETS_RULE"]


def test_before_the_window_an_application_is_not_yet_valid_and_after_it_out_of_window():
    assert verdict(dated("2025-01-01/", basis=APPLIED), result("a")) == "NOT_YET_VALID NOT_OPEN"
    assert verdict(dated("/2024-01-01", basis=APPLIED), result("a")) == "OUT_OF_WINDOW AFTER"


def test_not_yet_valid_names_the_next_opening():
    judged = only(dated("2025-01-01/", basis=APPLIED), result("a"))
    assert judged.tree is not None
    facts = [fact for node in judged.tree.nodes for fact in node.facts]
    assert ("opens", "2025-01-01") in facts


def test_by_application_a_missing_completion_does_not_matter():
    assert verdict(dated(YEAR, basis=APPLIED), result("a", on=None), applied="2023-05-01") == "MEETS_RULE"


def test_an_agreement_binds_on_the_basis_date():
    under = rule("R", asks("a"), agreement=Key("pact"))
    assert verdict((under, agreement()), result("a")) == "MEETS_RULE"
    assert verdict((under, agreement(valid="2024-01-01/")), result("a")) == "OUT_OF_WINDOW BEFORE"
    assert verdict((under, agreement(valid="/2023-01-01")), result("a")) == "OUT_OF_WINDOW AFTER"
    assert verdict(under, result("a")) == "OUT_OF_WINDOW AFTER"


def test_an_agreement_in_a_gap_before_a_later_window_is_not_yet_valid_by_application():
    under = rule("R", asks("a"), agreement=Key("pact"), basis=APPLIED)
    first = agreement(valid="/2020-01-01")
    second = agreement(valid="2025-01-01/", version=2)
    assert verdict((under, first, second), result("a")) == "NOT_YET_VALID NOT_OPEN"


def test_an_unsigned_agreement_is_not_yet_valid():
    under = rule("R", asks("a"), agreement=Key("pact"))
    assert verdict((under, agreement(signed=False)), result("a")) == "NOT_YET_VALID UNSIGNED"


def test_each_party_must_be_a_member_on_the_basis_date():
    things = (rule("R", asks("a"), agreement=Key("pact")), agreement(alliance=Key("all")))
    assert verdict((*things, member(HOME), member(AWAY)), result("a")) == "MEETS_RULE"
    assert verdict((*things, member(HOME)), result("a")) == "OUT_OF_WINDOW AFTER"
    late = member(AWAY, "2023-09-01/")
    assert verdict((*things, member(HOME), late), result("a")) == "OUT_OF_WINDOW BEFORE"


def test_application_periods_bind_under_either_basis():
    spring = Window(start=date(2024, 3, 1), end=date(2024, 4, 1))
    autumn = Window(start=date(2024, 9, 1), end=date(2024, 10, 1))
    termly = rule("R", asks("a"), periods=(autumn, spring))
    assert verdict(termly, result("a"), applied="2024-03-15") == "MEETS_RULE"
    assert verdict(termly, result("a"), applied="2024-02-01") == "NOT_YET_VALID NOT_OPEN"
    assert verdict(termly, result("a"), applied="2024-06-01") == "NOT_YET_VALID NOT_OPEN"
    assert verdict(termly, result("a"), applied="2024-10-01") == "OUT_OF_WINDOW AFTER"


def test_out_of_window_names_the_verdict_before_not_yet_valid():
    things = (dated(YEAR, agreement=Key("pact")), agreement(signed=False))
    assert verdict(things, result("a", on="2022-01-01")) == "OUT_OF_WINDOW BEFORE"


def test_a_version_that_fails_in_more_than_its_window_is_not_left_out():
    old = dated("/2023-01-01", version=1, agreement=Key("pact"))
    things = (old, dated("2023-01-01/", version=2), agreement(signed=False))
    found = answer(things, result("a"))
    assert [one.verdict.value for one in found.judged] == ["OUT_OF_WINDOW", "MEETS_RULE"]


def test_a_window_that_fails_makes_no_candidate():
    assert candidates(book(dated("/2020-01-01")), (result("a"),), context()) == ()
