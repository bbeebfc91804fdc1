"""The first questions, asked of both engines through the whole schema."""

import json
from datetime import timedelta

import pytest

from graph.exchange.importing import import_bundle
from graph.moment import today
from schema.permissions import decisions, undecided
from schema.root import make_schema
from tests.alliance_in_a_box import WIPE, ask, code, data
from tests.schema.small_alliance import CFLP, COURIER, COURSE, OUC, UNIT, outcome, text, things, write


@pytest.fixture(scope="module")
async def alliance(shared_store, tmp_path_factory):
    """The small alliance, loaded once into each engine."""
    await shared_store.write(WIPE, within=60)
    imported = await import_bundle(shared_store, write(tmp_path_factory.mktemp("small") / "b", things()))
    assert imported.ok, imported.report
    return shared_store


async def test_a_unit_is_found_by_its_key_with_its_texts_in_both_languages(alliance):
    query = """query($key: Key!) { unit(key: $key) {
      scheme edition code version title { zh en preferred(language: EN) } credit { amount scheme }
      statements { code dimension text { zh } } synthetic source owner { title { en } } } }"""
    assert (await data(alliance, query, key=UNIT))["unit"] == {
        "scheme": "unit",
        "edition": "2016",
        "code": "LG-01",
        "version": 1,
        "title": {
            "zh": "快件收派",
            "en": "Collecting and delivering parcels",
            "preferred": "Collecting and delivering parcels",
        },
        "credit": {"amount": "2.5", "scheme": "ouc"},
        "statements": [
            {"code": "S1", "dimension": "skills", "text": {"zh": "能收取快件"}},
            {"code": "S2", "dimension": "skills", "text": {"zh": "能派送快件"}},
        ],
        "synthetic": True,
        "source": "small",
        "owner": {"title": {"en": "CFLP"}},
    }


async def test_an_unknown_key_answers_null_without_an_error(alliance):
    assert await data(alliance, '{ unit(key: "unit:2016:NONE") { key } }') == {"unit": None}
    assert await data(alliance, '{ rule(code: "NONE") { key } }') == {"rule": None}


@pytest.mark.parametrize(
    "key", ["", "unit", "unit:2016", "unit:2016:", ":2016:x", "u nit:2016:x", "a" * 5000]
)
async def test_a_malformed_key_is_refused_by_a_stable_code_in_both_languages(alliance, key):
    body = await ask(alliance, "query($key: Key!) { unit(key: $key) { key } }", key=key)
    extensions = body["errors"][0]["extensions"]
    assert extensions["code"] == "MALFORMED_KEY"
    assert extensions["zh"]
    assert extensions["remedy"]["zh"]


async def test_a_key_in_full_width_characters_finds_the_same_unit(alliance):
    found = await data(alliance, "query($key: Key!) { unit(key: $key) { key } }", key=" unit:2016:LG-01 ")
    assert found == {"unit": {"key": UNIT}}


async def test_a_key_is_spelled_in_the_case_of_its_scheme(alliance):
    query = "query($key: Key!) { unit(key: $key) { key } unitsByKey(keys: [$key]) { key } }"
    assert await data(alliance, query, key="unit:2016:lg-01") == {
        "unit": {"key": UNIT},
        "unitsByKey": [{"key": UNIT}],
    }
    assert await data(alliance, '{ outcome(key: "cert:2020:COURIER") { key } }') == {"outcome": None}


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"])
async def test_at_the_beginning_of_time_nothing_was_known(alliance, at):
    query = f'query($at: DateTime) {{ unit(key: "{UNIT}", asOf: {{knownAt: $at}}) {{ key }} }}'
    assert await data(alliance, query, at=at) == {"unit": None}


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z"])
async def test_at_the_end_of_time_what_has_no_end_is_still_valid(alliance, at):
    query = f'''query($at: DateTime) {{
      unit(key: "{UNIT}", asOf: {{knownAt: $at, validOn: "9999-12-30"}}) {{ key }} }}'''
    assert await data(alliance, query, at=at) == {"unit": {"key": UNIT}}


