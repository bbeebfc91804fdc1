"""Comparability, compared with a slow and obvious computation over the demo alliance's files."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from itertools import product

import pytest

from graph.directory import Directory
from graph.exchange.importing import import_bundle
from graph.publication import Publication
from tests.alliance_in_a_box import code, data
from tests.demo_by_hand import live
from tests.schema.small_alliance import UNIT, things, write

DAYS = ("2017-03-01", "2024-06-01")
ROUNDINGS = {"HALF_UP": ROUND_HALF_UP, "HALF_EVEN": ROUND_HALF_EVEN, "DOWN": ROUND_DOWN, "UP": ROUND_UP}
TOLD = """unit { key } outcome { key } mappings { key }
  dimensions { code declared { title { zh } } statements { code } covered { code } uncovered { code } }
  credit { comparison scheme ofUnit ofOutcome unitFactor { key } outcomeFactor { key } }
  level { comparison ofUnit { ordinal } ofOutcome { ordinal framework { key } } askedLevel { ordinal }
    referencings { key document } }
  hours { ofUnit { stated ofClass notional } ofOutcome { stated ofClass notional } }"""


def plain(number) -> str | None:
    """A number as text without idle zeros."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def expected(unit: dict, outcome: dict, day: str) -> dict:
    return {
        "unit": {"key": unit["key"]},
        "outcome": {"key": outcome["key"]},
        "mappings": [{"key": key} for key, _ in mapped(unit, outcome, day)],
        "dimensions": by_dimension(unit, outcome, day),
        "credit": credit_of(unit, outcome, day),
        "level": levels(unit, outcome, day),
        "hours": {
            "ofUnit": {"stated": unit.get("hours"), **hours(unit, day)},
            "ofOutcome": {"stated": None, **hours(outcome, day)},
        },
    }


def mapped(unit: dict, outcome: dict, day: str) -> list:
    rows = live("mappings", day).items()
    return [(k, m) for k, m in rows if (m["unit"], m["outcome"]) == (unit["key"], outcome["key"])]


def by_dimension(unit: dict, outcome: dict, day: str) -> list[dict]:
    framework = live("frameworks", day).get(unit.get("level", {}).get("framework"), {})
    declared = {one["code"]: one["title"]["zh"] for one in framework.get("dimensions", [])}
    own = unit.get("statements", [])
    told = []
    for name in dict.fromkeys([*declared, *(one["dimension"] for one in own)]):
        codes = [one["code"] for one in own if one["dimension"] == name]
        hit = [
            c
            for c in codes
            if any(m.get("whole") or c in m.get("statements", []) for _, m in mapped(unit, outcome, day))
        ]
        told.append(
            {
                "code": name,
                "declared": {"title": {"zh": declared[name]}} if name in declared else None,
                "statements": [{"code": c} for c in codes],
                "covered": [{"code": c} for c in hit],
                "uncovered": [{"code": c} for c in codes if c not in hit],
            }
        )
    return told


def credit_of(unit: dict, outcome: dict, day: str) -> dict:
    none = {"scheme": None, "ofUnit": None, "ofOutcome": None, "unitFactor": None, "outcomeFactor": None}
    one, other = unit.get("credit"), outcome.get("credit")
    if not one or not other:
        return {"comparison": "NOT_STATED"} | none
    factors = {(f["fromScheme"], f["toScheme"]): f for f in live("factors", day).values()}
    for scheme in [one["scheme"], other["scheme"], *sorted(live("credit-schemes", day))]:
        told, ways = [], []
        for credit in (one, other):
            way = factors.get((credit["scheme"], scheme))
            if credit["scheme"] != scheme and way is None:
                break
            ways.append(way)
            times = (
                Fraction(way["factor.numerator"]) / Fraction(way.get("factor.denominator", 1)) if way else 1
            )
            told.append(Fraction(credit["amount"]) * times)
        if len(told) == 2:
            a, b = told
            return {
                "comparison": "EQUAL" if a == b else "LESS" if b < a else "MORE",
                "scheme": scheme,
                "ofUnit": rounded(a, ways[0], scheme, day),
                "ofOutcome": rounded(b, ways[1], scheme, day),
                "unitFactor": ways[0] and {"key": ways[0]["key"]},
                "outcomeFactor": ways[1] and {"key": ways[1]["key"]},
            }
    return {"comparison": "NO_FACTOR"} | none


def rounded(amount: Fraction, way: dict | None, scheme: str, day: str) -> str:
    """Round by counting steps with Python's own decimals."""
    if way is None:
        return plain(Decimal(amount.numerator) / Decimal(amount.denominator))
    told = live("credit-schemes", day)[scheme]
    steps = amount / Fraction(told["step"])
    whole = (Decimal(steps.numerator) / Decimal(steps.denominator)).quantize(
        Decimal(1), ROUNDINGS[told["rounding"]]
    )
    return plain(whole * Decimal(told["step"]))


def levels(unit: dict, outcome: dict, day: str) -> dict:
    one, other = unit.get("level"), outcome.get("level")
    told = {
        "ofUnit": one and {"ordinal": one["ordinal"]},
        "ofOutcome": other and {"ordinal": other["ordinal"], "framework": {"key": other["framework"]}},
        "askedLevel": None,
        "referencings": [],
    }
    if not one or not other:
        return told | {"comparison": "NOT_STATED"}
    if one["framework"] == other["framework"]:
        asked = [(one["ordinal"], None)]
    else:
        asked = []
        for ref in live("referencings", day).values():
            ends = [ref["level"], ref["other"]]
            for here, there in (ends, ends[::-1]):
                if here == one and there["framework"] == other["framework"]:
                    asked.append((there["ordinal"], ref))
    if not asked:
        return told | {"comparison": "NO_REFERENCING"}
    most = max(ordinal for ordinal, _ in asked)
    have = other["ordinal"]
    return told | {
        "comparison": "EQUAL" if have == most else "LESS" if have < most else "MORE",
        "askedLevel": {"ordinal": most},
        "referencings": [{"key": r["key"], "document": r["document"]} for _, r in asked if r],
    }


