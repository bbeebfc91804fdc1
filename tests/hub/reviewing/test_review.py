"""What a reviewer sees of a member's catalogue, publishes and declines; on both graph engines."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.catalogues.acts import Doing
from connectors.catalogues.syncing import Class, Kind, Syncing
from connectors.records import Identifier
from graph import ties
from graph.exchange.importing import import_bundle
from graph.model.outcomes import OutcomeClass, OutcomeKind
from graph.model.values import Key, Status
from graph.ties import TieState, Wanted
from hub.reviewing.publishing import NotProposed
from tests.hub.reviewing.desk import SYNCING, desk, fields, full, gone, item, told, unplaced
from tests.schema.small_alliance import CFLP, COURIER, COURSE, OUC, write
from tests.small_bundle import everything

KNOWN = item("02334", "快递实务")


@pytest.fixture
async def north(store, tmp_path):
    return await desk(store, tmp_path)


async def tie(north, code: str, outcome: str, state: TieState = TieState.CONFIRMED) -> None:
    wanted = Wanted("north", Key(code), Key(outcome))
    await ties.change(north.store, [ties.Change(wanted, state)], "registrar", four_eyes=False)


async def test_what_is_published_as_the_source_has_it_is_not_proposed(north):
    north.sends(full(KNOWN))
    found = await north.reviewed()
    assert (told(found), unplaced(found), found.unchanged, found.declined) == ({}, {}, 1, 0)


async def test_nothing_is_published_until_a_reviewer_does(north):
    before = await everything(north.store)
    north.sends(full(item("NEW", "新课"), item("02334", "新名")))
    assert told(await north.reviewed()) == {"NEW": "NEW", "02334": "CHANGED"}
    await north.declines("ouc-course:2020:NEW")
    assert await everything(north.store) == before


async def test_a_change_is_shown_field_by_field_and_what_the_source_does_not_say_stays(north):
    north.sends(full(item("02334", "快递业务", "4.5")))
    assert fields(await north.reviewed()) == {
        "credit.amount": ("3", "4.5"),
        "title.zh": ("快递实务", "快递业务"),
    }
    assert (await north.publishes()).ok
    (one,) = await north.versions("02334")
    assert (one.version, one.title.zh, one.title.en) == (2, "快递业务", "Courier practice")
    assert (one.credit.amount, one.outcome_class, one.source) == (
        Decimal("4.5"),
        OutcomeClass.DEGREE,
        "north",
    )
    assert told(await north.reviewed()) == {}


async def test_a_new_item_becomes_an_outcome_of_the_issuer(north):
    north.sends(full(item("NEW", "新课", kind="exam")))
    assert (await north.publishes(by="registrar-7")).ok
    (one,) = await north.versions("NEW")
    assert (one.issuer, one.kind, one.outcome_class) == (OUC, OutcomeKind.EXAM, OutcomeClass.NON_DEGREE)
    assert (one.synthetic, one.source, one.version) == (True, "north", 1)
    (act,) = north.staging.acts("north").last
    assert (act.doing, act.by, act.keys) == (Doing.PUBLISHED, "registrar-7", ("ouc-course:2020:NEW",))
    assert act.moment


async def test_only_what_was_chosen_is_published(north):
    north.sends(full(item("N1", "一"), item("N2", "二"), item("N3", "三")))
    await north.publishes("ouc-course:2020:N2")
    assert told(await north.reviewed()) == {"N1": "NEW", "N3": "NEW"}
    with pytest.raises(NotProposed, match="N2"):
        await north.publishes("ouc-course:2020:N2", "ouc-course:2020:N1")
    assert told(await north.reviewed()) == {"N1": "NEW", "N3": "NEW"}


async def test_what_the_source_gives_no_more_is_retired_and_back_again_is_published(north):
    north.sends(full(KNOWN, item("1000", "课程0")))
    north.source = replace(north.source, sync=replace(SYNCING, loss=1.0))
    north.sends(full(item("1000", "课程0")))
    assert (told(await north.reviewed()), fields(await north.reviewed())) == (
        {"02334": "GONE"},
        {"status": (None, "RETIRED")},
    )
    assert (await north.publishes()).ok
    (one,) = await north.versions("02334")
    assert (one.version, one.status) == (1, Status.RETIRED)
    assert (await north.reviewed()).proposals == ()
    north.sends(full(KNOWN, item("1000", "课程0")))
    assert told(await north.reviewed()) == {"02334": "CHANGED"}
    await north.publishes()
    assert [one.status for one in await north.versions("02334")] == [Status.PUBLISHED]


async def test_what_the_source_never_gave_is_never_proposed_to_go(north):
    north.sends(full(KNOWN))
    assert told(await north.reviewed()) == {}  # forty other courses of the issuer are published


async def test_a_removal_told_outright_is_proposed_and_settled_ones_are_forgotten(north):
    north.sends(gone("02334"))
    north.sends(gone("NEVER"))
    found = await north.reviewed()
    assert (told(found), found.settled) == ({"02334": "GONE"}, ("ouc-course:2020:NEVER",))
    await north.publishes()
    assert set(north.staging.load("north").entries) == {"ouc-course:2020:02334"}


async def test_held_removals_are_proposed_only_when_released(north):
    north.sends(full(KNOWN, item("1000", "课程0")))
    north.sends(full())
    found = await north.reviewed()
    assert (told(found), len(found.held)) == ({}, 2)
    assert (north.releases(), north.releases()) == (2, 0)
    assert told(await north.reviewed()) == {"02334": "GONE", "1000": "GONE"}
    assert [act.doing for act in north.staging.acts("north").last] == [Doing.RELEASED]


async def test_what_was_declined_is_not_proposed_again_until_its_content_changes(north):
    north.sends(full(item("02334", "快递业务"), item("NEW", "新课")))
    await north.declines("ouc-course:2020:02334", reason="the old name stays")
    found = await north.reviewed()
    assert (told(found), found.declined) == ({"NEW": "NEW"}, 1)
    north.sends(full(item("02334", "快递业务", "5"), item("NEW", "新课")))
    assert told(await north.reviewed()) == {"02334": "CHANGED", "NEW": "NEW"}
    north.sends(full(item("02334", "快递业务"), item("NEW", "新课")))
    assert told(await north.reviewed()) == {"NEW": "NEW"}
    (act,) = north.staging.acts("north").last
    assert (act.doing, act.reason) == (Doing.DECLINED, "the old name stays")


async def test_a_declined_removal_leaves_the_outcome_and_is_forgotten(north):
    north.sends(gone("02334"))
    await north.declines()
    found = await north.reviewed()
    assert (told(found), found.declined, found.settled) == ({}, 1, ("ouc-course:2020:02334",))


async def test_a_code_of_the_sources_own_means_an_outcome_by_a_confirmed_tie(north):
    own = item("north-own:-:K1", "快递业务")
    north.sends(full(own))
    assert unplaced(await north.reviewed()) == {"north-own:-:K1": "ITEM_UNMAPPED"}
    await tie(north, "north-own:-:K1", COURSE, TieState.PROPOSED)
    (open_,) = (await north.reviewed()).unplaced
    assert (open_.code.value, open_.candidates) == ("ITEM_OPEN", (COURSE,))
    await tie(north, "north-own:-:K1", COURSE)
    assert told(await north.reviewed()) == {"02334": "CHANGED"}
    await tie(north, "north-own:-:K1", COURSE, TieState.RETRACTED)
    assert unplaced(await north.reviewed()) == {"north-own:-:K1": "ITEM_UNMAPPED"}


async def test_a_retracted_tie_says_that_a_code_does_not_mean_its_outcome(north):
    north.sends(full(KNOWN))
    await tie(north, COURSE, COURSE, TieState.RETRACTED)
    assert unplaced(await north.reviewed()) == {COURSE: "ITEM_UNMAPPED"}


async def test_a_code_without_edition_means_the_one_there_is(north):
    loose = Identifier(scheme="ouc-course", code="02334")
    north.sends(full(replace(item("X", "快递业务"), outcome=loose)))
    assert told(await north.reviewed()) == {"02334": "CHANGED"}
    scheme = {"key": "ouc-course", "title": {"en": "c"}, "concept": "outcome"}
    editions = [{"code": "2020"}, {"code": "2024"}]
    lines = {"schemes": [scheme | {"editions": editions}]}
    assert (await import_bundle(north.store, write(north.folder / "more", lines, mode="delta"))).ok
    assert told(await north.reviewed()) == {"02334": "CHANGED"}
    other = Identifier(scheme="ouc-course", code="NEW")
    north.sends(full(replace(item("X", "新课"), outcome=other)))
    (open_,) = (await north.reviewed()).unplaced
    assert (open_.code.value, open_.candidates) == (
        "ITEM_OPEN",
        ("ouc-course:2020:NEW", "ouc-course:2024:NEW"),
    )


async def test_an_outcome_of_another_issuer_is_never_touched(north):
    await tie(north, "north-own:-:K1", COURIER)
    await tie(north, "north-own:-:K2", COURIER)
    north.sends(full(item("north-own:-:K1", "夺取")))
    assert unplaced(await north.reviewed()) == {"north-own:-:K1": "ITEM_OF_OTHERS"}
    north.sends(full())
    north.releases()
    assert unplaced(await north.reviewed()) == {"north-own:-:K1": "ITEM_OF_OTHERS"}
    ours = north.source = replace(north.source, issuers=(OUC, CFLP))
    assert ours.issuers
    assert [each.fate for each in (await north.reviewed()).proposals] == ["GONE"]


async def test_a_kept_item_of_an_issuer_that_is_declared_no_more_is_left_to_the_operator(north):
    north.sends(full(item("NEW", "新课")))
    north.source = replace(north.source, issuers=(CFLP,))
    assert unplaced(await north.reviewed()) == {"ouc-course:2020:NEW": "ITEM_ISSUER_FOREIGN"}


async def test_two_items_of_one_outcome_are_both_left_to_the_operator(north):
    await tie(north, "north-own:-:K1", COURSE)
    north.sends(full(KNOWN, item("north-own:-:K1", "另一名")))
    assert unplaced(await north.reviewed()) == {COURSE: "ITEM_SHARED", "north-own:-:K1": "ITEM_SHARED"}


async def test_an_item_that_comes_under_another_code_does_not_go(north):
    north.source = replace(north.source, sync=replace(SYNCING, loss=1.0))
    north.sends(full(KNOWN))
    await tie(north, "north-own:-:K1", COURSE)
    north.sends(full(item("north-own:-:K1", "快递实务")))
    assert told(await north.reviewed()) == {}


async def test_a_new_item_of_unknown_kind_or_with_an_unknown_part_is_left_to_the_operator(north):
    part = Identifier(scheme="nobody", edition="1", code="P")
    north.source = replace(north.source, sync=Syncing(kinds={"课": "COURSE"}, outcome_class="DEGREE"))
    north.sends(
        full(
            item("N1", "一"),
            item("N2", "二", kind="课"),
            item("N3", "三", kind="课", parts=(part,)),
            item(
                "N4",
                "四",
                kind="course",
                parts=(Identifier(scheme="ouc-course", edition="2020", code="1000"),),
            ),
        )
    )
    found = await north.reviewed()
    assert unplaced(found) == {
        "ouc-course:2020:N1": "ITEM_KIND_OPEN",
        "ouc-course:2020:N3": "ITEM_PART_UNMAPPED",
    }
    assert (await north.publishes()).ok
    assert [one.parts for one in await north.versions("N4")] == [("ouc-course:2020:1000",)]


async def test_what_the_import_refuses_is_told_and_nothing_is_published(north):
    bad = item("N2", "坏")
    bad = replace(bad, credit=replace(bad.credit, scheme="no-such-scheme"))
    north.sends(full(item("N1", "好"), bad))
    before = await everything(north.store)
    done = await north.publishes()
    assert (
        done.ok,
        [finding.code for finding in done.report.findings if finding.file == "outcomes.jsonl"],
    ) == (
        False,
        ["REFERENCE_UNKNOWN"],
    )
    assert await everything(north.store) == before
    assert (await north.publishes("ouc-course:2020:N1")).ok


@pytest.mark.parametrize(
    ("first", "last", "windows"),
    [
        (None, date(2026, 9, 1), [(1, None, date(2026, 9, 1)), (2, None, date(2026, 9, 1))]),
        (date(2025, 9, 1), None, [(1, None, date(2025, 9, 1)), (2, date(2025, 9, 1), None)]),
    ],
)
async def test_a_new_version_with_another_window_is_not_outlived_by_the_old(north, first, last, windows):
    north.sends(full(item("02334", "快递业务", valid_from=first, valid_to=last)))
    assert (await north.publishes()).ok
    found = await north.versions("02334")
    assert [(one.version, one.valid_from, one.valid_to) for one in found] == windows
    assert told(await north.reviewed()) == {}


async def test_where_only_the_end_moves_the_version_is_closed_under_its_number(north):
    north.sends(full(item("02334", "快递实务", valid_to=date(2026, 9, 1))))
    assert (await north.publishes()).ok
    (one,) = await north.versions("02334")
    assert (one.version, one.valid_to, one.source) == (1, date(2026, 9, 1), "small")


CODES = st.sampled_from(["02334", "1000", "1001", "N1", "N2"])
CATALOGUES = st.lists(
    st.dictionaries(CODES, st.tuples(st.sampled_from(["课程", "新名"]), st.sampled_from(["2", "3"]))),
    max_size=3,
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(CATALOGUES)
async def test_after_publishing_everything_the_graph_says_what_the_catalogue_says(north, catalogues):
    north.source = replace(north.source, sync=replace(SYNCING, loss=1.0))
    for catalogue in catalogues:
        north.sends(full(*(item(code, *said) for code, said in catalogue.items())))
        if (await north.reviewed()).proposals:
            assert (await north.publishes()).ok
        found = await north.reviewed()
        assert (told(found), unplaced(found), found.unchanged) == ({}, {}, len(catalogue))
        for code, (title, credit) in catalogue.items():
            live = (await north.versions(code))[-1]
            assert (live.title.zh, str(live.credit.amount), live.status) == (title, credit, Status.PUBLISHED)


def test_the_kinds_and_classes_a_declaration_may_name_are_those_of_outcomes():
    assert set(Kind.__args__) == set(OutcomeKind.__members__)
    assert set(Class.__args__) == set(OutcomeClass.__members__)
