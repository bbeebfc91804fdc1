"""The cast: a hundred learners whom nobody is, and what the members' systems hold of them. All synthetic."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from hub.demo.sources.systems import SYSTEMS, System

LEARNERS: Final = 100
SCHEME: Final = "demo"
"""The scheme of the learners' keys at the hub: ``demo:L001`` to ``demo:L100``."""

_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN: Final = (
    "伟",
    "芳",
    "秀英",
    "敏",
    "静",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "晓梅",
    "建国",
    "丽",
    "志远",
    "雨桐",
)
_DOTS: Final = "·•‧"
"""The ways in which systems write the dot of a name."""


@dataclass(frozen=True, slots=True, repr=False)
class Holding:
    """One row of one system: what a learner earned there. ``mark`` is written as that system writes marks."""

    id: str
    outcome: str
    title: str
    title_en: str
    amount: str
    scheme: str
    mark: str
    on: date

    @property
    def code(self) -> str:
        """The outcome's bare code."""
        return self.outcome.split(":", 2)[2]


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """One learner: the code at the hub, the name, and by system the code there and what is held."""

    code: str
    name: str
    codes: Mapping[str, str]
    holds: Mapping[str, tuple[Holding, ...]]

    def named(self, system: str) -> str:
        """Give the name as a system writes it: the middle dot of a name has several encodings."""
        return self.name.replace("·", _DOTS[sorted(SYSTEMS).index(system) % len(_DOTS)])


@cache
def cast() -> tuple[Person, ...]:
    """Give all learners, the same every time."""
    chance = random.Random(2015)  # noqa: S311 - a play, not a secret
    return tuple(_person(number, chance) for number in range(1, LEARNERS + 1))


def known_to(system: str) -> dict[str, Person]:
    """Give the learners a system knows, by their codes there."""
    return {person.codes[system]: person for person in cast() if system in person.codes}


def catalogue(system: System) -> Sequence[Mapping[str, Any]]:
    """Give the outcomes a system speaks of, as the demo alliance has them, in order of their keys."""
    return [each for key, each in sorted(_outcomes().items()) if key.startswith(system.outcomes)]


def _person(number: int, chance: random.Random) -> Person:
    if number == 1:
        return _courier(chance)
    places = sorted(chance.sample(sorted(SYSTEMS), chance.choice((1, 2, 2, 3, 3, 4))))
    name = chance.choice(_SURNAMES) + chance.choice(_GIVEN)
    if number % 25 == 7:
        name = "阿卜杜拉·买买提"
    return _at(places, number, name, chance)


def _courier(chance: random.Random) -> Person:
    """The first learner holds the courier's certificate and some courses: the story of the tour."""
    person = _at(["cqrtvu", "ouc", "yzpj"], 1, "秦小邮", chance)
    told = _outcomes()["postal-cert:2019:COURIER-1"]
    certificate = _holding("yzpj-1-0", told, "良好", date(2023, 6, 1))
    others = (one for one in person.holds["yzpj"] if one.outcome != certificate.outcome)
    return Person(person.code, person.name, person.codes, {**person.holds, "yzpj": (certificate, *others)})


def _at(places: Sequence[str], number: int, name: str, chance: random.Random) -> Person:
    codes = {place: _code(SYSTEMS[place], number) for place in places}
    holds = {place: tuple(_holdings(SYSTEMS[place], number, chance)) for place in places}
    return Person(f"L{number:03}", name, codes, holds)


def _code(system: System, number: int) -> str:
    """Number a learner as the system does; no two systems number alike."""
    return f"{system.prefix}{20_000 + number * 37 % 9_973:05}"


def _holdings(system: System, number: int, chance: random.Random) -> Iterator[Holding]:
    ours = catalogue(system)
    chosen = chance.sample(ours, min(len(ours), chance.randint(2, 6)))
    for place, outcome in enumerate(sorted(chosen, key=lambda each: str(each["key"])), 1):
        day = date(2019, 9, 1) + timedelta(days=chance.randrange(365 * 6))
        yield _holding(f"{system.code}-{number}-{place}", outcome, chance.choice(system.marks), day)


def _holding(name: str, outcome: Mapping[str, Any], mark: str, day: date) -> Holding:
    credit, title = outcome["credit"], outcome["title"]
    return Holding(
        name, outcome["key"], title["zh"], title.get("en", ""), credit["amount"], credit["scheme"], mark, day
    )


@cache
def _outcomes() -> dict[str, Mapping[str, Any]]:
    lines = (files("hub.demo") / "alliance" / "outcomes.jsonl").read_text("utf-8").splitlines()
    return {each["key"]: each for each in map(json.loads, lines)}
