"""The mirror of a catalogue, pure: by cursor as in full, what is refused and why, what is held."""

from decimal import Decimal

import pytest
from hypothesis import given as holding
from hypothesis import strategies as st

from connectors.catalogues.items import LARGEST
from connectors.catalogues.mirror import Entry, State, folded, released
from connectors.catalogues.runs import SHOWN
from connectors.notices import NoticeCode
from connectors.offered import CatalogueChanges, CatalogueItem, Change, ChangeKind
from connectors.records import Credit, Identifier, Provenance, Text

OURS = "alliance:-:OUC"
CODES = st.sampled_from("ABCDEFG")
CATALOGUES = st.dictionaries(CODES, st.integers(1, 3), max_size=7)
HISTORIES = st.lists(CATALOGUES, min_size=1, max_size=8)


def named(code: str) -> Identifier:
    return Identifier(scheme="c", edition="1", code=code)


def item(code: str, credit: int = 1, **more) -> CatalogueItem:
    given = {"title": Text(zh=f"课程{code}"), "credit": Credit(amount=Decimal(credit), scheme="x")}
    return CatalogueItem(**({"outcome": named(code)} | given | more))


def there(code: str, credit: int = 1, **more) -> Change:
    return Change(outcome=named(code), item=item(code, credit, **more))


def gone(code: str) -> Change:
    return Change(outcome=named(code), kind=ChangeKind.REMOVED)


def full(*changes: Change) -> CatalogueChanges:
    return CatalogueChanges(changes=changes, full=True)


def delta(*changes: Change) -> CatalogueChanges:
    return CatalogueChanges(changes=changes, full=False)


def whole(catalogue: dict[str, int]) -> CatalogueChanges:
    return full(*(there(code, credit) for code, credit in catalogue.items()))


def between(before: dict[str, int], after: dict[str, int]) -> CatalogueChanges:
    changed = [there(code, credit) for code, credit in after.items() if before.get(code) != credit]
    return delta(*changed, *(gone(code) for code in before if code not in after))


def take(mirror, sent, loss=1.0, issuers=(OURS,)):
    return folded(mirror, sent, issuers, loss)


@holding(HISTORIES, st.sampled_from([0.0, 0.2, 0.5, 1.0]), st.data())
def test_any_catalogues_taken_by_cursor_are_what_they_are_taken_in_full(history, loss, data):
    by_cursor, in_full, known = {}, {}, {}
    for catalogue in history:
        step = between(known, catalogue) if data.draw(st.booleans()) else whole(catalogue)
        by_cursor = take(by_cursor, step, loss).mirror
        in_full = take(in_full, whole(catalogue), loss).mirror
        known = catalogue
        assert by_cursor == in_full
    present = {
        key: entry.item.credit.amount for key, entry in in_full.items() if entry.state is State.PRESENT
    }
    assert present == {f"c:1:{code}": credit for code, credit in history[-1].items()}


@holding(HISTORIES)
def test_taking_the_same_again_changes_nothing(history):
    mirror = {}
    for catalogue in history:
        mirror = take(mirror, whole(catalogue)).mirror
    again = take(mirror, whole(history[-1]))
    assert again.mirror == mirror
    assert {name: again.counts[name] for name in ("new", "changed", "gone")} == {
        "new": 0,
        "changed": 0,
        "gone": 0,
    }
    assert take(mirror, delta()).mirror == mirror


def test_what_was_done_is_counted():
    before = take({}, whole({"A": 1, "B": 1, "C": 1})).mirror
    counts = take(before, whole({"A": 1, "B": 2, "D": 1})).counts
    assert [counts[each] for each in ("read", "new", "changed", "gone", "unchanged")] == [3, 1, 1, 1, 1]


def test_when_it_was_fetched_makes_no_difference():
    mirror = take({}, full(there("A", provenance=Provenance(source="n", version="1")))).mirror
    assert take(mirror, full(there("A", provenance=Provenance(source="n", version="2")))).mirror == mirror


