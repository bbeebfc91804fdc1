"""The hub as a subgraph: what it says of itself, and how it finds what others name."""

import pytest
from graphql import parse

from graph.exchange.importing import import_bundle
from schema.federation import ENTITIES, MOST, SPOILT
from schema.permissions import PUBLIC, decisions
from schema.root import make_schema
from tests.alliance_in_a_box import WIPE, ask, code, data
from tests.schema.small_alliance import CFLP, COURIER, COURSE, OUC, UNIT, things, write

NAMED = """query($given: [_Any!]!) { _entities(representations: $given) { __typename
  ... on Outcome { key title { en } } ... on AccreditationUnit { key code } ... on Institution { key }
  ... on ConversionRule { rule: key version } ... on Agreement { parties { key } } } }"""


@pytest.fixture(scope="module")
async def alliance(shared_store, tmp_path_factory):
    """The small alliance, loaded once into each engine."""
    await shared_store.write(WIPE, within=60)
    imported = await import_bundle(shared_store, write(tmp_path_factory.mktemp("small") / "b", things()))
    assert imported.ok, imported.report
    return shared_store


def named(type_: str, key: str) -> dict[str, str]:
    return {"__typename": type_, "key": key}


def parted(type_: str, key: str) -> dict[str, str]:
    scheme, edition, bare = key.split(":", 2)
    return {"__typename": type_, "scheme": scheme, "edition": edition, "code": bare}


async def test_the_service_tells_the_printed_schema(alliance):
    told = (await data(alliance, "{ _service { sdl } }"))["_service"]["sdl"]
    assert told == make_schema().sdl
    assert 'url: "https://specs.apollo.dev/federation/v2.9"' in told
    assert parse(told)


def test_each_entity_has_its_natural_keys():
    sdl = make_schema().sdl
    for name, entity in ENTITIES.items():
        keys = ' @key(fields: "key")'
        if "scheme" in make_schema()._schema.type_map[name].fields:
            keys += ' @key(fields: "scheme edition code")'
        assert f"\ntype {name} implements Node{keys} {{" in sdl, entity


def test_what_a_federation_asks_has_its_permission_decision():
    decided = decisions(make_schema())
    for field in ("Query._service", "Query._entities", "_Service.sdl"):
        assert decided[field] is PUBLIC


async def test_entities_of_several_types_come_in_the_order_asked_with_null_for_the_unknown(alliance):
    given = [
        named("Outcome", COURSE),
        named("AccreditationUnit", UNIT),
        named("Outcome", "cert:2020:none"),
        named("ConversionRule", "R1"),
        parted("Outcome", COURIER),
        named("Institution", OUC),
        named("Agreement", "A1"),
        named("Alliance", "none"),
        parted("AccreditationUnit", UNIT),
        named("Outcome", COURSE),
    ]
    course = {"__typename": "Outcome", "key": COURSE, "title": {"en": "Courier practice"}}
    unit = {"__typename": "AccreditationUnit", "key": UNIT, "code": "LG-01"}
    assert (await data(alliance, NAMED, given=given))["_entities"] == [
        course,
        unit,
        None,
        {"__typename": "ConversionRule", "rule": "R1", "version": 2},
        {"__typename": "Outcome", "key": COURIER, "title": {"en": "Courier"}},
        {"__typename": "Institution", "key": OUC},
        {"__typename": "Agreement", "parties": [{"key": OUC}, {"key": CFLP}]},
        None,
        unit,
        course,
    ]


async def test_a_key_may_be_written_in_the_document_too(alliance):
    query = f"""{{ _entities(representations: [{{__typename: "AccreditationUnit", key: "{UNIT}"}}]) {{
      ... on AccreditationUnit {{ mappings {{ nodes {{ outcome {{ key }} }} }} }} }} }}"""
    [unit] = (await data(alliance, query))["_entities"]
    assert unit == {"mappings": {"nodes": [{"outcome": {"key": COURIER}}]}}


async def test_what_is_found_depends_on_the_concept_and_not_only_on_the_key(alliance):
    given = [named("AccreditationUnit", COURIER), named("Outcome", UNIT)]
    assert (await data(alliance, NAMED, given=given))["_entities"] == [None, None]


@pytest.mark.parametrize("size", [1, 20, 120])
async def test_each_concept_is_one_round_trip_however_many_are_named(alliance, size):
    courses = [named("Outcome", f"ouc-course:2020:1{n % 40:03}") for n in range(size)]
    units = [parted("AccreditationUnit", UNIT)] * size
    before = alliance.round_trips
    await data(alliance, NAMED, given=courses + units)
    assert alliance.round_trips - before == 3  # the moment, the outcomes, the units


