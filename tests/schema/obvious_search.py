"""The search done slowly and obviously, character by character, over the files of the demo alliance."""

import csv
import json
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise
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


class Spelled(NamedTuple):
    """A thing as it is compared: its names, its titles, and the words of its titles."""

    names: tuple[str, str]
    titles: tuple[str, ...]
    words: tuple[str, ...]


def spelled(thing: Thing) -> Spelled:
    titles = tuple(fold(title) for title in (thing.zh, thing.en) if title)
    words = tuple(word for title in titles for word in pieces(title) if not is_han(word[0]))
    return Spelled((fold(thing.code), fold(thing.key)), titles, words)


class Obvious:
    """Things, and which of them a text should find."""

    def __init__(self, things: list[Thing]) -> None:
        self._things = [((thing.type, thing.key), spelled(thing)) for thing in things]

    @cache  # noqa: B019 - one for the whole run; both engines are compared with it
    def found(self, text: str) -> frozenset[tuple[str, str]]:
        sought = fold(text)
        parts = pieces(sought)
        return frozenset(name for name, thing in self._things if finds(sought, parts, thing))


def finds(sought: str, parts: list[str], thing: Spelled) -> bool:
    """Tell whether a folded text, cut into parts, should find a thing."""
    names, titles, words = thing
    if sought in names or begins_a_code(sought, *names) or any(title.startswith(sought) for title in titles):
        return True
    if parts and all(len(part) == 1 and is_han(part) for part in parts):
        titles = titles if any(title.startswith(parts[0]) for title in titles) else ()
    return bool(parts) and all(_holds(part, titles, words) for part in parts)


def begins_a_code(sought: str, code: str, key: str) -> bool:
    """Tell whether a text, in which a digit or a sign after a letter is, begins a code or a whole key."""
    signs = any(one.isalnum() and two in "-_.:/" for one, two in pairwise(sought))
    if not signs and not any(character in "0123456789" for character in sought):
        return False
    whole = sought.count(":") >= 2 and not sought.endswith(":")
    return code.startswith(sought) or (whole and key.startswith(sought))


def _holds(part: str, titles: tuple[str, ...], words: tuple[str, ...]) -> bool:
    if is_han(part[0]):
        return any(part in title for title in titles)
    return any(word.startswith(part) for word in words)