OTHER = Identifier(scheme="alliance", code="CFLP")
WRONG = {
    NoticeCode.ITEM_ISSUER_FOREIGN: there("A", issuer=OTHER),
    NoticeCode.ITEM_EMPTY: Change(outcome=named("A"), item=item("B")),
    NoticeCode.ITEM_TITLE_MISSING: there("A", title=Text(zh="  ")),
    NoticeCode.ITEM_TOO_LARGE: there("A", parts=tuple(named(f"P{n:0100}") for n in range(LARGEST // 100))),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_item_is_refused_by_its_place_and_the_others_are_taken(code):
    found = take({}, full(there("B"), WRONG[code], there("C")))
    assert set(found.mirror) == {"c:1:B", "c:1:C"}
    assert [(one.place, one.key, one.code) for one in found.refusals.named] == [(2, "c:1:A", code)]


@pytest.mark.parametrize("code", WRONG)
def test_a_refused_item_keeps_what_was_known_of_it(code):
    before = take({}, whole({"A": 3})).mirror
    assert take(before, full(WRONG[code])).mirror == before
    assert take(before, delta(WRONG[code])).mirror == before


def test_an_item_without_issuer_is_the_sources_own_where_it_speaks_for_one_alone():
    assert take({}, full(there("A"))).mirror["c:1:A"].item.issuer.key == OURS
    for issuers in ((), (OURS, "alliance:-:CFLP")):
        found = take({}, full(there("A")), issuers=issuers)
        assert (found.mirror, list(found.refusals.codes)) == ({}, [NoticeCode.ITEM_ISSUER_OPEN])


def test_in_a_full_catalogue_a_second_different_item_is_refused_and_in_changes_the_last_counts():
    found = take({}, full(there("A", 1), there("A", 1), there("A", 2)))
    assert (found.mirror["c:1:A"].item, [one.place for one in found.refusals.named]) == (
        take({}, full(there("A", 1))).mirror["c:1:A"].item,
        [3],
    )
    assert take({}, delta(there("A", 1), there("A", 2))).mirror["c:1:A"].item.credit.amount == 2
    assert take({}, delta(there("A", 1), gone("A"))).mirror == {"c:1:A": Entry("c:1:A", State.GONE)}
    assert take({}, delta(gone("A"), there("A", 1))).mirror["c:1:A"].state is State.PRESENT


def test_full_width_codes_are_the_plain_ones():
    wide = there("Ａ１")
    assert set(take({}, full(wide)).mirror) == {"c:1:A1"}


def test_named_refusals_are_bounded_and_all_are_counted():
    found = take({}, full(*(there(f"X{n}", title=Text()) for n in range(SHOWN + 7))))
    assert (len(found.refusals.named), sum(found.refusals.codes.values())) == (SHOWN, SHOWN + 7)


TEN = dict.fromkeys("ABCDEFGHIJ", 1)


@pytest.mark.parametrize(("left", "state"), [(8, State.GONE), (7, State.HELD), (0, State.HELD)])
def test_removals_of_more_than_the_declared_share_are_held(left, state):
    before = take({}, whole(TEN)).mirror
    kept = dict(list(TEN.items())[:left])
    for sent in (whole(kept), between(TEN, kept)):
        found = take(before, sent, loss=0.2)
        states = {entry.key: entry.state for entry in found.mirror.values()}
        assert list(states.values()).count(state) == 10 - left
        assert found.counts["held"] == (10 - left if state is State.HELD else 0)
        assert found.counts["gone"] == (10 - left if state is State.GONE else 0)


def test_held_removals_stay_held_until_they_come_back_or_are_released():
    held = take(take({}, whole(TEN)).mirror, whole({"A": 1}), loss=0.2).mirror
    again = take(held, whole({"A": 1}), loss=0.2)
    assert (again.mirror, again.counts["held"]) == (held, 9)
    back = take(held, whole(TEN), loss=0.2)
    assert ({each.state for each in back.mirror.values()}, back.counts["unchanged"]) == ({State.PRESENT}, 10)
    states = [each.state for each in released(held).values()]
    assert (states.count(State.GONE), states.count(State.PRESENT)) == (9, 1)


def test_by_small_steps_a_catalogue_under_suspicion_loses_no_more():
    held = take(take({}, whole(TEN)).mirror, whole(dict(list(TEN.items())[:7])), loss=0.2).mirror
    found = take(held, whole(dict(list(TEN.items())[:6])), loss=0.2)
    assert (found.counts["held"], found.counts["gone"]) == (4, 0)