UNREADABLE = [
    ("Outcome", "__typename"),
    (7, "__typename"),
    ([], "__typename"),
    ({}, "__typename"),
    ({"__typename": 7, "key": COURIER}, "__typename"),
    ({"__typename": "Query", "key": COURIER}, "__typename"),
    ({"__typename": "Credit", "key": COURIER}, "__typename"),
    ({"__typename": "outcome", "key": COURIER}, "__typename"),
    ({"__typename": "Outcome"}, "scheme"),
    ({"__typename": "Outcome", "key": None}, "key"),
    ({"__typename": "Outcome", "key": [COURIER]}, "key"),
    ({"__typename": "Outcome", "scheme": "cert", "code": "courier"}, "edition"),
    ({"__typename": "ConversionRule", "scheme": "a", "edition": "-", "code": "R1"}, "key"),
]


@pytest.mark.parametrize(("given", "member"), UNREADABLE, ids=str)
async def test_an_unreadable_representation_is_refused_in_its_place_and_spoils_no_other(
    alliance, given, member
):
    body = await ask(alliance, NAMED, given=[named("Outcome", COURIER), given, named("Outcome", COURSE)])
    first, refused, last = body["data"]["_entities"]
    assert (first["key"], refused, last["key"]) == (COURIER, None, COURSE)
    [error] = body["errors"]
    assert error["path"] == ["_entities", 1]
    assert error["extensions"]["code"] == "MALFORMED_REPRESENTATION"
    assert error["extensions"]["facts"] == {"member": member}
    assert error["extensions"]["zh"]
    assert error["extensions"]["remedy"]["zh"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (named("Outcome", "courier"), "MALFORMED_KEY"),
        (named("Outcome", ""), "MALFORMED_KEY"),
        (named("Outcome", "a" * 300), "MALFORMED_KEY"),
        (parted("Outcome", "cert::courier"), "MALFORMED_KEY"),
        ({"__typename": "Outcome", "scheme": "s", "edition": "-", "code": "a" * 9999}, "MALFORMED_KEY"),
        ({"__typename": "Outcome", "scheme": "cert:2020", "edition": "x", "code": "y"}, "MALFORMED_KEY"),
        (named("ConversionRule", ""), "MALFORMED_CODE"),
        (named("Agreement", "a" * 121), "MALFORMED_CODE"),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_malformed_key_of_a_representation_has_the_code_it_has_elsewhere(alliance, given, expected):
    assert await code(alliance, NAMED, given=[given]) == expected


async def test_a_few_are_refused_in_their_places_and_with_many_the_whole_is(alliance):
    good, bad = [named("Outcome", COURIER)], [named("Outcome", "bad")]
    few = await ask(alliance, NAMED, given=good + bad * SPOILT)
    assert len(few["errors"]) == SPOILT
    assert few["data"]["_entities"][0]["key"] == COURIER
    many = await ask(alliance, NAMED, given=good + bad * (SPOILT + 1))
    assert [error["path"] for error in many["errors"]] == [["_entities"]]
    assert many["errors"][0]["extensions"]["code"] == "MALFORMED_KEY"


async def test_a_code_with_colons_is_found_by_its_parts(alliance):
    given = {"__typename": "Outcome", "scheme": "cert", "edition": "2020", "code": "a:b"}
    assert (await data(alliance, NAMED, given=[given]))["_entities"] == [None]


async def test_no_representations_are_no_entities(alliance):
    assert (await data(alliance, NAMED, given=[]))["_entities"] == []


async def test_too_many_representations_are_refused_before_the_graph_is_asked(alliance):
    before = alliance.round_trips
    brief = "query($given: [_Any!]!) { _entities(representations: $given) { __typename } }"
    assert await code(alliance, brief, given=[named("Outcome", COURIER)] * (MOST + 1)) == "TOO_MANY_KEYS"
    assert alliance.round_trips == before


async def test_the_cost_of_a_question_counts_its_representations(alliance):
    wide = """query($given: [_Any!]!) { _entities(representations: $given) { ... on Outcome {
      mappings(first: 100) { nodes { key } } } } }"""
    few, many = [named("Outcome", COURIER)] * 2, [named("Outcome", COURIER)] * 300
    assert len((await data(alliance, wide, given=few))["_entities"]) == 2
    assert await code(alliance, wide, given=many) == "QUERY_TOO_COSTLY"


async def test_the_printed_schema_is_given_a_few_times_at_most(alliance):
    copies = "".join(f"a{n}: _service {{ sdl }} " for n in range(60))
    assert await code(alliance, f"{{ {copies} }}") == "QUERY_TOO_COSTLY"
