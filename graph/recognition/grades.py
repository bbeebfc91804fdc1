"""Grades: the pass mark, minimum grades, and what is recorded (R6, R18, Grant)."""

from __future__ import annotations

from decimal import Decimal

from graph.model.rules import Giving, GradeTreatment
from graph.model.trees import Finding
from graph.model.values import Grade
from graph.recognition.question import Held, Question


def passed(question: Question, grade: Grade | None) -> Finding:
    """Test a grade against its scheme's pass mark; a completed result without a grade passes."""
    if grade is None:
        return Finding.PASS
    scheme = question.index.grading_schemes.known(grade.scheme, question.day)
    return reaches(question, grade, Grade(scheme=grade.scheme, value=scheme.pass_mark) if scheme else None)


def reaches(question: Question, grade: Grade | None, minimum: Grade | None) -> Finding:
    """Test a grade against a minimum; missing, of another or unknown scheme or value: open."""
    if grade is None or minimum is None or grade.scheme != minimum.scheme:
        return Finding.OPEN
    mine, least = mark(question, grade), mark(question, minimum)
    if mine is None or least is None:
        return Finding.OPEN
    return Finding.PASS if mine >= least else Finding.FAIL


def attains(question: Question, held: Held, minimum: Grade | None) -> Finding:
    """Test a result against a minimum; the best grade reaches every one that is known (R20, R22)."""
    if held.best:
        return Finding.PASS if minimum and mark(question, minimum) is not None else Finding.OPEN
    return reaches(question, held.result.grade, minimum)


def mark(question: Question, grade: Grade) -> Decimal | None:
    """Return where a grade stands in its scheme, larger is better."""
    scheme = question.index.grading_schemes.known(grade.scheme, question.day)
    return scheme.place(grade.value) if scheme else None


def lowest(question: Question, evidence: tuple[Held, ...]) -> Grade | None:
    """Return the lowest grade, if all the evidence is graded in one known scheme."""
    grades = [held.result.grade for held in evidence]
    given = [grade for grade in grades if grade is not None]
    marks = [(mark(question, grade), grade) for grade in given]
    if not grades or len(given) < len(grades) or len({grade.scheme for grade in given}) > 1:
        return None
    placed = [(place, grade) for place, grade in marks if place is not None]
    return min(placed, key=lambda one: one[0])[1] if len(placed) == len(grades) else None


def recorded(question: Question, giving: Giving, evidence: tuple[Held, ...]) -> tuple[Grade | None, bool]:
    """Return the grade to record (None: the pass word) and whether that is not as the grant wished."""
    if giving.grade is GradeTreatment.PASS_WORD:
        return None, False
    if giving.grade is GradeTreatment.FIXED:
        return giving.grade_at, False
    carried = lowest(question, evidence)
    if carried is None or giving.grade is GradeTreatment.CARRIED:
        return carried, carried is None
    return _capped(question, carried, giving.grade_at)


def _capped(question: Question, carried: Grade, at: Grade | None) -> tuple[Grade | None, bool]:
    over = reaches(question, carried, at)
    if over is Finding.OPEN:
        return None, True
    return (at if over is Finding.PASS else carried), False
