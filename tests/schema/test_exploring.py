"""Filters and order, each compared with a slow and obvious computation over the demo alliance's files."""

import random
from decimal import Decimal

import pytest

from graph.directory import Directory
from graph.inventory import Inventory
from graph.ranking import OrderBy, Place
from schema.cursors import read_cursor, write_cursor
from schema.errors import Refusal
from tests.alliance_in_a_box import ask, code, data, load_demo
from tests.demo_by_hand import in_force, lines, live, title, under

DAYS = ("2017-03-01", "2024-06-01")
LOGISTICS, SERVICE = "gbt4754:2017:G", "gbt4754:2017:O"
TIANJIN = "gb2260:2020:120000"


@pytest.fixture(scope="module")
async def demo(shared_store):
    await load_demo(shared_store)
    return shared_store, Inventory(shared_store, Directory(shared_store))


async def listed(demo, field: str, arguments: str, day: str, page: int = 60) -> tuple[list[str], int]:
    """Give the keys of all pages, and the count that each page told."""
    query = f"""query($after: String) {{ {field}({arguments}, first: {page}, after: $after,
      asOf: {{validOn: "{day}"}}) {{ totalCount nodes {{ key }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    keys, after, more, counts = [], None, True, set()
    while more:
        found = (await data(demo[0], query, inventory=demo[1], after=after))[field]
        keys += [node["key"] for node in found["nodes"]]
        counts.add(found["totalCount"])
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    [count] = counts
    return keys, count


def institutions_in(region: str, day: str) -> set[str]:
    regions = under("regions", region, day)
    return {key for key, thing in live("institutions", day).items() if thing.get("region") in regions}


def credit(thing: dict) -> Decimal:
    return Decimal(thing["credit"]["amount"])


def in_industry(thing: dict, section: str, day: str) -> bool:
    return not under("industries", section, day).isdisjoint(thing.get("industries", []))


def gaps_of(unit: dict, day: str) -> list[str]:
    """The statements of a unit that no approved mapping of a published outcome names or takes as a whole."""
    published, mappings = in_force("outcomes", day), live("mappings", day).values()
    counted = [one for one in mappings if one["unit"] == unit["key"] and one["outcome"] in published]
    if any(one.get("whole") for one in counted):
        return []
    told = {code for one in counted for code in one.get("statements", [])}
    return [one["code"] for one in unit.get("statements", []) if one["code"] not in told]


DIRECTIONS = ("Web前端", "平面设计")


def direction(unit: dict) -> str:
    return unit.get("direction", {}).get("zh", "")


CASES = [
    ("outcomes", 'schemes: ["cflp-cert"]', lambda o, day: o["key"].startswith("cflp-cert:")),
    ("outcomes", 'editions: ["2015", "2016"]', lambda o, day: o["key"].split(":")[1] in ("2015", "2016")),
    ("outcomes", "kinds: [CERTIFICATE, EXAM]", lambda o, day: o["kind"] in ("CERTIFICATE", "EXAM")),
    ("outcomes", "classes: [NON_DEGREE]", lambda o, day: o["outcomeClass"] == "NON_DEGREE"),
    ("outcomes", 'issuers: ["alliance:-:CFLP"]', lambda o, day: o["issuer"] == "alliance:-:CFLP"),
    ("outcomes", f'regions: ["{TIANJIN}"]', lambda o, day: o["issuer"] in institutions_in(TIANJIN, day)),
    ("outcomes", f'industries: ["{LOGISTICS}"]', lambda o, day: in_industry(o, LOGISTICS, day)),
    (
        "outcomes",
        'credit: {scheme: "ouc-18h", atLeast: "3", atMost: "4"}',
        lambda o, day: o.get("credit", {}).get("scheme") == "ouc-18h" and 3 <= credit(o) <= 4,
    ),
    (
        "outcomes",
        'level: {framework: "lof:2013:OUC", atLeast: 5, atMost: 6}',
        lambda o, day: (
            o.get("level", {}).get("framework") == "lof:2013:OUC" and 5 <= o["level"]["ordinal"] <= 6
        ),
    ),
    (
        "outcomes",
        f'industries: ["{LOGISTICS}"], kinds: [COURSE], synthetic: true, stub: false, statuses: [PUBLISHED]',
        lambda o, day: in_industry(o, LOGISTICS, day) and o["kind"] == "COURSE" and o.get("synthetic"),
    ),
    ("outcomes", "succeeded: true", lambda o, day: o.get("succeededBy")),
    ("outcomes", "succeeded: false", lambda o, day: not o.get("succeededBy")),
    ("units", "succeeded: true", lambda u, day: u.get("succeededBy")),
    ("units", "uncovered: true", lambda u, day: gaps_of(u, day)),
    ("units", "uncovered: false", lambda u, day: not gaps_of(u, day)),
    (
        "units",
        f'uncovered: true, industries: ["{SERVICE}"], began: {{since: "2010-01-01"}}',
        lambda u, day: gaps_of(u, day) and in_industry(u, SERVICE, day) and u.get("validFrom", "") >= "2010",
    ),
    (
        "outcomes",
        'began: {since: "2016-01-01", until: "2018-01-01"}',
        lambda o, day: "2016-01-01" <= o.get("validFrom", "") <= "2018-01-01",
    ),
    ("outcomes", 'began: {until: "2018-01-01"}', lambda o, day: "" < o.get("validFrom", "") <= "2018-01-01"),
    ("units", 'began: {since: "2018-01-01"}', lambda u, day: u.get("validFrom", "") >= "2018-01-01"),
    ("outcomes", 'regions: ["gb2260:2020:999999"]', lambda o, day: False),
    ("outcomes", "statuses: []", lambda o, day: False),
    ("units", 'owners: ["alliance:-:CFLP"]', lambda u, day: u.get("owner") == "alliance:-:CFLP"),
    ("units", f'industries: ["{SERVICE}"]', lambda u, day: in_industry(u, SERVICE, day)),
    ("units", "level: {atLeast: 5}", lambda u, day: u.get("level", {}).get("ordinal", 0) >= 5),
    ("units", 'directions: ["Web前端"]', lambda u, day: direction(u) == "Web前端"),
    ("units", 'directions: ["ＷＥＢ Front End", "平面设计"]', lambda u, day: direction(u) in DIRECTIONS),
    ("units", 'directions: ["Web"]', lambda u, day: False),
    (
        "units",
        'positions: ["alliance-position:-:whkeeper"]',
        lambda u, day: u.get("position") == "alliance-position:-:whkeeper",
    ),
    ("units", "statuses: [DRAFT, SUBMITTED]", lambda u, day: u.get("status") in ("DRAFT", "SUBMITTED")),
    ("frameworks", 'editions: ["2013", "2017"]', lambda f, day: f["key"].split(":")[1] in ("2013", "2017")),
    ("frameworks", 'issuers: ["alliance:-:OUC-CB"]', lambda f, day: f.get("issuer") == "alliance:-:OUC-CB"),
    ("frameworks", 'creditSchemes: ["ouc-18h"]', lambda f, day: f.get("creditScheme") == "ouc-18h"),
    ("frameworks", "synthetic: false", lambda f, day: not f["synthetic"]),
    ("alliances", "synthetic: false", lambda a, day: not a["synthetic"]),
    (
        "alliances",
        'institutions: ["alliance:-:BHPS"]',
        lambda a, day: any(
            row["alliance"] == a["key"] and row["institution"] == "alliance:-:BHPS"
            for row in in_force("memberships", day).values()
        ),
    ),
    ("agreements", 'parties: ["alliance:-:CFLP"]', lambda a, day: "alliance:-:CFLP" in a["parties"]),
    (
        "agreements",
        'allParties: ["alliance:-:OUC", "alliance:-:CSIA"]',
        lambda a, day: {"alliance:-:OUC", "alliance:-:CSIA"} <= {*a["parties"]},
    ),
    ("agreements", 'alliances: ["alliance-west"]', lambda a, day: a.get("alliance") == "alliance-west"),
    ("agreements", "articulation: true", lambda a, day: a.get("articulation")),
    ("programmes", 'institutions: ["alliance:-:OUC"]', lambda p, day: p["institution"] == "alliance:-:OUC"),
    ("programmes", "intakes: [2021, 2024]", lambda p, day: p["intake"] in (2021, 2024)),
    ("programmes", "stages: [UNDERGRADUATE]", lambda p, day: p["stage"] == "UNDERGRADUATE"),
    ("programmes", 'majors: ["530802"]', lambda p, day: p["major"] == "530802"),
    ("industries", "ranks: [1, 3]", lambda i, day: int(i.get("rank", 1)) in (1, 3)),
    ("industries", f'below: ["{LOGISTICS}"]', lambda i, day: i["key"] in under("industries", LOGISTICS, day)),
    ("regions", f'below: ["{TIANJIN}"]', lambda r, day: r["key"] in under("regions", TIANJIN, day)),
    ("institutions", f'regions: ["{TIANJIN}"]', lambda i, day: i["key"] in institutions_in(TIANJIN, day)),
    (
        "institutions",
        "kinds: [COMPANY]",
        lambda i, day: {"COMPANY"} & {*i["kinds"]},
    ),
    ("institutions", "synthetic: false", lambda i, day: not i.get("synthetic")),
    ("rules", 'receivers: ["alliance:-:OUC"]', lambda r, day: r["institution"] == "alliance:-:OUC"),
    ("rules", f'regions: ["{TIANJIN}"]', lambda r, day: r["institution"] in institutions_in(TIANJIN, day)),
    (
        "rules",
        'agreements: ["AGR-BHPS-CFLP-2022"]',
        lambda r, day: r.get("agreement") == "AGR-BHPS-CFLP-2022",
    ),
]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("field", "where", "holds"), CASES, ids=lambda value: str(value)[:40])
async def test_a_filter_lists_and_counts_just_what_a_plain_search_of_the_files_finds(
    demo, field, where, holds, day
):
    things = live if "statuses" in where else in_force
    wanted = [key for key, thing in things(field, day).items() if holds(thing, day)]
    assert await listed(demo, field, f"where: {{{where}}}", day) == (wanted, len(wanted))


EMPTY = {'regions: ["gb2260:2020:999999"]', "statuses: []", 'directions: ["Web"]', "synthetic: false"}


@pytest.mark.parametrize(("field", "where", "holds"), CASES, ids=lambda value: str(value)[:40])
def test_each_of_these_filters_takes_some_and_leaves_some(field, where, holds):
    things = live(field, DAYS[1])
    taken = sum(bool(holds(thing, DAYS[1])) for thing in things.values())
    assert taken < len(things)
    assert taken or where in EMPTY


ORDERS = {
    "TITLE": lambda o: (title(o) or title(o, "en"),),
    "TITLE_EN": lambda o: (title(o, "en") or title(o),),
    "CREDIT": lambda o: (o["credit"]["scheme"], credit(o)) if "credit" in o else None,
    "LEVEL": lambda o: (o["level"]["framework"], o["level"]["ordinal"]) if "level" in o else None,
    "VALID_FROM": lambda o: (o.get("validFrom", "0001-01-01"),),
    "CODE": lambda o: (),
}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", ORDERS)
async def test_an_ordered_list_is_paged_without_gap_and_what_has_no_rank_comes_last(demo, order, descending):
    things, rank = in_force("outcomes", DAYS[1]), ORDERS[order]
    ranked = sorted((rank(o), key) for key, o in things.items() if rank(o) is not None)
    wanted = [key for _, key in (reversed(ranked) if descending else ranked)]
    wanted += [key for key, o in things.items() if rank(o) is None]
    arguments = f"orderBy: {{by: {order}, descending: {str(descending).lower()}}}"
    assert await listed(demo, "outcomes", arguments, DAYS[1], page=97) == (wanted, len(wanted))


LISTS = ("units", "outcomes", "institutions", "rules", "programmes", "frameworks", "alliances", "agreements")


@pytest.mark.parametrize("field", [*LISTS, "industries", "regions"])
async def test_every_list_is_of_what_is_published_unless_a_status_is_asked_for(demo, field):
    day = "2026-06-01"
    wanted = list(in_force(field, day))
    assert await listed(demo, field, "orderBy: {by: CODE}", day) == (wanted, len(wanted))
    every = "DRAFT SUBMITTED APPROVED PUBLISHED SUSPENDED RETIRED"
    everything = list(live(field, day))
    found = await listed(demo, field, f"where: {{statuses: [{every}]}}", day)
    assert found == (everything, len(everything))
    assert (len(everything) > len(wanted)) is (field in ("units", "rules"))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("field", ["frameworks", "alliances", "agreements"])
async def test_every_list_takes_every_order(demo, field, order):
    keys, count = await listed(demo, field, f"orderBy: {{by: {order}}}", DAYS[1], page=7)
    assert sorted(keys) == list(in_force(field, DAYS[1]))
    assert count == len(keys)


NESTED = [
    ("institution", "alliance:-:OUC", "memberships", "memberships", "institution"),
    ("institution", "alliance:-:CFLP", "outcomes", "outcomes", "issuer"),
    ("institution", "alliance:-:CFLP", "units", "units", "owner"),
    ("institution", "alliance:-:OUC", "rules", "rules", "institution"),
    ("institution", "alliance:-:OUC", "agreements", "agreements", "parties"),
    ("institution", "alliance:-:OUC-CB", "parts", "institutions", "parent"),
    ("alliance", "alliance-mutual", "memberships", "memberships", "alliance"),
    ("industry", "gbt4754:2017:59", "units", "units", "industries"),
    ("industry", "gbt4754:2017:G", "narrower", "industries", "broader"),
    ("agreement", "AGR-OUC-YZPJ-2017", "rules", "rules", "agreement"),
    ("unit", "ouc-unit:2016:LOG-01", "mappings", "mappings", "unit"),
    ("outcome", "onex:2021:530801-2", "mappings", "mappings", "outcome"),
    ("outcome", "ouc-course:2023:02321", "succeeds", "outcomes", "succeededBy"),
    ("unit", "ouc-unit:2022:SW-WEB-01", "succeeds", "units", "succeededBy"),
]


@pytest.mark.parametrize("day", ["2019-06-01", "2026-06-01"])
@pytest.mark.parametrize(
    ("one", "key", "field", "concept", "name"), NESTED, ids=lambda value: str(value)[:30]
)
async def test_a_list_within_a_thing_is_counted_exactly_on_every_page(
    demo, one, key, field, concept, name, day
):
    kind = "Code" if one in ("alliance", "agreement") else "Key"
    argument = "code" if kind == "Code" else "key"
    query = f"""query($key: {kind}!, $day: Date!) {{ {one}({argument}: $key, asOf: {{validOn: $day}}) {{
      {field}(first: 2) {{ totalCount nodes {{ key }} }}
      every: {field}(first: 2, statuses: [DRAFT, SUBMITTED, APPROVED, PUBLISHED, SUSPENDED, RETIRED]) {{
        totalCount }} }} }}"""
    found = (await data(demo[0], query, inventory=demo[1], key=key, day=day))[one]

    def names(line: dict) -> bool:
        return key in (line.get(name) if isinstance(line.get(name), list) else [line.get(name)])

    wanted = [line["key"] for line in in_force(concept, day).values() if names(line)]
    every = [line["key"] for line in live(concept, day).values() if names(line)]
    if found is None:
        assert key not in live({"unit": "units", "outcome": "outcomes"}.get(one, f"{one}s"), day)
    else:
        assert found == {
            field: {"totalCount": len(wanted), "nodes": [{"key": key} for key in wanted[:2]]},
            "every": {"totalCount": len(every)},
        }


async def test_lists_within_many_things_are_counted_in_one_round_trip_each(demo):
    query = """query($n: Int!) { institutions(first: $n, where: {synthetic: true}) { nodes {
      memberships(first: 1) { totalCount } units(first: 1) { totalCount } } } }"""
    await data(demo[0], query, inventory=demo[1], n=1)
    before = demo[0].round_trips
    await data(demo[0], query, inventory=demo[1], n=40)
    assert demo[0].round_trips - before == 6  # the moment, the page, two lists, two counts


async def test_a_unit_tells_its_successor_and_the_successor_what_it_succeeds(demo):
    query = """{ unit(key: "ouc-unit:2016:SW-WEB-01") { succeededBy { key } succeeds { totalCount } }
      other: unit(key: "ouc-unit:2022:SW-WEB-01") { succeeds { nodes { key } } succeededBy { key } } }"""
    assert await data(demo[0], query) == {
        "unit": {"succeededBy": [{"key": "ouc-unit:2022:SW-WEB-01"}], "succeeds": {"totalCount": 0}},
        "other": {"succeeds": {"nodes": [{"key": "ouc-unit:2016:SW-WEB-01"}]}, "succeededBy": []},
    }


async def test_frameworks_and_agreements_name_their_source_and_licence_with_what_one_cites(demo):
    query = """{ frameworks(first: 1) { nodes { source licence cites { key } terms { key url } } }
      alliances { nodes { source cites { title { en } url retrieved } } }
      agreements(first: 1) { nodes { source licence cites { key } terms { key } } } }"""
    found = await data(demo[0], query)
    [framework], [agreement] = found["frameworks"]["nodes"], found["agreements"]["nodes"]
    for one in (framework, agreement):
        assert (one["cites"]["key"], one["terms"]["key"]) == (one["source"], one["licence"])
        assert one["source"]
    sources, titles = lines("sources"), [one["cites"] for one in found["alliances"]["nodes"]]
    told = {line["key"]: (title(line, "en"), line.get("url", "")) for line in sources}
    names = [one["source"] for one in found["alliances"]["nodes"]]
    assert [(one["title"]["en"], one["url"]) for one in titles] == [told[name] for name in names]


async def test_what_was_known_then_is_counted_as_it_was_known_then(demo):
    query = """{ outcomes(where: {stub: false}, asOf: {knownAt: "2001-01-01T00:00:00Z"}) { totalCount } }"""
    assert await data(demo[0], query, inventory=demo[1]) == {"outcomes": {"totalCount": 0}}


@pytest.mark.parametrize("first", [1, 50])
async def test_a_filtered_page_takes_two_round_trips_however_long_once_the_inventory_is_read(demo, first):
    query = f"""query($n: Int!) {{ outcomes(first: $n, where: {{industries: ["{LOGISTICS}"]}},
      orderBy: {{by: TITLE}}) {{ totalCount nodes {{ key title {{ zh }} }} }} }}"""
    directory = Directory(demo[0])  # which remembers how schemes spell their codes
    await data(demo[0], query, inventory=demo[1], directory=directory, n=1)
    before = demo[0].round_trips
    await data(demo[0], query, inventory=demo[1], directory=directory, n=first)
    assert demo[0].round_trips - before == 2  # the moment, and the page


def test_a_cursor_leads_back_to_its_place_in_its_own_order_only():
    place = Place(("ouc-18h", 30000), "cert:2020:courier")
    text = write_cursor(place, OrderBy.CREDIT, descending=True)
    assert read_cursor(text, OrderBy.CREDIT, descending=True) == place
    for order, descending in ((OrderBy.CREDIT, False), (OrderBy.LEVEL, True), (OrderBy.TITLE, True)):
        with pytest.raises(Refusal, match="BAD_CURSOR"):
            read_cursor(text, order, descending=descending)


def test_a_cursor_altered_in_any_way_is_refused():
    dice = random.Random(1)
    text = write_cursor(Place(("快递员",), "cert:2020:courier"), OrderBy.TITLE, descending=False)
    for number in range(len(text) - 1):
        other = dice.choice([letter for letter in "ABCdef012-_ =é" if letter != text[number]])
        for altered in (text[:number] + other + text[number + 1 :], text[:number]):
            with pytest.raises(Refusal, match="BAD_CURSOR"):
                read_cursor(altered, OrderBy.TITLE, descending=False)


@pytest.mark.parametrize("cursor", ["x", "cert:2020:courier", "A" * 5000, "====", "\u0000"])
async def test_a_strange_cursor_is_refused_with_its_code(demo, cursor):
    query = "query($after: String) { outcomes(after: $after) { nodes { key } } }"
    assert await code(demo[0], query, after=cursor) == "BAD_CURSOR"


async def test_a_node_is_found_by_the_id_it_told_and_answers_the_version_live_then(demo):
    query = """query($id: ID!, $day: Date) { node(id: $id, asOf: {validOn: $day}) {
      __typename id ... on Outcome { key } ... on ConversionRule { code: key version } } }"""
    ids = "{ outcomes(first: 1) { nodes { id key } } rules(first: 1) { nodes { id key } } }"
    for field, name in (("outcomes", "Outcome"), ("rules", "ConversionRule")):
        [told] = (await data(demo[0], ids))[field]["nodes"]
        found = (await data(demo[0], query, id=told["id"], day=None))["node"]
        assert (found["__typename"], found["id"], found.get("key") or found["code"]) == (
            name,
            told["id"],
            told["key"],
        )
        assert await data(demo[0], query, id=told["id"], day="1990-01-01") == {"node": None}


@pytest.mark.parametrize("given", ["", "outcome", "outcome:x", "mapping:M1", "nothing:a:b:c", "rule:"])
async def test_an_id_of_no_node_is_refused(demo, given):
    assert await code(demo[0], "query($id: ID!) { node(id: $id) { id } }", id=given) == "MALFORMED_ID"


async def test_too_many_values_in_a_filter_and_a_malformed_key_are_refused(demo):
    query = "query($keys: [Key!]) { outcomes(where: {issuers: $keys}) { totalCount } }"
    assert await code(demo[0], query, keys=["alliance:-:OUC"] * 201) == "TOO_MANY_KEYS"
    assert await code(demo[0], query, keys=["OUC"]) == "MALFORMED_KEY"


@pytest.mark.parametrize(
    "where",
    [
        "level: {atLeast: 9, atMost: 2}",
        'credit: {scheme: "ouc-18h", atLeast: "3", atMost: "2.5"}',
        'began: {since: "2024-01-01", until: "2019-01-01"}',
    ],
)
async def test_bounds_the_wrong_way_round_are_refused_and_named(demo, where):
    body = await ask(demo[0], f"{{ outcomes(where: {{{where}}}) {{ totalCount }} }}", inventory=demo[1])
    [refused] = body["errors"]
    assert refused["extensions"]["code"] == "RANGE_REVERSED"
    assert f"where.{where.partition(':')[0]}" in refused["message"]


async def test_bounds_that_are_equal_hold_for_that_value(demo):
    found = await listed(demo, "outcomes", "where: {level: {atLeast: 5, atMost: 5}}", DAYS[1])
    wanted = [k for k, o in in_force("outcomes", DAYS[1]).items() if o.get("level", {}).get("ordinal") == 5]
    assert found == (wanted, len(wanted))
    assert wanted
