"""The ground of an invented alliance: schemes, places, institutions, a framework."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from graph.exchange.invention.scale import Scale
from graph.exchange.invention.titles import PLACES, SCHOOLS, TOPICS, school
from graph.model.framework import (
    Descriptor,
    Dimension,
    Framework,
    Industry,
    Level,
    LevelRef,
    Referencing,
    Region,
)
from graph.model.institutions import Alliance, Decision, Institution, InstitutionKind, Membership, Method
from graph.model.schemes import (
    CreditScheme,
    Edition,
    Factor,
    GradeStep,
    GradingScheme,
    Licence,
    Rounding,
    Scheme,
    Source,
)
from graph.model.values import Fraction, Key, LongText, Text, Versioned

CREDITS = ("syn-hours16", "syn-hours18", "syn-notional10")
FRAMEWORK = Key("syn-frame:1:F")
OTHER = Key("syn-frame:1:G")
OPENED = date(2015, 1, 1)


def institution(number: int) -> Key:
    """Return the key of an institution."""
    return Key(f"syn-inst:-:I{number:05}")


def region(number: int) -> Key:
    """Return the key of a region."""
    return Key(f"syn-region:1:{(number % len(PLACES) + 1) * 10000:06}")


def industry(number: int) -> Key:
    """Return the key of an industry class of the second rank."""
    return Key(f"syn-industry:1:{number % len(TOPICS) + 1:02}")


def schemes() -> Iterator[Versioned]:
    """Yield licence, source, and every scheme."""
    yield Licence(key=Key("synthetic"), version=1, title=Text(zh="合成数据", en="synthetic"))
    yield Source(key=Key("generated"), version=1, title=Text(zh="生成器", en="generator"))
    numbered = {"syn-inst": "institution", "syn-region": "region", "syn-industry": "industry"}
    numbered |= {
        "syn-frame": "framework",
        "syn-unit": "unit",
        "syn-outcome": "outcome",
        "syn-prog": "programme",
    }
    for key, concept in numbered.items():
        editions = (Edition(code="-" if concept == "institution" else "1"),)
        title = Text(zh=f"合成编码 {concept}", en=f"synthetic codes of {concept}")
        yield Scheme(key=Key(key), version=1, title=title, concept=concept, editions=editions)
    yield from _credits()
    yield from _grades()


def _credits() -> Iterator[Versioned]:
    hours = (Decimal(16), Decimal(18), None)
    for key, count in zip(CREDITS, hours, strict=True):
        title = Text(zh=f"学分制 {key}", en=f"credit scheme {key}")
        step = Decimal("0.5") if count else Decimal(1)
        yield CreditScheme(
            key=Key(key), version=1, title=title, step=step, rounding=Rounding.HALF_UP, class_hours=count
        )
    for source, target, factor in (
        (0, 1, Fraction(numerator=8, denominator=9)),
        (2, 0, Fraction(numerator=5, denominator=8)),
    ):
        yield Factor(
            key=Key(f"X{source}{target}"),
            version=1,
            from_scheme=CREDITS[source],
            to_scheme=CREDITS[target],
            factor=factor,
        )


def _grades() -> Iterator[Versioned]:
    words = (("不及格", "fail"), ("及格", "pass"), ("中等", "fair"), ("良好", "good"), ("优秀", "excellent"))
    steps = tuple(GradeStep(value=zh, title=Text(zh=zh, en=en)) for zh, en in words)
    five = Text(zh="五级制", en="five grades")
    yield GradingScheme(key=Key("syn-five"), version=1, title=five, pass_mark="及格", grades=steps)
    hundred = Text(zh="百分制", en="hundred marks")
    yield GradingScheme(
        key=Key("syn-hundred"),
        version=1,
        title=hundred,
        pass_mark="60",
        lowest=Decimal(0),
        highest=Decimal(100),
    )


def places() -> Iterator[Versioned]:
    """Yield regions and industries."""
    for number, (zh, en) in enumerate(PLACES):
        yield Region(key=region(number), version=1, title=Text(zh=zh, en=en), rank=1)
    yield Industry(
        key=Key("syn-industry:1:A"), version=1, title=Text(zh="服务与制造", en="services and making")
    )
    for number, (zh, en) in enumerate(TOPICS):
        broader = (Key("syn-industry:1:A"),)
        yield Industry(key=industry(number), version=1, title=Text(zh=zh, en=en), rank=2, broader=broader)


def framework() -> Iterator[Versioned]:
    """Yield a framework of 10 levels, one of 7, and how their levels compare."""
    for key, count in ((FRAMEWORK, 10), (OTHER, 7)):
        levels = tuple(_level(ordinal) for ordinal in range(1, count + 1))
        dimensions = tuple(Dimension(code=code, title=Text(zh=zh, en=code)) for code, zh in _DIMENSIONS)
        title = Text(zh=f"{count} 级框架", en=f"framework of {count} levels")
        yield Framework(key=key, version=1, title=title, dimensions=dimensions, levels=levels)
    for ordinal in range(1, 8):
        one, other = (
            LevelRef(framework=FRAMEWORK, ordinal=ordinal + 2),
            LevelRef(framework=OTHER, ordinal=ordinal),
        )
        yield Referencing(key=Key(f"L{ordinal}"), version=1, level=one, other=other, document="Synthetic 1")


_DIMENSIONS = (("knowledge", "知识"), ("skills", "技能"), ("competence", "能力"))


def _level(ordinal: int) -> Level:
    texts = tuple(
        Descriptor(
            dimension=code, text=LongText(zh=f"第 {ordinal} 级的{zh}", en=f"{code} of level {ordinal}")
        )
        for code, zh in _DIMENSIONS
    )
    return Level(ordinal=ordinal, title=Text(zh=f"第 {ordinal} 级", en=f"level {ordinal}"), descriptors=texts)


def bodies(scale: Scale) -> Iterator[Versioned]:
    """Yield institutions, alliances, memberships, decisions and methods."""
    for number in range(scale.institutions):
        yield Institution(
            key=institution(number),
            version=1,
            title=school(number),
            kinds=(InstitutionKind[SCHOOLS[number % len(SCHOOLS)][2]],),
            region=region(number),
            credit_scheme=CREDITS[number % 3],
        )
    for number in range(3):
        title = Text(zh=f"{PLACES[number][0]}学分互认联盟", en=f"{PLACES[number][1]} recognition alliance")
        yield Alliance(key=Key(f"A{number}"), version=1, title=title, founded=OPENED)
    yield from _memberships(scale)
    yield from _papers(scale)


def _memberships(scale: Scale) -> Iterator[Versioned]:
    for number in range(scale.institutions):
        yield Membership(
            key=Key(f"B{number:05}"),
            version=1,
            alliance=Key(f"A{number % 3}"),
            institution=institution(number),
            valid_from=OPENED,
            valid_to=date(2030, 1, 1) if number % 17 == 5 else None,
        )


def _papers(scale: Scale) -> Iterator[Versioned]:
    for number in range(scale.institutions):
        title = Text(zh=f"{school(number).zh}学分认定办法", en=f"Regulation of {school(number).en}")
        yield Method(key=Key(f"R{number:05}"), version=1, institution=institution(number), title=title)
    for number in range(max(5, scale.institutions // 20)):
        title = Text(zh=f"第 {number + 1} 批成果评审", en=f"review of batch {number + 1}")
        yield Decision(key=decision(number), version=1, title=title, body=institution(number), on=OPENED)


def decision(number: int) -> Key:
    """Return the key of a review decision."""
    return Key(f"D{number:04}")
