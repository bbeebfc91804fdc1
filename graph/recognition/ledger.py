"""The ledger: what past applications, and earlier grants of this one, count towards caps (R15)."""

from __future__ import annotations

from dataclasses import dataclass

from graph.model.learning import ConsumedTarget, Consumption
from graph.model.outcomes import OutcomeClass
from graph.model.rules import WaiverMode
from graph.model.verdicts import Target, TargetKind
from graph.recognition.amounts import units
from graph.recognition.question import Question
from graph.recognition.targets import target_of


@dataclass(frozen=True, slots=True)
class Posting:
    """One target as it counts: its credit in 1/10,000, and where it was granted."""

    target: Target
    full: bool
    credit: int
    scheme: str
    agreement: str | None
    institution: str
    programme: str | None
    year: int
    classes: frozenset[OutcomeClass]

    @property
    def counted(self) -> bool:
        """Tell whether it is a target waived in full, which caps by count count; elective credit is not."""
        return self.full and self.target.kind in (TargetKind.OUTCOME, TargetKind.UNIT)


def postings(question: Question) -> tuple[Posting, ...]:
    """Return what past applications count."""
    found = question.memo.get("postings")
    if not isinstance(found, tuple):
        rows = question.context.consumed
        made = (_posting(question, row, one) for row in rows for one in row.targets)
        found = question.memo["postings"] = tuple(made)
    return found


def _posting(question: Question, row: Consumption, one: ConsumedTarget) -> Posting:
    full = one.mode is WaiverMode.FULL
    return Posting(
        target=target_of(one),
        full=full,
        credit=units(one.credit.amount) if one.credit and full else 0,
        scheme=one.credit.scheme if one.credit else "",
        agreement=row.agreement,
        institution=row.institution,
        programme=row.programme,
        year=row.on.year,
        classes=classes(question, row),
    )


def classes(question: Question, row: Consumption) -> frozenset[OutcomeClass]:
    """Return the classes of the results a past application used, as far as they are known."""
    held = [question.by_id[name] for name in row.results if name in question.by_id]
    return frozenset(one.outcome.outcome_class for one in held if one.outcome)


def evidence_classes(question: Question, mask: int) -> frozenset[OutcomeClass]:
    """Return the classes of the evidence."""
    return frozenset(held.outcome.outcome_class for held in question.chosen(mask) if held.outcome)
