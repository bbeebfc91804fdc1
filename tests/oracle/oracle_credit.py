"""R14 and R15: what credit a grant gives, and what caps leave of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import floor

from oracle_targets import (
    Offer,
    all_blocks,
    catalogue_credit,
    consumed_target,
    of_this_programme,
    path_of,
    top_blocks,
)
from oracle_values import (
    Question,
    convert,
    converted,
    earned_in,
    live,
    outcome_of,
    programme_of,
    result_of,
    rounded,
    scheme_named,
)

from graph.model.caps import Cap, CapMeasure, CapScope, Overflow
from graph.model.learning import Consumption
from graph.model.outcomes import Block, OutcomeClass
from graph.model.rules import CreditRule, Rule, WaiverMode, Worth
from graph.model.values import Fraction as Share
from graph.model.values import Key
from graph.model.verdicts import Target, TargetKind

# --- R14 Credit ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Amount:
    """Credit in a scheme; ``value`` None where it is unknown."""

    value: Fraction | None
    scheme: str


def credit_given(q: Question, offer: Offer, evidence: Iterable[str]) -> Amount | None:
    """R14: fixed, ratio, or catalogue value; then the maximum; then rounded once. None: it carries none."""
    if not offer.carries_credit or offer.giving is None:
        return None
    worth = offer.giving.worth
    plain = _plain(q, offer.target, worth, evidence)
    scheme = scheme_named(q, plain.scheme)
    value = _at_most(q, plain, worth)
    if value is None or scheme is None:
        return Amount(None, plain.scheme)
    return Amount(rounded(value, scheme), plain.scheme)


def _plain(q: Question, target: Target, worth: Worth, evidence: Iterable[str]) -> Amount:
    if worth.fixed is not None:
        return Amount(Fraction(worth.fixed.amount), worth.fixed.scheme)
    if worth.rule is CreditRule.RATIO and worth.ratio is not None and worth.scheme is not None:
        earned = [earned_in(q, result_of(q, result_id), worth.scheme) for result_id in evidence]
        if None in earned:
            return Amount(None, worth.scheme)
        total = sum((amount for amount in earned if amount is not None), Fraction(0))
        return Amount(total * Fraction(worth.ratio.numerator, worth.ratio.denominator), worth.scheme)
    catalogue = catalogue_credit(q, target)
    return Amount(Fraction(catalogue.amount), catalogue.scheme) if catalogue else Amount(None, "")


def _at_most(q: Question, plain: Amount, worth: Worth) -> Fraction | None:
    if worth.maximum is None or plain.value is None:
        return plain.value
    maximum = converted(q, worth.maximum, plain.scheme)
    return None if maximum is None else min(plain.value, maximum)


# --- R15 Caps --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """What a cap sees of a grant: given now, or by a past application."""

    target: Target
    agreement: str | None
    classes: frozenset[OutcomeClass]
    credit: Amount | None
    full: bool
    """Counts under a cap by count."""


@dataclass(frozen=True)
class Ceiling:
    """A cap, or a residency minimum as a cap. ``limit`` None: a share over an undeclared total."""

    cap: Cap
    limit: Fraction | None
    scheme: str | None

    @property
    def by_count(self) -> bool:
        """It counts targets, not credit."""
        return self.cap.measure is CapMeasure.COUNT

    @property
    def waives(self) -> bool:
        """It lets the overflow be waived without credit."""
        return self.cap.overflow is Overflow.WAIVE_WITHOUT_CREDIT


def counted_as(
    q: Question, rule: Rule, offer: Offer, evidence: Iterable[str], credit: Amount | None
) -> Counted:
    """What caps see of a grant."""
    return Counted(offer.target, rule.agreement, classes_of(q, evidence), credit, offer.counted_full)


def classes_of(q: Question, ids: Iterable[str]) -> frozenset[OutcomeClass]:
    """R15: "Class: counts fully for every class in the evidence"."""
    wanted = {q.renamed.get(result_id, result_id) for result_id in ids}
    outcomes = [outcome_of(q, result.outcome) for result in q.results if result.id in wanted]
    return frozenset(outcome.outcome_class for outcome in outcomes if outcome)


@lru_cache(maxsize=4096)
def ceilings(q: Question) -> tuple[Ceiling, ...]:
    """The caps live on the application date (R3), and the residency minimums of the programme's blocks."""
    lived = [live(q.book.caps, key, q.today) for key in sorted({cap.key for cap in q.book.caps})]
    return (*(_ceiling(q, cap) for cap in lived if cap and _belongs(q, cap)), *_residencies(q))


