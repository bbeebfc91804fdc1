"""A package read and written again is equal: samples, our own fixtures for what they lack, random ones."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.exchange.case.fields import LINE, PROSE
from tests.graph.exchange.case.packages import (
    DOCUMENT,
    HOST,
    again,
    association,
    exact,
    examined,
    item,
    link,
    package,
    raw,
    uuid,
)

NAMES = ("ItemTypeTest", "Markdown", "Ordering", "SequenceNumber", "SmartLevel", "Utf8Test")
GROUPING = link("CFAssociationGroupings", uuid("9", 1), "Crosswalk") | {"lastChangeDateTime": "x"}
FAR = link("CFItems", uuid("f", 7), "elsewhere")

FIXTURES = {
    "association groups (opensalt 678)": package(
        [item(1), item(2)],
        [association(1, uuid("e", 1), uuid("e", 2), CFAssociationGroupingURI=GROUPING)],
        CFDefinitions={"CFAssociationGroupings": [GROUPING, link("x", uuid("9", 2), "unused")]},
    ),
    "associations that are no children (opensalt 685)": package(
        [item(1), item(2)],
        [
            association(1, uuid("e", 1), DOCUMENT),
            association(2, uuid("e", 1), uuid("e", 2), "exactMatchOf"),
            association(3, uuid("e", 1), uuid("e", 2), "isChildOf"),
            association(4, uuid("e", 2), uuid("e", 1), "ext:builds-on"),
        ],
    ),
    "sequence numbers (opensalt 235)": package(
        [item(1), item(2)],
        [association(n, uuid("e", n), DOCUMENT, sequenceNumber=number) for n, number in ((1, 20), (2, 0))],
    ),
    "identifiers without any uri (opensalt 568)": {
        "CFDocument": {"identifier": DOCUMENT, "title": "no uri"},
        "CFItems": [{"identifier": uuid("e", 1), "fullStatement": "no uri"}],
        "CFAssociations": [
            {
                "identifier": uuid("a", 1),
                "associationType": "isChildOf",
                "originNodeURI": {"identifier": uuid("e", 1)},
                "destinationNodeURI": {"identifier": DOCUMENT},
            }
        ],
    },
    "unreachable items": package([item(1), item(2), item(3)], [association(1, uuid("e", 1), DOCUMENT)]),
    "external targets and origins": package(
        [item(1)],
        [
            association(1, uuid("e", 1), FAR["identifier"], "exactMatchOf"),
            association(2, FAR["identifier"], uuid("e", 1), "isPeerOf"),
            association(3, uuid("e", 1), "", "exactMatchOf", destinationNodeURI={"uri": "urn:x:1"}),
        ],
    ),
    "unknown fields and lists of them": package(
        [item(1, extensions={"a": [3, 1, 2]}, educationLevel=["02", "01"], x=None, y=1.50, z=10**30)],
        document={"extensions": {"k": {}}, "language": None, "caseVersion": "1.1"},
        CFRubrics=[{"identifier": uuid("7", 1), "CFRubricCriteria": []}],
        anything=[{"identifier": 1}, 2],
    ),
    "texts the model cannot hold": package(
        [
            item(1, fullStatement="x" * (PROSE + 1), humanCodingScheme="y" * (LINE + 1)),
            item(2, fullStatement="a\x00b", abbreviatedStatement="", CFItemType=None),
            item(3, fullStatement=""),
        ],
        [association(1, uuid("e", 1), uuid("e", 2), sequenceNumber=2**70)],
        document={"title": "长" * (LINE + 1)},
    ),
    "letters of identifiers": package([item(1, identifier=uuid("E", 1).upper())]),
    "a circle": package(
        [item(1), item(2)],
        [association(1, uuid("e", 1), uuid("e", 2)), association(2, uuid("e", 2), uuid("e", 1))],
    ),
    "no lists at all": {"CFDocument": {"identifier": DOCUMENT, "title": "空"}},
}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_equal_after_a_round_trip(samples, name):
    data = (samples / "case" / f"{name}Framework.json").read_bytes() if name != "Ordering" else None
    data = data or (samples / "case" / "Ordering.json").read_bytes()
    assert again(data) == exact(data)


@pytest.mark.parametrize("name", FIXTURES)
def test_what_the_samples_lack_is_equal_after_a_round_trip(name):
    data = raw(FIXTURES[name])
    assert again(data) == exact(data)


def test_groups_sequence_and_kind_are_read_into_the_model():
    said = association(
        1, uuid("e", 1), DOCUMENT, "precedes", sequenceNumber=3, CFAssociationGroupingURI=GROUPING
    )
    _, whole = examined(package([item(1)], [said]))
    (found,) = whole.associations
    assert (found.kind, found.sequence, found.group) == ("precedes", 3, GROUPING["identifier"])
    assert (found.origin, found.target) == (f"case-item:-:{uuid('e', 1)}", f"case:-:{DOCUMENT}")


def test_an_end_outside_the_package_is_kept_as_its_uri_and_noted():
    report, whole = examined(FIXTURES["external targets and origins"])
    one, two, three = whole.associations
    assert (one.target, one.external) == (f"{HOST}/CFItems/{FAR['identifier']}", True)
    assert (two.origin, two.origin_external) == (f"{HOST}/CFItems/{FAR['identifier']}", True)
    assert three.target == "urn:x:1"
    assert [finding.code for finding in report.findings] == ["CASE_OUTSIDE"] * 3
    assert report.ok


def test_a_circle_is_kept_and_warned_of():
    report, _ = examined(FIXTURES["a circle"])
    assert [(finding.code, report.ok) for finding in report.findings] == [("CASE_CYCLE", True)]


def test_a_statement_is_in_the_language_it_declares_or_else_by_its_letters():
    items = [item(1, fullStatement="学习"), item(2, language="zh-CN"), item(3)]
    _, whole = examined(package(items))
    assert [bool(one.statement.zh) for one in whole.items] == [True, True, False]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("humanCodingScheme", "abbreviatedStatement", "CFItemType", "language")
EXTRA = st.dictionaries(st.text(min_size=1, max_size=9).map(lambda name: f"x-{name}"), JSON, max_size=3)


@st.composite
def items(draw, number):
    texts = draw(st.dictionaries(st.sampled_from(FIELDS), st.none() | st.text(max_size=500)))
    said = item(number, fullStatement=draw(st.text(max_size=50)))
    return said | texts | draw(EXTRA)


@st.composite
def packages(draw):
    count = draw(st.integers(0, 5))
    nodes = st.sampled_from([DOCUMENT, FAR["identifier"], *(uuid("e", n) for n in range(count))])
    kinds = st.sampled_from(["isChildOf", "isPeerOf", "exactMatchOf", "ext:a", "随意"])
    sequence = st.none() | st.integers()
    said = [
        association(n, draw(nodes), draw(nodes), draw(kinds), sequenceNumber=draw(sequence)) | draw(EXTRA)
        for n in range(draw(st.integers(0, 6)))
    ]
    title = draw(st.text(min_size=1).filter(str.strip))
    members = [draw(items(n)) for n in range(count)]
    return package(draw(st.permutations(members)), said, {"title": title} | draw(EXTRA), **draw(EXTRA))


@settings(max_examples=120, deadline=None)
@given(packages())
def test_a_random_package_is_equal_after_a_round_trip(said):
    data = json.dumps(said).encode()
    assert again(data) == exact(data)
    assert again(raw(said)) == again(data)
