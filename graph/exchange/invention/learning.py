"""What an invented alliance teaches: units, outcomes, programme versions, mappings."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from graph.exchange.invention.ground import CREDITS, FRAMEWORK, decision, industry, institution
from graph.exchange.invention.scale import Dice, Scale
from graph.exchange.invention.titles import SCHOOLS, TOPICS, course, deed
from graph.model.framework import LevelRef
from graph.model.outcomes import Block, Programme, Requirement, RequirementKind, Statement, Unit
from graph.model.values import Credit, Key, LongText, Stage, Text, Versioned

_DIMENSIONS = ("knowledge", "skills", "competence")
_SETS = ('["S1"]', '["S2"]', '["S3"]', '["S1","S2"]', '["S2","S3"]', '["S1","S3"]')
_TAGS = ("compulsory", "elective", "practice")


def unit(number: int) -> str:
    """Return the key of a unit."""
    return f"syn-unit:1:U{number:05}"


def outcome(number: int) -> str:
    """Return the key of an outcome; those of one institution are numbered in a row."""
    return f"syn-outcome:1:O{number:06}"


def programme(school: int, place: int) -> Key:
    """Return the key of one of an institution's programme versions."""
    return Key(f"syn-prog:1:P{school:05}-{place}")


def units(scale: Scale) -> Iterator[Versioned]:
    """Yield the units, each of three statements."""
    for number in range(scale.units):
        zh, en = course(number * 7)
        yield Unit(
            key=Key(unit(number)),
            version=1,
            title=Text(zh=f"{zh}单元", en=f"Unit: {en}"),
            credit=Credit(amount=Decimal(number % 4 + 1), scheme=CREDITS[0]),
            level=LevelRef(framework=FRAMEWORK, ordinal=number % 8 + 2),
            hours=Decimal(16 * (number % 4 + 1)),
            owner=institution(number % scale.institutions),
            industries=(industry(number),),
            statements=tuple(_statement(place, number) for place in range(3)),
            decision=decision(number % 5),
        )


def _statement(place: int, number: int) -> Statement:
    zh, en = deed(place, number * 7)
    return Statement(code=f"S{place + 1}", dimension=_DIMENSIONS[place], text=LongText(zh=zh, en=en))


def outcomes(scale: Scale, seed: int) -> Iterator[str]:
    """Yield the outcomes as canonical JSON: three quarters courses, the rest certificates and the like."""
    dice = Dice(seed, "outcomes")
    for number in range(scale.outcomes):
        school, place = divmod(number, scale.own)
        yield _outcome(number, school, place, dice)


def _outcome(number: int, school: int, place: int, dice: Dice) -> str:
    zh, en = course(place + school * 11)
    stage = SCHOOLS[school % len(SCHOOLS)][3]
    kind, group, series = ("COURSE", "DEGREE", "") if place % 4 else _certificate(number, place)
    level = f'{{"framework":"{FRAMEWORK}","ordinal":{number % 6 + 2}}}'
    return (
        f'{{"credit":{{"amount":"{place % 5 + 1}","scheme":"{CREDITS[school % 3]}"}},"industries":'
        f'["{industry(place)}"],"issuer":"{institution(school)}","key":"{outcome(number)}","kind":"{kind}",'
        f'"level":{level},"outcomeClass":"{group}"{_parts(number, place, dice)}{series}'
        f'"stage":"{stage}","tags":["{_TAGS[place % 3]}"],"title":{{"en":"{en}","zh":"{zh}"}},"version":1}}'
    )


def _certificate(number: int, place: int) -> tuple[str, str, str]:
    kind = ("CERTIFICATE", "EXAM", "EXPERIENCE")[place // 4 % 3]
    return kind, "NO_FIXED_FORM" if kind == "EXPERIENCE" else "NON_DEGREE", f'"series":"K{number // 12}",'


def _parts(number: int, place: int, dice: Dice) -> str:
    if place < 8 or not dice.chance(6):
        return ","
    earlier = number - 1 - dice.below(7)
    name = "parts" if place % 2 else "prerequisites"
    return f',"{name}":["{outcome(earlier)}"],'


def programmes(scale: Scale, seed: int) -> Iterator[Versioned]:
    """Yield each institution's programme versions of two intakes, in four blocks over its own courses."""
    dice = Dice(seed, "programmes")
    for school in range(scale.institutions):
        for place in range(scale.programmes):
            yield _programme(scale, school, place, dice)


def _programme(scale: Scale, school: int, place: int, dice: Dice) -> Programme:
    zh, en = TOPICS[(school + place) % len(TOPICS)]
    return Programme(
        key=programme(school, place),
        version=1,
        institution=institution(school),
        title=Text(zh=f"{zh}专业培养方案", en=f"Programme in {en}"),
        major=f"{school % 90 + 10}{place:02}",
        intake=2019 + place * 2,
        stage=Stage[SCHOOLS[school % len(SCHOOLS)][3]],
        credit_scheme=CREDITS[school % 3],
        credit=Decimal(140 + dice.below(5) * 5),
        courses=40,
        blocks=_blocks(scale, school, place),
    )


def _blocks(scale: Scale, school: int, place: int) -> tuple[Block, ...]:
    first = school * scale.own
    own = [Key(outcome(first + (place + step) % scale.own)) for step in range(min(scale.own, 30))]
    third = len(own) // 3
    twenty = Requirement(kind=RequirementKind.CREDITS, n=Decimal(20))
    politics = Block(
        code="POL", title=Text(zh="思政", en="Politics"), tags=("politics",), non_exemptible=tuple(own[:1])
    )
    return (
        Block(
            code="C",
            title=Text(zh="必修", en="Compulsory"),
            tags=("compulsory",),
            credit=Decimal(60),
            courses=20,
            outcomes=tuple(own[:third]),
            residency=Decimal(12) if school % 4 == 0 else None,
            blocks=(politics,),
        ),
        Block(
            code="E",
            title=Text(zh="选修", en="Elective"),
            tags=("elective",),
            requirement=twenty,
            credit=Decimal(40),
            courses=12,
            outcomes=tuple(own[third : 2 * third]),
        ),
        Block(
            code="P",
            title=Text(zh="实践", en="Practice"),
            tags=("practice",),
            credit=Decimal(20),
            outcomes=tuple(own[2 * third :]),
        ),
    )


def mappings(scale: Scale, seed: int) -> Iterator[str]:
    """Yield the mappings as canonical JSON; each outcome maps to units of its neighbourhood."""
    dice = Dice(seed, "mappings")
    each = scale.mappings / scale.outcomes
    for number in range(scale.mappings):
        source = int(number / each)
        target = unit((source * 13 + dice.few(scale.units)) % scale.units)
        covered = '"statements":' + _SETS[dice.below(6)] if dice.chance(75) else ""
        whole = ',"whole":true' if not covered else ""
        yield (
            f'{{"decision":"{decision(number % 5)}","key":"M{number:06}","outcome":"{outcome(source)}",'
            f'{covered}{"," if covered else ""}"unit":"{target}","version":1{whole}}}'
        )