def _belongs(q: Question, cap: Cap) -> bool:
    return cap.institution == q.context.institution and cap.programme in (None, q.context.programme)


def _ceiling(q: Question, cap: Cap) -> Ceiling:
    programme = programme_of(q)
    if cap.count is not None:
        return Ceiling(cap, Fraction(cap.count), None)
    if cap.credit is not None:
        return Ceiling(cap, Fraction(cap.credit.amount), cap.credit.scheme)
    total = _declared(q, cap)
    share = Fraction(cap.share.numerator, cap.share.denominator) if cap.share else Fraction(1)
    limit = None if total is None else share * total
    return Ceiling(cap, limit, programme.credit_scheme if programme else None)


def _declared(q: Question, cap: Cap) -> Fraction | None:
    """Values: a share is of a declared total: of the block; of the topmost blocks with the tag; else of the
    programme. None: not declared."""
    if cap.scope is CapScope.BLOCK:
        parts = [block for block in all_blocks(q) if block.code == cap.block]
    elif cap.scope is CapScope.TAG:
        parts = _topmost_with(cap.tag, top_blocks(q))
    else:
        programme = programme_of(q)
        found = (
            (programme.courses if cap.measure is CapMeasure.COUNT else programme.credit)
            if programme
            else None
        )
        return None if found is None else Fraction(found)
    totals = [block.courses if cap.measure is CapMeasure.COUNT else block.credit for block in parts]
    return (
        sum((Fraction(total) for total in totals if total is not None), Fraction(0))
        if None not in totals
        else None
    )


def _topmost_with(tag: str | None, blocks: Iterable[Block]) -> list[Block]:
    found = []
    for block in blocks:
        found.extend([block] if tag in block.tags else _topmost_with(tag, block.blocks))
    return found


def _residencies(q: Question) -> list[Ceiling]:
    """Values: "A residency minimum m of a total t is a cap of t - m that refuses"."""
    programme = programme_of(q)
    found = []
    for block in all_blocks(q):
        if block.residency is not None and programme is not None:
            cap = Cap(
                key=Key(f"residency {block.code}"),
                institution=programme.institution,
                scope=CapScope.BLOCK,
                block=block.code,
                share=Share(numerator=1),
            )
            limit = None if block.credit is None else Fraction(block.credit) - Fraction(block.residency)
            found.append(Ceiling(cap, limit, programme.credit_scheme))
    return found


def covers(q: Question, ceiling: Ceiling, counted: Counted) -> bool:
    """Tell whether a grant of now falls under a cap's scope."""
    cap = ceiling.cap
    path = path_of(q, counted.target)
    return {
        CapScope.PROGRAMME: q.context.programme is not None,
        CapScope.BLOCK: any(block.code == cap.block for block in path),
        CapScope.TAG: any(cap.tag in block.tags for block in path),
        CapScope.AGREEMENT: counted.agreement == cap.agreement,
        CapScope.YEAR: True,
        CapScope.SOURCE_CLASS: cap.source_class in counted.classes,
    }[cap.scope]


def counts_under(q: Question, ceiling: Ceiling, counted: Counted) -> bool:
    """A cap by credit counts grants that bring credit; a cap by count, targets waived in full."""
    brings = counted.credit is not None and counted.credit.value != 0
    return (counted.full if ceiling.by_count else brings) and covers(q, ceiling, counted)


def consumed_under(q: Question, ceiling: Ceiling) -> list[Counted]:
    """R15: "already consumed". "Year: calendar year, per receiving institution. Agreement: this account, all
    versions". The other scopes are of this programme."""
    rows = {
        CapScope.AGREEMENT: list(q.context.consumed),
        CapScope.YEAR: [
            row
            for row in q.context.consumed
            if row.institution == q.context.institution and row.on.year == q.today.year
        ],
    }.get(ceiling.cap.scope, of_this_programme(q))
    counted = [one for row in rows for one in _counted_row(q, row)]
    return [one for one in counted if counts_under(q, ceiling, one)]


