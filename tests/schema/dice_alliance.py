"""A random small alliance as plain lines: everything that statistics and tables are made of."""

import random


def text(words: str) -> dict[str, str]:
    return {"en": words}


def alliance(seed: int) -> dict[str, list[dict]]:
    """Lines by concept; every line of one seed is the same again."""
    dice = random.Random(seed)
    members = [f"in:-:{letter}" for letter in "ABCDEF"]
    classes = [*(f"gb:1:{a}" for a in "XY"), *(f"gb:1:{n}" for n in (11, 12, 21)), "gb:1:111"]
    outcomes, units = [f"oc:{dice.choice('12')}:{n}" for n in range(12)], [f"un:1:{n}" for n in range(6)]
    return {
        "schemes": [scheme(*pair) for pair in SCHEMES],
        "credit-schemes": [{"key": "c", "title": text("c"), "step": "0.5", "rounding": "UP"}],
        "industries": [
            {"key": key, "title": text(key), "rank": rank(key), **above(key, dice)} for key in classes
        ],
        "institutions": [{"key": key, "title": text(key)} for key in members],
        "alliances": [{"key": key, "title": text(key)} for key in ("al", "other")],
        "memberships": [
            {
                "key": f"{alliance}-{member[-1]}",
                "alliance": alliance,
                "institution": member,
                "synthetic": dice.random() < 0.5,
            }
            for alliance in ("al", "other")
            for member in members
            if dice.random() < 0.7
        ],
        "frameworks": [{"key": "fw:1:F", "title": text("F"), "levels": LEVELS}],
        "units": [
            {
                "key": key,
                "title": text(key),
                "owner": dice.choice(members),
                "status": dice.choice(STATUSES),
                "statements": [{"code": "S", "dimension": "d", "text": text("s")}],
                "synthetic": dice.random() < 0.5,
            }
            for key in units
        ],
        "outcomes": [outcome(key, members, classes, dice) for key in outcomes],
        "mappings": [
            {
                "key": f"m{n}",
                "outcome": dice.choice(outcomes),
                "unit": dice.choice(units),
                "whole": True,
                "status": dice.choice(["PUBLISHED", "APPROVED", "DRAFT"]),
                "synthetic": dice.random() < 0.5,
            }
            for n in range(6)
        ],
        "agreements": [{"key": "ag", "title": text("ag"), "parties": members}],
        "rules": [rule(n, members, outcomes, units, dice) for n in range(14)],
    }


SCHEMES = [
    ("in", "institution", "-"),
    ("gb", "industry", "1"),
    ("fw", "framework", "1"),
    ("un", "unit", "1"),
    ("oc", "outcome", "1"),
]
STATUSES = ["PUBLISHED"] * 6 + ["RETIRED", "DRAFT"]
LEVELS = [{"ordinal": n, "title": text(str(n))} for n in (1, 2, 3)]


def scheme(key: str, concept: str, edition: str) -> dict:
    editions = [{"code": edition}, {"code": "2"}]
    return {"key": key, "title": text(key), "concept": concept, "editions": editions}


def rank(key: str) -> int:
    code = key.split(":")[2]
    return 1 if code.isalpha() else len(code)


def above(key: str, dice: random.Random) -> dict:
    """A division may stand under both sections; a group under its division."""
    ups = {1: [], 2: ["gb:1:X", "gb:1:Y"], 3: ["gb:1:11"]}[rank(key)]
    some = [up for up in ups if dice.random() < 0.6] or ups[:1]
    return {"broader": some} if some else {}


def outcome(key: str, members: list[str], classes: list[str], dice: random.Random) -> dict:
    level = (
        {"level": {"framework": "fw:1:F", "ordinal": dice.choice([1, 2, 3])}} if dice.random() < 0.8 else {}
    )
    return {
        "key": key,
        "title": text(key),
        "issuer": dice.choice(members),
        "kind": dice.choice(["COURSE", "CERTIFICATE"]),
        "outcomeClass": dice.choice(["DEGREE", "NON_DEGREE", "NO_FIXED_FORM"]),
        "industries": dice.sample(classes, dice.choice([0, 1, 1, 2])),
        "status": dice.choice(STATUSES),
        "synthetic": dice.random() < 0.5,
        **level,
    }


def rule(n: int, members: list[str], outcomes: list[str], units: list[str], dice: random.Random) -> dict:
    asked = dice.choice(outcomes)
    if dice.random() < 0.3:
        asked = f"oc:any:{asked.split(':')[2]}"
    clauses = [
        [{"kind": "OUTCOME", "outcome": asked}],
        [{"kind": "UNIT", "unit": dice.choice(units)}],
        [
            {
                "kind": "POOL",
                "credit": {"amount": "1", "scheme": "c"},
                "outcomes": sorted(set(dice.choices(outcomes, k=3))),
            }
        ],
    ]
    ways = [{"clauses": dice.choice(clauses)}]
    denies = dice.random() < 0.2
    return {
        "key": f"r{n}",
        "institution": dice.choice(members),
        "agreement": "ag",
        "synthetic": dice.random() < 0.5,
        "status": dice.choice(["PUBLISHED", "PUBLISHED", "PUBLISHED", "SUSPENDED"]),
        "alternatives": [] if dice.random() < 0.1 and not denies else ways,
        "grants": [{"kind": "DENIAL" if denies else "OUTCOME", "outcome": dice.choice(outcomes)}],
    }
