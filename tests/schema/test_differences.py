"""Changes between versions, compared with the lines of the demo alliance's files."""

import re

import pytest

from graph.exchange.importing import import_bundle
from tests.alliance_in_a_box import WIPE, code, data, load_demo
from tests.demo_by_hand import lines
from tests.schema.small_alliance import COURIER, things, write


def versions(concept: str) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for line in lines(concept):
        found.setdefault(line["key"], []).append(line)
    return {key: those for key, those in found.items() if len(those) > 1}


def at(value, path: str):
    """Follow a path in a line, as a reader of it would."""
    for place, name in re.findall(r"\[([^]]*)\]|([^.[]+)", path):  # a code in brackets may have dots
        step = place or name
        if isinstance(value, list):
            coded = [item for item in value if isinstance(item, dict) and item.get("code") == step]
            value = (
                coded[0] if coded else value[int(step)] if step.isdigit() and int(step) < len(value) else {}
            )
        else:
            value = value.get(step, {}) if isinstance(value, dict) else {}
    return None if value == {} else value


KEYS = {"rules": ("code", "Code"), "agreements": ("code", "Code"), "units": ("key", "Key")}


@pytest.mark.parametrize(
    ("field", "concept"), [("rule", "rules"), ("agreement", "agreements"), ("unit", "units")]
)
async def test_the_changes_are_the_values_of_the_files_and_without_them_the_versions_are_equal(
    demo, field, concept
):
    argument, scalar = KEYS[concept]
    for key, (old, *_, new) in versions(concept).items():
        query = f"""query($key: {scalar}!, $old: Int!, $day: Date) {{
          {field}({argument}: $key, asOf: {{validOn: $day}}) {{
            version changesFrom(version: $old) {{ path old new }} }} }}"""
        asked = {"key": key, "old": old["version"], "day": new.get("validFrom")}
        found = (await data(demo, query, **asked))[field]
        assert found["version"] == new["version"]
        told = {change["path"]: (change["old"], change["new"]) for change in found["changesFrom"]}
        assert told == {path: (text(at(old, path)), text(at(new, path))) for path in told}
        assert told.keys() == {path for path in paths(old) | paths(new) if at(old, path) != at(new, path)}


def text(value) -> str | None:
    return value if value is None or isinstance(value, str) else str(value).lower()


def paths(value, path: str = "") -> set[str]:
    """Every path to a plain value of a line."""
    if isinstance(value, dict):
        inner = [
            (f"{path}.{name}" if path else name, one) for name, one in value.items() if name != "version"
        ]
    elif isinstance(value, list):
        coded = all(isinstance(one, dict) and "code" in one for one in value)
        inner = [(f"{path}[{one['code'] if coded else n}]", one) for n, one in enumerate(value)]
    else:
        return {path}
    return set().union(*(paths(one, where) for where, one in inner))


async def test_an_unknown_version_has_no_changes_to_tell(demo):
    key = next(iter(versions("rules")))
    query = f'{{ rule(code: "{key}") {{ version changesFrom(version: 99) {{ path }} }} }}'
    assert (await data(demo, query))["rule"]["changesFrom"] is None


FIRST = {"validFrom": "2020-01-01", "validTo": "2023-01-01"}
SECOND = {
    "version": 2,
    "validFrom": "2023-01-01",
    "title": {"zh": "快递员（新版）", "en": "Courier"},
    "credit": {"amount": "2.5", "scheme": "ouc"},
}
"""The second version of an outcome: the English title is the first one's."""


async def test_two_versions_of_an_outcome_differ_in_just_what_their_lines_state_differently(
    shared_store, tmp_path
):
    await shared_store.write(WIPE, within=60)
    lines = things()
    first = next(one for one in lines["outcomes"] if one["key"] == COURIER)
    lines["outcomes"].append(first | SECOND)
    first |= FIRST
    imported = await import_bundle(shared_store, write(tmp_path / "b", lines))
    assert imported.ok, imported.report
    query = """query($key: Key!, $old: Int!, $day: Date) { outcome(key: $key, asOf: {validOn: $day}) {
      version changesFrom(version: $old) { path old new } } }"""
    there = (await data(shared_store, query, key=COURIER, old=1, day="2024-06-01"))["outcome"]
    assert there == {
        "version": 2,
        "changesFrom": [
            {"path": "credit.amount", "old": "3", "new": "2.5"},
            {"path": "title.zh", "old": "快递员", "new": "快递员（新版）"},
            {"path": "validFrom", "old": "2020-01-01", "new": "2023-01-01"},
            {"path": "validTo", "old": "2023-01-01", "new": None},
        ],
    }
    back = (await data(shared_store, query, key=COURIER, old=2, day="2021-06-01"))["outcome"]
    turned = [{"path": c["path"], "old": c["new"], "new": c["old"]} for c in there["changesFrom"]]
    assert back == {"version": 1, "changesFrom": turned}
    same = (await data(shared_store, query, key=COURIER, old=2, day="2024-06-01"))["outcome"]
    assert same["changesFrom"] == []


@pytest.mark.parametrize("version", [99, 0, -1])
async def test_an_unknown_version_of_a_unit_or_an_outcome_has_no_changes_to_tell(shared_store, version):
    await load_demo(shared_store)
    query = """query($old: Int!) { units(first: 3) { nodes { changesFrom(version: $old) { path } } }
      outcomes(first: 3) { nodes { changesFrom(version: $old) { path } } } }"""
    found = await data(shared_store, query, old=version)
    for many in ("units", "outcomes"):
        assert [node["changesFrom"] for node in found[many]["nodes"]] == [None] * 3


async def test_changes_of_a_long_page_take_one_round_trip_more_and_have_their_price(shared_store):
    await load_demo(shared_store)
    plain = "query($n: Int!) { outcomes(first: $n) { nodes { key } } }"
    changes = "query($n: Int!) { outcomes(first: $n) { nodes { key changesFrom(version: 1) { path } } } }"

    async def trips(query: str, count: int) -> int:
        before = shared_store.round_trips
        await data(shared_store, query, n=count)
        return shared_store.round_trips - before

    assert await trips(changes, 100) == await trips(plain, 100) + 1
    dear = "{ outcomes(first: 200) { nodes { changesFrom(version: 1) { path old new } versions { key } } } }"
    assert await data(shared_store, dear)
    nested = """{ outcomes(first: 200) { nodes { succeeds(first: 50) { nodes {
      changesFrom(version: 1) { path old new } } } } } }"""
    assert await code(shared_store, nested) == "QUERY_TOO_COSTLY"