def hours(thing: dict, day: str) -> dict:
    credit = thing.get("credit")
    scheme = live("credit-schemes", day).get(credit["scheme"], {}) if credit else {}
    return {
        name: plain(Decimal(credit["amount"]) * Decimal(scheme[field])) if scheme.get(field) else None
        for name, field in (("ofClass", "classHours"), ("notional", "notionalHours"))
    }


@pytest.mark.parametrize("day", DAYS)
async def test_comparability_of_mapped_and_of_other_pairs_is_that_of_the_files(demo, day):
    units, outcomes = live("units", day), live("outcomes", day)
    pairs = [
        (m["unit"], m["outcome"])
        for m in live("mappings", day).values()
        if m["unit"] in units and m["outcome"] in outcomes
    ]
    pairs = [*pairs[::3], *product(list(units)[::40], list(outcomes)[::25])]
    seen: set[str] = set()
    for start in range(0, len(pairs), 20):
        asked = pairs[start : start + 20]
        fields = "\n".join(
            f'p{n}: comparability(unit: "{unit}", outcome: "{outcome}", asOf: $asOf) {{ ...F }}'
            for n, (unit, outcome) in enumerate(asked)
        )
        query = f"query($asOf: AsOf) {{ {fields} }} fragment F on Comparability {{ {TOLD} }}"
        told = await data(demo, query, asOf={"validOn": day})
        for n, (unit, outcome) in enumerate(asked):
            assert told[f"p{n}"] == expected(units[unit], outcomes[outcome], day), (unit, outcome)
            seen |= {told[f"p{n}"]["credit"]["comparison"], "L" + told[f"p{n}"]["level"]["comparison"]}
    if day == DAYS[1]:  # every kind of answer was among them
        assert {"LESS", "EQUAL", "MORE", "LLESS", "LEQUAL", "LMORE", "LNOT_STATED"} <= seen


async def test_what_is_not_seen_is_null_and_what_is_no_key_is_refused(demo):
    query = """query($unit: Key!, $outcome: Key!) {
      comparability(unit: $unit, outcome: $outcome) { unit { key } } }"""
    outcome = next(iter(live("outcomes", DAYS[1])))
    assert await data(demo, query, unit="ouc-unit:2016:NONE", outcome=outcome) == {"comparability": None}
    assert await data(demo, query, unit="ouc-unit:2016:LOG-01", outcome="x:1:y") == {"comparability": None}
    assert await code(demo, query, unit="LOG-01", outcome=outcome) == "MALFORMED_KEY"


@pytest.mark.parametrize("count", [1, 20])
async def test_round_trips_do_not_grow_with_the_pairs_compared(demo, count):
    units = list(live("units", DAYS[1]))[:count]
    fields = "\n".join(
        f'p{n}: comparability(unit: "{unit}", outcome: "ouc-course:2020:02602") {{ ...F }}'
        for n, unit in enumerate(units)
    )
    query = f"{{ {fields} }} fragment F on Comparability {{ {TOLD} }}"
    held = {"publication": Publication(demo, lasts=60), "directory": Directory(demo)}
    await data(demo, query, **held)
    before = demo.round_trips
    await data(demo, query, **held)
    assert demo.round_trips - before == 4  # units, outcome, mappings, frameworks


async def test_a_factor_is_never_inverted_and_a_third_scheme_may_be_common(shared_store, tmp_path):
    """Only x to z and y to z are declared: they meet in z, and x and z meet in z; y from z has no way."""
    await shared_store.write("MATCH (n) WHERE NOT n:Hub DETACH DELETE n", within=60)
    given = things()
    given["credit-schemes"] += [
        {"key": key, "title": {"en": key}, "step": "0.5", "rounding": "UP"} for key in ("x", "y", "z", "lone")
    ]
    given["factors"] = [
        {"key": f"{one}-z", "fromScheme": one, "toScheme": "z", "factor": {"numerator": 1, "denominator": n}}
        for one, n in (("x", 2), ("y", 3))
    ]
    credit = {"ouc-course:2020:1000": "x", "ouc-course:2020:1001": "z", "ouc-course:2020:1002": "lone"}
    for line in given["outcomes"]:
        if line["key"] in credit:
            line["credit"] = {"amount": "2", "scheme": credit[line["key"]]}
    given["units"][0]["credit"] = {"amount": "3", "scheme": "y"}
    assert (await import_bundle(shared_store, write(tmp_path / "b", given))).ok
    query = """query($unit: Key!, $outcome: Key!) { comparability(unit: $unit, outcome: $outcome) {
      credit { comparison scheme ofUnit ofOutcome } } }"""
    wanted = [("EQUAL", "z", "1", "1"), ("MORE", "z", "1", "2"), ("NO_FACTOR", None, None, None)]
    for key, told in zip(credit, wanted, strict=True):
        found = (await data(shared_store, query, unit=UNIT, outcome=key))["comparability"]["credit"]
        assert tuple(found.values()) == told
