"""What an invented alliance recognises: agreements, rules, caps, exclusions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from msgspec import structs

from graph.exchange.invention.ground import CREDITS, decision, institution
from graph.exchange.invention.learning import outcome, programme, unit
from graph.exchange.invention.scale import Dice, Scale, zipf
from graph.exchange.invention.titles import PLACES
from graph.model.caps import Cap, CapMeasure, CapScope, Exclusion, Overflow
from graph.model.institutions import Agreement, Signature
from graph.model.outcomes import OutcomeClass
from graph.model.rules import (
    Alternative,
    Basis,
    BlockGrant,
    Clause,
    CreditRule,
    Denial,
    ElectiveGrant,
    Giving,
    Grant,
    OutcomeClause,
    OutcomeGrant,
    PoolClause,
    Rule,
    Tests,
    TextClause,
    UnitClause,
    UnitGrant,
    Worth,
)
from graph.model.values import Credit, Fraction, Grade, Key, LongText, Period, Text, Versioned


def agreement(school: int) -> Key:
    """Return the key of the agreement an institution receives under."""
    return Key(f"G{school:05}")


def partner(scale: Scale, school: int) -> int:
    """Return the other party of an institution's agreement."""
    return (school * 7 + 1) % scale.institutions if scale.institutions > 1 else 0


def agreements(scale: Scale) -> Iterator[Versioned]:
    """Yield one agreement per institution; one in fifty is not signed by both sides."""
    for school in range(scale.institutions):
        parties = tuple(dict.fromkeys((institution(school), institution(partner(scale, school)))))
        signed = parties[:1] if school % 50 == 49 else parties
        yield Agreement(
            key=agreement(school),
            version=1,
            title=Text(zh=f"{PLACES[school % 31][0]}互认协议", en=f"{PLACES[school % 31][1]} agreement"),
            parties=parties,
            alliance=Key(f"A{school % 3}"),
            signatures=tuple(Signature(party=party, on=date(2016, 3, 1)) for party in signed),
            articulation=school % 5 == 0,
            valid_from=date(2016, 3, 1),
        )


def rules(scale: Scale, seed: int) -> Iterator[Versioned]:
    """Yield the rules, most of them at few institutions."""
    dice, number = Dice(seed, "rules"), 0
    for school, count in enumerate(zipf(scale.rules, scale.most_rules, scale.institutions)):
        for _ in range(count):
            yield _rule(scale, number, school, dice)
            number += 1


def _rule(scale: Scale, number: int, school: int, dice: Dice) -> Rule:
    denies = dice.chance(15)
    return Rule(
        key=Key(f"Q{number:06}"),
        version=1,
        institution=institution(school),
        title=Text(zh=f"第 {number + 1} 条", en=f"Rule {number + 1}"),
        programme=programme(school, dice.below(scale.programmes)),
        agreement=agreement(school) if dice.chance(40) else None,
        method=Key(f"R{school:05}"),
        article=f"第{number % 30 + 1}条",
        basis=Basis.APPLICATION if dice.chance(30) else Basis.COMPLETION,
        valid_from=date(2016 + dice.below(6), 9, 1),
        valid_to=date(2026 + dice.below(6), 9, 1) if dice.chance(30) else None,
        priority=10 * (dice.below(10) + 1) if dice.chance(25) else 100,
        sharable=dice.chance(10),
        alternatives=tuple(_alternative(scale, school, dice) for _ in range(2 if dice.chance(20) else 1)),
        grants=(_denial(scale, school, dice),) if denies else _grants(scale, school, dice),
        decision=decision(number % 5),
    )


def _alternative(scale: Scale, school: int, dice: Dice) -> Alternative:
    clauses = [_clause(scale, school, dice) for _ in range(dice.few(4) + 1)]
    return Alternative(clauses=tuple(clauses), one_issuer=dice.chance(5), credit_not_below=dice.chance(10))


def _clause(scale: Scale, school: int, dice: Dice) -> Clause:
    kind = dice.below(100)
    if kind < 15:
        return UnitClause(unit=Key(unit(dice.few(scale.units))), tests=_tests(dice))
    if kind < 27:
        credit = Credit(amount=Decimal(dice.below(6) + 2), scheme=CREDITS[school % 3])
        return PoolClause(credit=credit, outcomes=_set(scale, dice.below(6) + 3, dice), tests=_tests(dice))
    if kind < 29:
        return TextClause(text=LongText(zh="经专家审核", en="as reviewed by experts"))
    return OutcomeClause(outcome=_source(scale, dice), tests=_tests(dice))


def _source(scale: Scale, dice: Dice) -> Key:
    return Key(outcome(dice.few(scale.outcomes)))


def _set(scale: Scale, count: int, dice: Dice) -> tuple[Key, ...]:
    return tuple(dict.fromkeys(_source(scale, dice) for _ in range(count)))


