"""Filters and order, each compared with a slow and obvious computation over the demo alliance's files."""

import random
from decimal import Decimal

import pytest

from graph.directory import Directory
from graph.inventory import Inventory
from graph.ranking import OrderBy, Place
from schema.cursors import read_cursor, write_cursor
from schema.errors import Refusal
from tests.alliance_in_a_box import code, data, load_demo
from tests.demo_by_hand import live, title, under

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
    ("outcomes", 'regions: ["gb2260:2020:999999"]', lambda o, day: False),
    ("outcomes", "statuses: []", lambda o, day: False),
    ("units", 'owners: ["alliance:-:CFLP"]', lambda u, day: u.get("owner") == "alliance:-:CFLP"),
    ("units", f'industries: ["{SERVICE}"]', lambda u, day: in_industry(u, SERVICE, day)),
    ("units", "level: {atLeast: 5}", lambda u, day: u.get("level", {}).get("ordinal", 0) >= 5),
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
    wanted = [key for key, thing in live(field, day).items() if holds(thing, day)]
    assert await listed(demo, field, f"where: {{{where}}}", day) == (wanted, len(wanted))


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
    things, rank = live("outcomes", DAYS[1]), ORDERS[order]
    ranked = sorted((rank(o), key) for key, o in things.items() if rank(o) is not None)
    wanted = [key for _, key in (reversed(ranked) if descending else ranked)]
    wanted += [key for key, o in things.items() if rank(o) is None]
    arguments = f"orderBy: {{by: {order}, descending: {str(descending).lower()}}}"
    assert await listed(demo, "outcomes", arguments, DAYS[1], page=97) == (wanted, len(wanted))


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