async def test_several_keys_are_answered_in_their_order_with_null_for_the_unknown(alliance):
    query = "query($keys: [Key!]!) { outcomesByKey(keys: $keys) { key } }"
    found = await data(alliance, query, keys=[COURSE, "cert:2020:none", COURIER, COURSE])
    assert found["outcomesByKey"] == [{"key": COURSE}, None, {"key": COURIER}, {"key": COURSE}]


async def test_a_list_is_paged_to_its_end_without_gap_or_repetition(alliance):
    query = """query($after: String) { outcomes(first: 7, after: $after) {
      nodes { key } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    seen, after, more = [], None, True
    while more:
        page = (await data(alliance, query, stride=3, after=after))["outcomes"]
        seen += [node["key"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert len(set(cursors)) == len(page["nodes"])
        assert (page["pageInfo"]["startCursor"], after) == (cursors[0], cursors[-1])
        assert page["pageInfo"]["hasPreviousPage"] is False
    assert seen == sorted(seen)
    assert len(set(seen)) == len(seen) == 42


@pytest.mark.parametrize("first", [0, -1, 201])
async def test_a_page_of_an_impossible_size_is_refused(alliance, first):
    assert (
        await code(alliance, "query($n: Int!) { units(first: $n) { nodes { key } } }", n=first) == "BAD_PAGE"
    )


HUGE = [2**31, 2**63, 10**30, -(2**31) - 1, -(10**30)]


@pytest.mark.parametrize("first", HUGE)
async def test_a_page_beyond_any_number_of_32_bits_is_refused_as_a_page(alliance, first):
    query = "query($n: Int!) { units(first: $n) { nodes { key } } }"
    asked = [
        await ask(alliance, query, n=first),
        await ask(alliance, f"{{ units(first: {first}) {{ nodes {{ key }} }} }}"),
    ]
    for body in asked:
        [error] = body["errors"]
        assert error["extensions"]["code"] == "BAD_PAGE"
        assert error["message"].startswith("A page holds 1 to 200 items, not ")
        assert ("-" in error["message"]) == (first < 0)


DATES = {
    "validOn": ["2026-1-1", "2026-02-30", "yesterday", 20260101, ""],
    "knownAt": ["yesterday", "2026-13-01T00:00:00Z", 5],
}


@pytest.mark.parametrize(("argument", "given"), [(name, one) for name, many in DATES.items() for one in many])
async def test_a_malformed_day_or_moment_says_how_to_write_it_and_names_the_argument(
    alliance, argument, given
):
    kind, how = ("Date", "YYYY-MM-DD") if argument == "validOn" else ("DateTime", "2026-01-31T08:00:00+08:00")
    unit = "unit(key: $key, asOf: %s) { key }"
    alone, whole = f"{{{argument}: $given}}", "$given"
    asked = [
        await ask(alliance, f"query($key: Key!, $given: {kind}) {{ {unit % alone} }}", key=UNIT, given=given),
        await ask(
            alliance,
            f"query($key: Key!, $given: AsOf) {{ {unit % whole} }}",
            key=UNIT,
            given={argument: given},
        ),
        await ask(
            alliance, f"query($key: Key!) {{ {unit % f'{{{argument}: {json.dumps(given)}}}'} }}", key=UNIT
        ),
    ]
    for body, named in zip(asked, ("$given", argument, argument), strict=True):
        [error] = body["errors"]
        assert (error["extensions"]["code"], error["extensions"]["facts"]["argument"]) == (
            "MALFORMED_DATE",
            named,
        )
        assert how in error["message"]
        assert how in error["extensions"]["zh"]


@pytest.mark.parametrize("given", ["many", "2,5", "", "1/2", "NaN", "-Infinity", "sNaN", "1E+99", "1E-99"])
async def test_a_malformed_decimal_is_refused_with_its_argument_and_its_form(alliance, given):
    credit = f'{{scheme: "ouc-18h", atLeast: {json.dumps(given)}}}'
    variables = {"scheme": "ouc-18h", "atLeast": given}
    for body in (
        await ask(alliance, f"{{ units(where: {{credit: {credit}}}) {{ totalCount }} }}"),
        await ask(
            alliance, "query($c: CreditRange) { units(where: {credit: $c}) { totalCount } }", c=variables
        ),
    ):
        [error] = body["errors"]
        assert error["extensions"]["code"] == "MALFORMED_DECIMAL"
        assert error["extensions"]["facts"]["argument"] == "atLeast"
        assert '"2.5"' in error["message"]
        assert not given or given not in error["message"]


async def test_the_last_day_of_the_calendar_is_refused_and_the_day_before_it_is_answered_as_itself(alliance):
    query = "query($key: Key!, $day: Date!) { unit(key: $key, asOf: {validOn: $day}) { key } }"
    refused = (await ask(alliance, query, key=UNIT, day="9999-12-31"))["errors"][0]
    assert (refused["extensions"]["code"], "9999-12-30" in refused["message"]) == ("DAY_TOO_LATE", True)
    answered = await ask(alliance, query, key=UNIT, day="9999-12-30")
    assert answered["extensions"]["snapshot"]["unit"]["valid"] == "9999-12-30"


async def test_one_malformed_key_of_several_is_named_in_its_place_and_the_others_are_answered(alliance):
    query = "query($keys: [Key!]!) { unitsByKey(keys: $keys) { key } }"
    body = await ask(alliance, query, keys=[UNIT, "LOG 01", "nobody:-:x", UNIT, "a:<b>"])
    assert body["data"]["unitsByKey"] == [{"key": UNIT}, None, None, {"key": UNIT}, None]
    told = {tuple(error["path"]): error["extensions"] for error in body["errors"]}
    assert {place: (one["code"], one["facts"]["key"]) for place, one in told.items()} == {
        ("unitsByKey", 1): ("MALFORMED_KEY", "LOG 01"),
        ("unitsByKey", 4): ("MALFORMED_KEY", "a:?b?"),
    }


async def test_one_malformed_code_of_several_leaves_the_other_rules(alliance):
    [rule] = [one["key"] for one in (await data(alliance, "{ rules { nodes { key } } }"))["rules"]["nodes"]][
        :1
    ]
    query = "query($codes: [Code!]!) { rulesByCode(codes: $codes) { key } }"
    body = await ask(alliance, query, codes=[rule, " ", "NONE", rule])
    assert body["data"]["rulesByCode"] == [{"key": rule}, None, None, {"key": rule}]
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [
        (["rulesByCode", 1], "MALFORMED_CODE")
    ]


async def test_too_many_keys_are_refused_before_the_graph_is_asked(alliance):
    query = "query($keys: [Key!]!) { unitsByKey(keys: $keys) { key } }"
    before = alliance.round_trips
    assert await code(alliance, query, keys=[UNIT] * 201) == "TOO_MANY_KEYS"
    assert alliance.round_trips == before


async def test_neighbours_lead_from_an_outcome_to_its_rules_units_and_issuer(alliance):
    query = """query($key: Key!) { outcome(key: $key) {
      issuer { key units { nodes { key } } }
      mappings { nodes { statements whole unit { key mappings { nodes { outcome { key } } } } } }
      askedBy { nodes { key version institution { key } agreement { key parties { key } signatures { on } }
        alternatives { clauses { __typename ... on OutcomeClause { outcomeKey outcome { key } }
                                            ... on UnitClause { unit { key } } } }
        grants { __typename ... on OutcomeGrant { outcome { key } giving { worth { fixed { amount } } } } }
      } } } }"""
    found = (await data(alliance, query, key=COURIER))["outcome"]
    assert found["issuer"] == {"key": CFLP, "units": {"nodes": [{"key": UNIT}]}}
    assert found["mappings"]["nodes"] == [
        {
            "statements": ["S1"],
            "whole": False,
            "unit": {"key": UNIT, "mappings": {"nodes": [{"outcome": {"key": COURIER}}]}},
        }
    ]
    [rule] = found["askedBy"]["nodes"]
    assert (rule["key"], rule["version"], rule["institution"]) == ("R1", 2, {"key": OUC})
    assert [party["key"] for party in rule["agreement"]["parties"]] == [OUC, CFLP]
    assert rule["alternatives"] == [
        {"clauses": [{"__typename": "OutcomeClause", "outcomeKey": COURIER, "outcome": {"key": COURIER}}]},
        {"clauses": [{"__typename": "UnitClause", "unit": {"key": UNIT}}]},
    ]
    assert rule["grants"] == [
        {
            "__typename": "OutcomeGrant",
            "outcome": {"key": COURSE},
            "giving": {"worth": {"fixed": {"amount": "3"}}},
        }
    ]


@pytest.mark.parametrize(
    ("day", "version"), [("2015-12-31", None), ("2016-01-01", 1), ("2019-12-31", 1), ("2020-01-01", 2)]
)
async def test_a_rule_answers_the_version_live_on_the_day_asked(alliance, day, version):
    query = 'query($day: Date!) { rule(code: "R1", asOf: {validOn: $day}) { version } }'
    found = (await data(alliance, query, day=day))["rule"]
    assert (found and found["version"]) == version


async def test_all_versions_are_listed_whatever_the_day(alliance):
    query = '{ rule(code: "R1") { versions { version validFrom validTo } } }'
    assert (await data(alliance, query))["rule"]["versions"] == [
        {"version": 1, "validFrom": "2016-01-01", "validTo": "2020-01-01"},
        {"version": 2, "validFrom": "2020-01-01", "validTo": None},
    ]


async def test_two_root_fields_keep_their_own_day(alliance):
    query = """{ old: rule(code: "R1", asOf: {validOn: "2017-01-01"}) { version agreement { key } }
                 new: rule(code: "R1", asOf: {validOn: "2021-01-01"}) { version agreement { key } } }"""
    found = await data(alliance, query)
    assert (found["old"]["version"], found["new"]["version"]) == (1, 2)


async def test_what_was_corrected_is_still_answered_as_it_was_known(alliance, tmp_path):
    before = (await data(alliance, f'{{ unit(key: "{UNIT}") {{ recordedAt }} }}'))["unit"]["recordedAt"]
    corrected = [outcome("cert:2020:corrected", CFLP, "EXAM", "NON_DEGREE", text("甲", "First"))]
    await import_bundle(
        alliance, write(tmp_path / "a", {"outcomes": corrected}, mode="delta", source="other")
    )
    query = """query($at: DateTime) { outcome(key: "cert:2020:corrected", asOf: {knownAt: $at}) {
      title { en } version recordedAt } }"""
    first = (await data(alliance, query, at=None))["outcome"]
    corrected[0]["title"] = text("乙", "Second")
    await import_bundle(
        alliance, write(tmp_path / "b", {"outcomes": corrected}, mode="delta", source="other")
    )
    assert (await data(alliance, query, at=None))["outcome"]["title"]["en"] == "Second"
    assert (await data(alliance, query, at=first["recordedAt"]))["outcome"]["title"]["en"] == "First"
    assert await data(alliance, query, at=before) == {"outcome": None}


async def test_a_moment_without_a_zone_is_refused(alliance):
    query = f'{{ unit(key: "{UNIT}", asOf: {{knownAt: "2026-01-01T00:00:00"}}) {{ key }} }}'
    assert await code(alliance, query) == "MOMENT_WITHOUT_ZONE"


@pytest.mark.parametrize("first", [1, 5, 40])
async def test_round_trips_depend_on_the_depth_and_never_on_the_length_of_lists(alliance, first):
    query = """query($n: Int!) { institutions(first: 2) { nodes { outcomes(first: $n) { nodes {
      issuer { key } grantedBy { nodes { agreement { parties { key } } } } } } } } }"""
    before = alliance.round_trips
    await data(alliance, query, n=first)
    # The moment, the directory of institutions, institutions, their outcomes, issuers, granting rules,
    # agreements; the parties are issuers.
    assert alliance.round_trips - before == 7


async def test_tomorrows_things_are_not_seen_today(alliance, tmp_path):
    tomorrow = (today() + timedelta(days=2)).isoformat()
    coming = outcome("cert:2020:coming", CFLP, "EXAM", "NON_DEGREE", text("将来", "Coming"))
    coming["validFrom"] = tomorrow
    await import_bundle(alliance, write(tmp_path / "b", {"outcomes": [coming]}, mode="delta", source="third"))
    query = 'query($day: Date) { outcome(key: "cert:2020:coming", asOf: {validOn: $day}) { key } }'
    assert await data(alliance, query, day=None) == {"outcome": None}
    assert (await data(alliance, query, day=tomorrow))["outcome"] == {"key": "cert:2020:coming"}


def test_every_field_of_the_hubs_schema_has_a_permission_decision():
    assert undecided(make_schema()) == ()
    assert len(decisions(make_schema())) > 200