def _counted_row(q: Question, row: Consumption) -> list[Counted]:
    classes = classes_of(q, row.results)
    found = []
    for given in row.targets:
        target = consumed_target(given)
        whole = given.mode is WaiverMode.FULL and target.kind in (TargetKind.OUTCOME, TargetKind.UNIT)
        counts = given.credit is not None and given.mode is WaiverMode.FULL
        credit = (
            Amount(Fraction(given.credit.amount), given.credit.scheme) if given.credit and counts else None
        )
        found.append(Counted(target, row.agreement, classes, credit, whole))
    return found


def measured(q: Question, ceiling: Ceiling, all_counted: Iterable[Counted]) -> Fraction | None:
    """The sum under a cap, in its own scheme; None: an amount or a factor is unknown."""
    if ceiling.by_count:
        return Fraction(len({one.target for one in all_counted if counts_under(q, ceiling, one)}))
    amounts = [
        in_scheme(q, one.credit, ceiling.scheme) for one in all_counted if counts_under(q, ceiling, one)
    ]
    return None if None in amounts else sum((amount for amount in amounts if amount is not None), Fraction(0))


def in_scheme(q: Question, amount: Amount | None, scheme: str | None) -> Fraction | None:
    """An amount in another scheme, or None."""
    return None if amount is None or amount.value is None else convert(q, amount.value, amount.scheme, scheme)


@dataclass(frozen=True)
class CapFinding:
    """What the caps say of one grant: ``open`` a factor or total is unknown; else capped or not; ``left``
    what is still counted of it (None: nothing is given)."""

    open: bool = False
    capped: bool = False
    left: Counted | None = None


def open_caps(q: Question, counted: Counted, before: list[Counted]) -> list[Ceiling]:
    """The caps under which an amount, a factor or a total is unknown."""
    before = _beside(counted, before)
    under = [ceiling for ceiling in ceilings(q) if counts_under(q, ceiling, counted)]
    sums = [measured(q, ceiling, [*consumed_under(q, ceiling), *before, counted]) for ceiling in under]
    return [one for one, total in zip(under, sums, strict=True) if total is None or one.limit is None]


def _beside(counted: Counted, before: list[Counted]) -> list[Counted]:
    """R17: a target counts once, elective credit apart."""
    if counted.target.kind is TargetKind.ELECTIVE:
        return before
    return [one for one in before if one.target != counted.target]


def under_caps(
    q: Question, counted: Counted, before: list[Counted], but: Iterable[Ceiling] = ()
) -> CapFinding:
    """R15 for one grant, after what was consumed and what this application gave ``before``."""
    before = _beside(counted, before)
    under = [one for one in ceilings(q) if counts_under(q, one, counted) and one not in but]
    sums = {
        ceiling: measured(q, ceiling, [*consumed_under(q, ceiling), *before, counted]) for ceiling in under
    }
    if any(total is None or ceiling.limit is None for ceiling, total in sums.items()):
        return CapFinding(open=True)
    binding = [ceiling for ceiling in under if not _within(sums[ceiling], ceiling.limit)]
    if not binding:
        return CapFinding(left=counted)
    if counted.target.kind is TargetKind.ELECTIVE:
        return CapFinding(capped=True, left=_cut(q, counted, before, under))
    waived = all(ceiling.waives for ceiling in binding)
    return CapFinding(capped=True, left=replace(counted, credit=None) if waived else None)


def _within(total: Fraction | None, limit: Fraction | None) -> bool:
    return total is not None and limit is not None and total <= limit


def _cut(q: Question, counted: Counted, before: list[Counted], under: list[Ceiling]) -> Counted | None:
    """R15: "elective credit is cut to the step": the largest multiple of the step that every cap leaves."""
    for amount in multiples_below(q, counted.credit):
        less = replace(counted, credit=amount)
        everything = [
            (ceiling, measured(q, ceiling, [*consumed_under(q, ceiling), *before, less])) for ceiling in under
        ]
        if all(_within(total, ceiling.limit) for ceiling, total in everything):
            return less
    return None


def multiples_below(q: Question, amount: Amount | None) -> list[Amount]:
    """The multiples of the scheme's step from the amount downwards, nothing excepted."""
    scheme = scheme_named(q, amount.scheme) if amount else None
    if amount is None or amount.value is None or scheme is None:
        return []
    step = Fraction(scheme.step)
    return [Amount(steps * step, amount.scheme) for steps in range(floor(amount.value / step), 0, -1)]
