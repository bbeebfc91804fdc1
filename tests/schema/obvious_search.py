"""The search done slowly and obviously, character by character, over the files of the demo alliance."""

import csv
import json
import unicodedata
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from graph.moment import today

TYPES = {
    "outcomes": "Outcome",
    "units": "AccreditationUnit",
    "institutions": "Institution",
    "industries": "Industry",
    "rules": "ConversionRule",
}


class Thing(NamedTuple):
    type: str
    key: str
    zh: str
    en: str

    @property
    def code(self) -> str:
        return self.key if self.type == "ConversionRule" else self.key.split(":", 2)[2]


def live_things() -> list[Thing]:
    """Read the demo alliance's files: what holds today, the highest version of each."""
    latest: dict[tuple[str, str], tuple[int, Thing]] = {}
    for file, type_ in TYPES.items():
        for number, zh, en, key in _lines(file):
            if latest.get((type_, key), (0,))[0] <= number:
                latest[type_, key] = (number, Thing(type_, key, zh, en))
    return [thing for _, thing in latest.values()]


def _lines(file):
    folder = files("hub.demo") / "alliance"
    day = today().isoformat()
    if (folder / f"{file}.csv").is_file():
        rows = csv.DictReader((folder / f"{file}.csv").read_text("utf-8").splitlines())
        read = [{**row, "title": {"zh": row["title.zh"], "en": row["title.en"]}} for row in rows]
    else:
        read = [json.loads(line) for line in (folder / f"{file}.jsonl").read_text("utf-8").splitlines()]
    for line in read:
        if (line.get("validFrom") or "") <= day < (line.get("validTo") or "9999"):
            title = line["title"]
            yield int(line.get("version") or 1), title.get("zh", ""), title.get("en", ""), line["key"]


@cache
def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")


@cache
def pieces(text: str) -> list[str]:
    """Cut a folded text where the script changes and at whatever is neither letter nor digit."""
    found, last = [""], None
    for character in text:
        kind = "han" if is_han(character) else "word" if character.isalnum() else None
        if kind != last:
            found.append("")
        found[-1] += character if kind else ""
        last = kind
    return [piece for piece in found if piece]


def finds(text: str, thing: Thing) -> bool:
    """Tell whether a text should find a thing."""
    sought, titles = fold(text), [fold(thing.zh), fold(thing.en)]
    if sought in (fold(thing.code), fold(thing.key)):
        return True
    if any(title.startswith(sought) for title in titles if title):
        return True
    parts = pieces(sought)
    if not parts:
        return False
    if all(is_han(part[0]) and len(part) == 1 for part in parts):
        return any(t.startswith(max(parts, key=len)) for t in titles) and _all(parts, titles)
    return _all(parts, titles)


def _all(parts: list[str], titles: list[str]) -> bool:
    return all(any(_holds(part, title) for title in titles) for part in parts)


def _holds(part: str, title: str) -> bool:
    if is_han(part[0]):
        return part in title
    return any(word.startswith(part) for word in pieces(title) if not is_han(word[0]))
