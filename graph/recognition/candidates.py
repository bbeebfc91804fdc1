"""Candidates: every application a plan may choose among, each by its own assignment (R8, R17, R19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.model.book import RuleBook
from graph.model.learning import Context, Result
from graph.model.rules import WaiverMode
from graph.model.trees import Reason
from graph.model.verdicts import Candidate, Granted, Verdict
from graph.recognition.amounts import plain
from graph.recognition.applications import Application, Applied
from graph.recognition.assignments import Assignment, Search, search
from graph.recognition.entries import Entry
from graph.recognition.index import Index, compiled
from graph.recognition.limits import Budget
from graph.recognition.question import Question
from graph.recognition.results import merged
from graph.recognition.scope import concerned

OPEN_TO_A_PLAN = (Verdict.MEETS_RULE, Verdict.CAPPED)


def candidates(
    book: RuleBook | Index, results: Iterable[Result], context: Context, *, conditional: bool = False
) -> tuple[Candidate, ...]:
    """Return the applications open to a plan: (rule version, alternative, assignment) with their grants.

    An application is among them if at least one of its grants is at MEETS_RULE or CAPPED, with
    ``conditional`` at CONDITIONAL too; its other grants are listed with their verdicts.
    """
    return candidates_in(
        Question(compiled(book), context, merged(results), Budget()), conditional=conditional
    )


def candidates_in(question: Question, *, conditional: bool = False) -> tuple[Candidate, ...]:
    """Return the applications open to a plan in one world.

    An application is a rule version, an alternative and its evidence: what differs only in which condition
    is open is one application.
    """
    wanted = (*OPEN_TO_A_PLAN, Verdict.CONDITIONAL) if conditional else OPEN_TO_A_PLAN
    entries = (question.index.entries[place] for place in sorted(concerned(question)))
    granting = (entry for entry in entries if not entry.denies)
    return tuple(one for entry in granting for one in _of(question, entry, wanted))


def _of(question: Question, entry: Entry, wanted: tuple[Verdict, ...]) -> Iterator[Candidate]:
    question.budget.next_rule()
    for way in entry.ways:
        found = search(question, entry, way)
        seen: set[int] = set()
        for assignment in found.assignments:
            if assignment.mask in seen or _of_unknown_credit(question, assignment):
                continue
            seen.add(assignment.mask)
            one = _candidate(question, entry, found, assignment)
            if any(grant.verdict in wanted for grant in one.grants):
                yield one


def _of_unknown_credit(question: Question, assignment: Assignment) -> bool:
    """Tell whether a pool is met only by a result of unknown credit, which a plan never takes (R10)."""
    unknown = (Reason.CREDIT_UNKNOWN, Reason.NO_FACTOR)
    return any(reason in unknown and subject in question.by_id for reason, subject in assignment.opens)


def _candidate(question: Question, entry: Entry, found: Search, assignment: Assignment) -> Candidate:
    judged = Application(question, entry, assignment).judge()
    rule = entry.rule
    return Candidate(
        rule=rule.key,
        version=rule.version,
        alternative=found.way.place,
        evidence=question.ids(assignment.mask),
        priority=rule.priority,
        sharable=rule.sharable,
        repeatable=rule.repeatable,
        agreement=rule.agreement,
        fee=rule.fee,
        grants=tuple(_granted(one) for one in judged),
        limited=found.limited,
    )


def _granted(one: Applied) -> Granted:
    giving, whole = one.aim.giving, one.whole
    known = whole is not None and whole.counts and whole.amount is not None
    return Granted(
        grant=one.aim.grant,
        target=one.aim.target,
        verdict=one.verdict,
        gives=one.gives,
        mode=giving.mode if giving else WaiverMode.FULL,
        with_credit=giving.with_credit if giving else False,
        credit=plain(whole.amount) if known and whole and whole.amount is not None else None,
        scheme=whole.scheme if whole and whole.counts else "",
        reason=one.reason,
    )
