"""Alliance statistics, compared with a slow and obvious computation over the lines of the files."""

import pytest

from graph.directory import Directory
from graph.exchange.importing import import_bundle
from graph.inventory import Inventory
from tests.alliance_in_a_box import WIPE, code, data, load_demo
from tests.demo_by_hand import live
from tests.schema.dice_alliance import alliance
from tests.small_bundle import write

QUERY = """query($code: Code!, $asOf: AsOf, $n: Int!, $made: Boolean) {
  allianceStatistics(alliance: $code, asOf: $asOf, synthetic: $made) {
  memberCount syntheticMemberCount linkedPairs reciprocatedPairs shareReciprocated { numerator denominator }
  pairs(first: $n) { totalCount nodes {
    issuer { key } receiver { key } rules syntheticRules reciprocated } }
  both: pairs(first: $n, reciprocated: true) { totalCount nodes { issuer { key } receiver { key } } }
  oneWay: pairs(first: $n, reciprocated: false) { totalCount nodes { issuer { key } receiver { key } } }
  connectedUnits(first: $n) { totalCount nodes {
    unit { key } mappedOutcomes namingRules syntheticMappedOutcomes syntheticNamingRules } }
  orphanMembers(first: $n) { totalCount nodes { key } }
  orphanOutcomes(first: $n) { totalCount nodes { key } }
  orphanUnits(first: $n) { totalCount nodes { key } } } }"""


def published(lines: dict[str, dict]) -> dict[str, dict]:
    return {key: line for key, line in lines.items() if line.get("status", "PUBLISHED") == "PUBLISHED"}


def named(rule: dict, lines: dict) -> tuple[set[str], set[str]]:
    """What a rule asks for, and what it grants or denies; edition `any` spelled out."""
    parts = [part for way in rule.get("alternatives", []) for part in way.get("clauses", [])]

    def keys(those: list[dict]) -> set[str]:
        found: set[str] = set()
        for part in those:
            for key in [part.get("outcome"), part.get("unit"), *part.get("outcomes", [])]:
                scheme, edition, code = (key or "::").split(":", 2)
                same = {one for one in lines if one.split(":")[0] == scheme and one.split(":", 2)[2] == code}
                found |= same if edition == "any" else {key} if key else set()
        return found

    return keys(parts), keys(rule["grants"])


def only(of, made: bool | None):
    """The same lines, of rules and mappings only those that are synthetic, or only those that are not."""

    def kept(concept: str) -> dict[str, dict]:
        if made is None or concept not in ("rules", "mappings"):
            return of(concept)
        return {key: line for key, line in of(concept).items() if bool(line.get("synthetic")) is made}

    return kept


