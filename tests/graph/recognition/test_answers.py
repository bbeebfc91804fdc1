"""R1, R2, R24: subjects, roll-ups, what is counted, and the tree."""

from __future__ import annotations

import msgspec
import pytest

from graph.model.rules import TargetState
from graph.model.trees import Node
from graph.model.values import Key
from graph.model.verdicts import Answer, Named, Target, TargetKind
from graph.recognition import QuestionError, compiled, evaluate
from tests.graph.recognition.books import (
    HOME,
    MAJOR,
    answer,
    asks,
    asks_pool,
    asks_unit,
    book,
    context,
    course,
    denies,
    entitles,
    gives,
    maps,
    only,
    outcome,
    programme,
    result,
    rule,
    stands,
    way,
)


def test_a_verdict_belongs_to_a_rule_version_and_a_target():
    found = answer(rule("R", asks("a"), gives("x"), entitles("interview")), result("a"))
    assert [(one.grant, one.target.kind.value) for one in found.judged] == [
        (0, "OUTCOME"),
        (1, "ENTITLEMENT"),
    ]


def test_the_roll_up_is_the_best_verdict_of_a_target():
    things = (rule("R1", way(asks("a"), asks("b"))), rule("R2", asks("a")), rule("D", asks("q"), denies("x")))
    found = answer(things, (result("a"), result("q")))
    assert [(one.target, one.verdict.value) for one in found.targets] == [(course(), "MEETS_RULE")]


def test_a_target_no_rule_names_and_a_result_no_rule_names_are_not_evaluated():
    found = answer(rule("R", asks("a")), (result("a"), result("lost")), (Named(target=course("y")),))
    assert ("s:1:y", "NOT_EVALUATED") in [(one.target.key, one.verdict.value) for one in found.targets]
    assert found.unevaluated == ("lost",)


def test_rules_are_concerned_by_results_in_whatever_state():
    assert answer(rule("R", asks("a")), result("a", earned=None, on=None)).judged != ()


def test_rules_are_concerned_through_editions_units_pools_and_higher_tiers():
    things = (
        rule("R1", asks("a", edition="any")),
        rule("R2", asks_unit("U")),
        rule("R3", asks_pool("30", "a", "b")),
        rule("R4", asks("low", or_higher=True)),
        rule("R5", asks("z")),
        outcome("low"),
        outcome("a", higher_than=outcome("low").key),
        maps("a", "U", valid="/2001-01-01"),
    )
    found = answer(things, result("a"))
    assert [one.rule for one in found.judged] == ["R1", "R2", "R3", "R4"]
    assert found.others == 1


def test_a_named_rule_or_target_is_evaluated_without_results():
    things = (rule("R1", asks("a")), rule("R2", asks("a"), gives("y")))
    assert [one.rule for one in answer(things, (), (Named(rule=Key("R1")),)).judged] == ["R1"]
    assert [one.rule for one in answer(things, (), (Named(target=course("y")),)).judged] == ["R2"]


def test_rules_of_another_programme_are_not_of_the_question():
    other = rule("R", asks("a"), programme=Key("prog:1:other"))
    found = answer((other, programme()), result("a"), programme=MAJOR)
    assert (found.judged, found.others) == ((), 0)


def test_a_rule_without_programme_belongs_to_every_programme():
    assert answer((rule("R", asks("a")), programme()), result("a"), programme=MAJOR).judged[0].gives


def test_a_book_of_another_institution_is_refused():
    with pytest.raises(QuestionError, match="INSTITUTION"):
        evaluate(book(), (), context(institution=Key("inst:1:other")))


def test_a_compiled_book_answers_as_the_book_does():
    things = book(rule("R", asks("a")))
    assert evaluate(compiled(things), (result("a"),), context()) == evaluate(
        things, (result("a"),), context()
    )


def kinds(node: Node) -> set[str]:
    return {node.kind.value}.union(*(kinds(one) for one in node.nodes))


def test_the_tree_holds_passing_and_failing_tests_and_cites_its_sources():
    cited = rule(
        "R", way(asks("a"), asks("b")), agreement=Key("pact"), article="7", decision="d1", source="s"
    )
    judged = only(cited, result("a", source="bank"))
    assert judged.tree is not None
    assert {("agreement", "pact"), ("article", "7"), ("decision", "d1"), ("source", "s")} <= set(
        judged.tree.facts
    )
    assert {"RULE", "TARGET", "ALTERNATIVE", "CLAUSE", "RESULT", "TEST"} <= kinds(judged.tree)
    assert "('source', 'bank')" in str(judged.tree)


def test_the_tree_names_the_clause_nearest_to_completion():
    far = rule("R", way(asks("q"), asks_pool("4", "a"), asks_pool("6", "a")))
    tree = only(far, result("a")).tree
    assert "('nearestClause', '1')" in str(tree)


def test_every_obstacle_stays_in_the_tree():
    judged = only(
        rule("R", asks("a"), valid="/2001-01-01"), result("a"), targets=(stands("x", TargetState.HELD),)
    )
    assert judged.verdict.value == "ALREADY_HELD"
    assert "Reason.AFTER" in str(judged.tree)


def test_an_answer_survives_json():
    found = answer(rule("R", asks("a")), result("a"))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Answer) == found


def test_a_denial_of_nothing_has_the_programme_as_its_target():
    found = answer((rule("D", asks("a"), denies()), programme()), result("a"), programme=MAJOR)
    assert found.judged[0].target == Target(kind=TargetKind.PROGRAMME, key=MAJOR)
    assert found.judged[0].verdict.value == "DENIED"


def test_a_programme_not_live_on_the_application_date_leaves_conditions():
    things = (rule("R", asks("a")), programme(valid="2030-01-01/"), outcome("a", issuer=HOME))
    assert answer(things, result("a"), programme=MAJOR).judged[0].reason.value == "PROGRAMME_UNKNOWN"
