"""What is behind a verdict that differs: the versioned things of R24, as `compareAsOf` blames them."""

from __future__ import annotations

from graph.recognition import compare_answers
from graph.records.comparing import compared
from tests.graph.recognition.books import answer, asks, book, result, rule

OLD, NEW = rule("R", asks("a")), rule("R", asks("b"), version=2)
HAVE = (result("one@home.cn", "a"), result("two", "b", status=result("x", "a").status.IN_PROGRESS))


def both(old, new, have=HAVE):
    return answer(old, have), answer(new, have), book(*old), book(*new)


def test_a_records_comparison_blames_what_compare_as_of_blames():
    before, after, old, new = both((OLD,), (NEW,))
    blamed = {f"{one.key}@{one.version}" for moved in compare_answers(before, after) for one in moved.blamed}
    turns = compared(before, after, old, new).turns
    assert {name for turn in turns for name in turn.behind} == blamed == {"R@1", "R@2"}


def test_a_result_is_never_blamed_though_its_id_looks_like_a_version():
    before, after, old, new = both((OLD,), ())
    (turn,) = compared(before, after, old, new).turns
    assert turn.behind == ("R@1",)


def test_equal_answers_have_no_turns_though_their_books_differ():
    before, after, old, new = both((OLD,), (OLD, rule("Q", asks("z"))))
    sides = compared(before, after, old, new)
    assert sides.turns == ()
    assert sides.objects == ("Q@1",)