def by_hand(of, alliance_code: str) -> dict:
    """`of(concept)` gives the live lines of a concept."""
    rules, outcomes, units = (published(of(name)) for name in ("rules", "outcomes", "units"))
    rows = published(of("memberships")).values()
    members = {row["institution"] for row in rows if row["alliance"] == alliance_code}
    mappings = [
        row
        for row in of("mappings").values()
        if row.get("status", "PUBLISHED") in ("PUBLISHED", "APPROVED")
        and row["outcome"] in outcomes
        and row["unit"] in units
    ]
    asks = {key: named(rule, outcomes) for key, rule in rules.items()}
    counts: dict[tuple[str, str], int] = {}
    made: dict[tuple[str, str], int] = {}
    synthetic = {key for lines in (outcomes, units, rules) for key in lines if lines[key].get("synthetic")}
    for one in members:
        for other in members - {one}:
            those = [
                key
                for key, rule in rules.items()
                if rule["institution"] == other
                and rule.get("alternatives")
                and not any(grant["kind"] == "DENIAL" for grant in rule["grants"])
                and any(outcomes.get(asked, {}).get("issuer") == one for asked in asks[key][0])
            ]
            if those:
                counts[one, other] = len(those)
                made[one, other] = len(synthetic & {*those})
    linked = {frozenset(pair) for pair in counts}
    both = [pair for pair in linked if all(way in counts for way in (tuple(pair), tuple(pair)[::-1]))]

    def ties(key: str) -> tuple[set[str], set[str]]:
        ends = {row["outcome"] for row in mappings if row["unit"] == key}
        ends |= {row["unit"] for row in mappings if row["outcome"] == key}
        return ends, {rule for rule, (asked, granted) in asks.items() if key in asked | granted}

    def tied(key: str) -> tuple[int, int]:
        ends, naming = ties(key)
        return len(ends), len(naming)

    def ordered(ways) -> list[dict]:
        """Pairs, most rules first."""
        rows = sorted(ways, key=lambda pair: (-counts[pair], pair))
        return [{"issuer": {"key": a}, "receiver": {"key": b}} for a, b in rows]

    own_units = [key for key, unit in units.items() if unit.get("owner") in members]
    own_outcomes = [key for key, one in outcomes.items() if one["issuer"] in members]
    orphans = {key for key in [*units, *outcomes] if tied(key) == (0, 0)}
    busy = {rule["institution"] for rule in rules.values()}
    busy |= {one["issuer"] for key, one in outcomes.items() if key not in orphans}
    busy |= {one.get("owner") for key, one in units.items() if key not in orphans}
    return {
        "memberCount": len(members),
        "syntheticMemberCount": len(
            {row["institution"] for row in rows if row["alliance"] == alliance_code and row.get("synthetic")}
        ),
        "linkedPairs": len(linked),
        "reciprocatedPairs": len(both),
        "shareReciprocated": {"numerator": len(both), "denominator": len(linked)} if linked else None,
        "pairs": [
            {
                "issuer": {"key": a},
                "receiver": {"key": b},
                "rules": n,
                "syntheticRules": made[a, b],
                "reciprocated": (b, a) in counts,
            }
            for (a, b), n in sorted(counts.items(), key=lambda row: (-row[1], row[0]))
        ],
        "both": ordered(pair for pair in counts if pair[::-1] in counts),
        "oneWay": ordered(pair for pair in counts if pair[::-1] not in counts),
        "connectedUnits": [
            {
                "unit": {"key": key},
                "mappedOutcomes": tied(key)[0],
                "namingRules": tied(key)[1],
                "syntheticMappedOutcomes": len(ties(key)[0] & synthetic),
                "syntheticNamingRules": len(ties(key)[1] & synthetic),
            }
            for key in sorted(own_units, key=lambda key: (-sum(tied(key)), key))
        ],
        "orphanMembers": [{"key": key} for key in sorted(members - busy)],
        "orphanOutcomes": [{"key": key} for key in sorted(own_outcomes) if key in orphans],
        "orphanUnits": [{"key": key} for key in sorted(own_units) if key in orphans],
    }


def compare(found: dict, wanted: dict, first: int = 200) -> None:
    for name, rows in wanted.items():
        if isinstance(rows, list):
            assert found[name] == {"totalCount": len(rows), "nodes": rows[:first]}, name
        else:
            assert found[name] == rows, name


@pytest.fixture(scope="module")
async def demo(shared_store):
    await load_demo(shared_store)
    return shared_store, Inventory(shared_store, Directory(shared_store))


@pytest.mark.parametrize("day", ["2019-06-01", "2024-06-01"])
@pytest.mark.parametrize("code_", ["alliance-mutual", "alliance-west"])
async def test_the_statistics_of_an_alliance_are_those_of_the_files(demo, code_, day):
    found = await data(demo[0], QUERY, inventory=demo[1], code=code_, asOf={"validOn": day}, n=200)
    compare(found["allianceStatistics"], by_hand(lambda concept: live(concept, day), code_))


async def test_an_unknown_alliance_is_null(demo):
    found = await data(demo[0], QUERY, inventory=demo[1], code="nowhere", n=1)
    assert found == {"allianceStatistics": None}
    assert await code(demo[0], QUERY, inventory=demo[1], code="", n=1) == "MALFORMED_CODE"


@pytest.mark.parametrize("first", [1, 100])
async def test_round_trips_do_not_grow_with_the_pages(demo, first):
    await data(demo[0], QUERY, inventory=demo[1], code="alliance-mutual", n=1)
    before = demo[0].round_trips
    await data(demo[0], QUERY, inventory=demo[1], code="alliance-mutual", n=first)
    # the moment, the alliance; institutions, outcomes and units of all pages, in at most two batches each
    assert demo[0].round_trips - before <= 8


@pytest.mark.parametrize("seed", range(6))
async def test_the_statistics_of_a_random_alliance_are_those_of_its_lines(shared_store, tmp_path, seed):
    await shared_store.write(WIPE, within=60)
    lines = alliance(seed)
    imported = await import_bundle(shared_store, write(tmp_path / "b", lines, base=False))
    assert imported.ok, imported.report
    of = {concept: {line["key"]: line for line in rows} for concept, rows in lines.items()}
    for made in (None, True, False):
        found = (await data(shared_store, QUERY, code="al", n=200, made=made))["allianceStatistics"]
        compare(found, by_hand(only(of.__getitem__, made), "al"))