def _tests(dice: Dice) -> Tests:
    kind = dice.below(10)
    if kind == 0:
        return Tests(minimum_grade=Grade(scheme="syn-hundred", value=str(60 + dice.below(4) * 5)))
    if kind == 1:
        return Tests(minimum_grade=Grade(scheme="syn-five", value="良好"))
    return Tests(maximum_age=Period(years=dice.below(6) + 3)) if kind == 2 else Tests()


def _target(scale: Scale, school: int, dice: Dice) -> Key:
    return Key(outcome(school * scale.own + dice.below(min(scale.own, 30))))


def _denial(scale: Scale, school: int, dice: Dice) -> Denial:
    reason = LongText(zh="按管理办法不予认定", en="not recognised under the regulation")
    return Denial(outcome=_target(scale, school, dice) if dice.chance(80) else None, reason=reason)


def _grants(scale: Scale, school: int, dice: Dice) -> tuple[Grant, ...]:
    kind = dice.below(20)
    if kind == 0:
        return (ElectiveGrant(block="E", giving=_ratio(school)),)
    if kind == 1:
        return (BlockGrant(block="E"),)
    if kind == 2:
        return (UnitGrant(unit=Key(unit(dice.few(scale.units)))),)
    targets = dict.fromkeys(_target(scale, school, dice) for _ in range(dice.few(3) + 1))
    return tuple(OutcomeGrant(outcome=target, giving=_giving(school, dice)) for target in targets)


def _giving(school: int, dice: Dice) -> Giving:
    return _ratio(school) if dice.chance(10) else Giving()


def _ratio(school: int) -> Giving:
    maximum = Credit(amount=Decimal(4), scheme=CREDITS[school % 3])
    half = Fraction(numerator=1, denominator=2)
    return Giving(worth=Worth(rule=CreditRule.RATIO, ratio=half, scheme=CREDITS[school % 3], maximum=maximum))


def caps(scale: Scale) -> Iterator[Versioned]:
    """Yield four caps per institution: over its programmes, and three of the other scopes in turn."""
    for school in range(scale.institutions):
        limits = [_LIMITS[0], *(_LIMITS[1 + (school + place) % 5] for place in range(3))]
        for place, limit in enumerate(limits):
            key = Key(f"C{school:05}-{place}")
            method = Key(f"R{school:05}")
            yield structs.replace(limit(school), key=key, method=method)


def _cap(school: int, scope: CapScope) -> Cap:
    """Return a cap of 35 % of the declared credit, which the scopes then vary."""
    return Cap(
        key=Key("C"),
        version=1,
        institution=institution(school),
        programme=programme(school, 0),
        scope=scope,
        block="C" if scope is CapScope.BLOCK else None,
        tag="compulsory" if scope is CapScope.TAG else None,
        agreement=agreement(school) if scope is CapScope.AGREEMENT else None,
        source_class=OutcomeClass.NON_DEGREE if scope is CapScope.SOURCE_CLASS else None,
        share=Fraction(numerator=35, denominator=100),
        overflow=Overflow.WAIVE_WITHOUT_CREDIT if scope is CapScope.TAG else Overflow.REFUSE,
    )


def _programme_cap(school: int) -> Cap:
    return _cap(school, CapScope.PROGRAMME)


def _count_cap(school: int) -> Cap:
    share = Fraction(numerator=2, denominator=5)
    return structs.replace(_cap(school, CapScope.BLOCK), measure=CapMeasure.COUNT, share=share)


def _tag_cap(school: int) -> Cap:
    return _cap(school, CapScope.TAG)


def _agreement_cap(school: int) -> Cap:
    return _cap(school, CapScope.AGREEMENT)


def _class_cap(school: int) -> Cap:
    return _cap(school, CapScope.SOURCE_CLASS)


def _year_cap(school: int) -> Cap:
    credit = Credit(amount=Decimal(30), scheme=CREDITS[school % 3])
    return structs.replace(_cap(school, CapScope.YEAR), programme=None, share=None, credit=credit)


_LIMITS: tuple[Callable[[int], Cap], ...] = (
    _programme_cap,
    _count_cap,
    _tag_cap,
    _agreement_cap,
    _class_cap,
    _year_cap,
)


def exclusions(scale: Scale, seed: int) -> Iterator[Versioned]:
    """Yield two exclusions per institution, one among its targets and one among what others bring."""
    dice = Dice(seed, "exclusions")
    for school in range(scale.institutions):
        own = tuple(dict.fromkeys(_target(scale, school, dice) for _ in range(4)))
        brought = _set(scale, 4, dice)
        for place, members in enumerate((own, brought)):
            if len(members) > 1:
                reason = LongText(zh="内容重复", en="the contents overlap")
                yield Exclusion(
                    key=Key(f"E{school:05}-{place}"),
                    version=1,
                    outcomes=members,
                    institution=institution(school),
                    reason=reason,
                )
