"""A thing as properties and back; every edge and every projection is declared."""

import inspect
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from graph.edges import EDGES, Edge, edges
from graph.layout import CATALOG
from graph.model import references
from graph.model.concepts import BY_STRUCT, CONCEPTS
from graph.model.framework import LevelRef
from graph.model.outcomes import Outcome, OutcomeClass, OutcomeKind
from graph.model.values import Credit, Text
from graph.moment import FOREVER, stamp
from graph.projections import COMMON, columns, content, row, scaled, thing_of

COURSE = Outcome(
    key="oc:1:a",
    version=3,
    title=Text(zh="课", en="Course"),
    issuer="in:-:A",
    kind=OutcomeKind.COURSE,
    outcome_class=OutcomeClass.DEGREE,
    credit=Credit(amount=Decimal("2.5"), scheme="ouc"),
    level=LevelRef(framework="fw:1:f", ordinal=4),
    valid_from=date(2024, 1, 1),
)


def test_every_edge_that_references_draw_is_allowed():
    drawn = set(re.findall(r'"([A-Z_]{4,})"', inspect.getsource(references)))
    assert drawn == EDGES


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.name)
def test_columns_are_plain_names_and_none_comes_twice(concept):
    names = columns(concept)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z]+", name) for name in names)
    assert not {"recordedAt", "retractedAt", "from"} & set(names)


def test_amounts_are_whole_numbers_of_ten_thousandths():
    assert scaled(Decimal("2.5")) == 25_000
    assert scaled(Decimal("0.0001")) == 1


def test_a_row_holds_the_projections_in_the_order_of_the_columns():
    found = dict(zip(columns(BY_STRUCT[Outcome]), row(COURSE, 3, content(COURSE)), strict=True))
    assert tuple(found)[: len(COMMON)] == COMMON
    assert (found["credit"], found["ordinal"], found["titleZh"], found["tier"]) == (25_000, 4, "课", None)
    assert (found["validFrom"], found["validTo"]) == ("2024-01-01", "9999-12-31")


def test_content_does_not_depend_on_number_and_recorded_times():
    from msgspec.structs import replace

    same = replace(COURSE, version=9, recorded_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert content(same) == content(COURSE)


def test_a_stored_version_is_read_back_exactly():
    moment = stamp(datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC))
    thing = thing_of(Outcome, content(COURSE).decode(), 3, moment, FOREVER)
    assert (thing.version, thing.retracted_at) == (3, None)
    assert stamp(thing.recorded_at) == moment
    assert content(thing) == content(COURSE)


def test_edges_lead_to_what_the_version_names_each_once():
    assert edges(COURSE) == (
        Edge("ISSUED_BY", "Institution", "in:-:A"),
        Edge("AT_LEVEL", "Framework", "fw:1:f"),
    )


def test_every_identity_has_a_unique_key():
    unique = {index.label for index in CATALOG.indexes if index.unique}
    assert {concept.label for concept in CONCEPTS if concept.name != "mapping"} < unique
