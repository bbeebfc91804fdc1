"""The demo alliance read off its files, slowly and plainly: what the hub's answers are compared with."""

import csv
import json
from functools import cache
from importlib.resources import files

ALLIANCE = files("hub.demo") / "alliance"
LISTS = {"broader", "industries", "kinds", "statements"}


@cache
def lines(concept: str) -> tuple[dict, ...]:
    """Every line of a file, in order; each line says itself whether it is synthetic."""
    return tuple({**line, "synthetic": line["synthetic"] in (True, "true")} for line in read(concept))


def read(concept: str) -> tuple[dict, ...]:
    """The lines as they stand."""
    if (ALLIANCE / f"{concept}.jsonl").is_file():
        text = (ALLIANCE / f"{concept}.jsonl").read_text("utf-8")
        return tuple(json.loads(line) for line in text.splitlines())
    rows = csv.DictReader((ALLIANCE / f"{concept}.csv").read_text("utf-8").splitlines())
    return tuple({name: cell(name, value) for name, value in row.items() if value} for row in rows)


def cell(name: str, value: str):
    if name in LISTS:
        return value.split("|")
    return {"true": True, "false": False}.get(value, value)


@cache
def live(concept: str, day: str) -> dict[str, dict]:
    """The live version of each thing on a day, by key, in order of keys."""
    found: dict[str, dict] = {}
    for line in lines(concept):
        holds = line.get("validFrom", "0001-01-01") <= day < line.get("validTo", "9999-12-31")
        if holds and line.get("version", 0) >= found.get(line["key"], {}).get("version", 0):
            found[line["key"]] = line
    return dict(sorted(found.items()))


def in_force(concept: str, day: str) -> dict[str, dict]:
    """The live things that are published."""
    found = live(concept, day).items()
    return {key: line for key, line in found if line.get("status", "PUBLISHED") == "PUBLISHED"}


def under(concept: str, root: str, day: str, field: str = "broader") -> set[str]:
    """A class and all below it, by asking each class whether the root is above it."""

    def above(key: str) -> set[str]:
        named = live(concept, day).get(key, {}).get(field, [])
        ups = [named] if isinstance(named, str) else named
        return {key}.union(*(above(up) for up in ups))

    return {key for key in live(concept, day) if root in above(key)}


def title(thing: dict, language: str = "zh") -> str:
    """A title, whether it stands in a column of its own or not."""
    return thing.get(f"title.{language}") or thing.get("title", {}).get(language, "")


def named_by(rule: dict) -> set[str]:
    """Every outcome and unit that a rule's clauses and grants name."""
    clauses = [clause for way in rule.get("alternatives", []) for clause in way.get("clauses", [])]
    named: set[str] = set()
    for part in [*clauses, *rule["grants"]]:
        named |= {part[name] for name in ("outcome", "unit") if part.get(name)} | {*part.get("outcomes", [])}
    return named
