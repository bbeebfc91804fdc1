"""Conformance: the whole suite as a class to subclass with two fixtures, and the standing it computes.

class TestOurs(Conformance):
    @pytest.fixture
    def subject(self): return Subject(manifest=..., stage=...)
    @pytest.fixture
    def sample(self): return Sample(known=..., other=..., unknown=..., hidden=(...))
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from connectors.clauses import CLAUSES, Broken
from connectors.errors import SourceError
from connectors.scenes import Sample, Subject, Untested
from connectors.standings import Standing as Standing


class Finding(StrEnum):
    """What a check came to; EXCUSED where the integrator said why the clause does not apply."""

    HOLDS = "HOLDS"
    BROKEN = "BROKEN"
    UNTESTED = "UNTESTED"
    EXCUSED = "EXCUSED"


class Line(Struct, frozen=True):
    """One clause, what was found, and why."""

    clause: str
    says: str
    finding: Finding
    why: str = ""


RULES: tuple[tuple[Standing, tuple[str, ...]], ...] = (
    (Standing.BRONZE, ("C1", "C2", "C3", "C4", "C5", "C6", "C10")),
    (Standing.SILVER, ("C7", "C8", "C9", "C11", "C12", "C13")),
    (Standing.GOLD, ("C14", "C15", "C16", "C17")),
)
"""Each standing needs its own clauses and those of the standings below: all hold, or are excused."""

UNEXCUSABLE = frozenset({"C1", "C2", "C3", "C10"})


async def examine(subject: Subject, sample: Sample) -> tuple[Line, ...]:
    """Run every check."""
    return tuple([await _line(clause, subject, sample) for clause in CLAUSES])


def standing(lines: Iterable[Line]) -> Standing:
    """Compute the standing by ``RULES``; nothing broken is forgiven, at any standing."""
    found = {each.clause: each.finding for each in lines}
    if Finding.BROKEN in found.values():
        return Standing.NONE
    reached = Standing.NONE
    for step, clauses in RULES:
        if any(found.get(each) not in (Finding.HOLDS, Finding.EXCUSED) for each in clauses):
            break
        reached = step
    return reached


def because(lines: Iterable[Line]) -> str:
    """Say which rule keeps a connector from the next standing; nothing at the highest."""
    found = {each.clause: each.finding for each in lines}
    broken = [clause for clause, finding in found.items() if finding is Finding.BROKEN]
    if broken:
        return f"{', '.join(broken)} BROKEN: nothing broken is forgiven, at whatever standing its clause is"
    for step, clauses in RULES:
        lacking = [each for each in clauses if found.get(each) not in (Finding.HOLDS, Finding.EXCUSED)]
        if lacking:
            return f"{step.value} needs {', '.join(lacking)} to hold or be excused"
    return ""


async def _line(clause: str, subject: Subject, sample: Sample) -> Line:
    check = CLAUSES[clause]
    says = (check.__doc__ or "").strip()
    excuse = subject.excused.get(clause)
    if excuse and clause not in UNEXCUSABLE:
        return Line(clause, says, Finding.EXCUSED, excuse)
    try:
        await check(subject, sample)
    except Untested as why:
        return Line(clause, says, Finding.UNTESTED, str(why))
    except Broken as why:
        return Line(clause, says, Finding.BROKEN, str(why))
    except SourceError as error:
        return Line(clause, says, Finding.BROKEN, f"it raised {error!r}")
    except Exception as error:  # noqa: BLE001  (whatever it raised, the clause does not hold)
        return Line(clause, says, Finding.BROKEN, f"it raised {type(error).__name__}")
    return Line(clause, says, Finding.HOLDS)


class Conformance:
    """Subclass it and give the fixtures ``subject`` and ``sample``; pytest does the rest."""

    def hold(self, clause: str, subject: Subject, sample: Sample) -> None:
        """Fail with the clause and the reason unless it holds, is excused or cannot be staged."""
        line = asyncio.run(_line(clause, subject, sample))
        if line.finding is Finding.BROKEN:
            raise Broken(f"{line.says} But {line.why}.")

    def test_c1_a_known_learner_yields_something(self, subject: Subject, sample: Sample) -> None:
        """C1."""
        self.hold("C1", subject, sample)

    def test_c2_only_canonical_records(self, subject: Subject, sample: Sample) -> None:
        """C2."""
        self.hold("C2", subject, sample)

    def test_c3_an_unknown_learner_is_empty(self, subject: Subject, sample: Sample) -> None:
        """C3."""
        self.hold("C3", subject, sample)

    def test_c4_unreachable_is_unavailable(self, subject: Subject, sample: Sample) -> None:
        """C4."""
        self.hold("C4", subject, sample)

    def test_c5_refused_credentials_are_refused(self, subject: Subject, sample: Sample) -> None:
        """C5."""
        self.hold("C5", subject, sample)

    def test_c6_an_unreadable_answer_is_unreadable(self, subject: Subject, sample: Sample) -> None:
        """C6."""
        self.hold("C6", subject, sample)

    def test_c7_asking_twice_gives_the_same_identifiers(self, subject: Subject, sample: Sample) -> None:
        """C7."""
        self.hold("C7", subject, sample)

    def test_c8_two_learners_never_mix(self, subject: Subject, sample: Sample) -> None:
        """C8."""
        self.hold("C8", subject, sample)

    def test_c9_a_cancelled_question_stops_its_traffic(self, subject: Subject, sample: Sample) -> None:
        """C9."""
        self.hold("C9", subject, sample)

    def test_c10_nothing_personal_or_secret_is_shown(self, subject: Subject, sample: Sample) -> None:
        """C10."""
        self.hold("C10", subject, sample)

    def test_c11_a_batch_is_answered_by_key(self, subject: Subject, sample: Sample) -> None:
        """C11."""
        self.hold("C11", subject, sample)

    def test_c12_paging_ends(self, subject: Subject, sample: Sample) -> None:
        """C12."""
        self.hold("C12", subject, sample)

    def test_c13_an_answer_over_the_cap_is_cut_off(self, subject: Subject, sample: Sample) -> None:
        """C13."""
        self.hold("C13", subject, sample)

    def test_c14_damaged_text_is_counted_and_named(self, subject: Subject, sample: Sample) -> None:
        """C14."""
        self.hold("C14", subject, sample)

    def test_c15_resits_are_attempts(self, subject: Subject, sample: Sample) -> None:
        """C15."""
        self.hold("C15", subject, sample)

    def test_c16_a_vanished_record_is_reported(self, subject: Subject, sample: Sample) -> None:
        """C16."""
        self.hold("C16", subject, sample)

    def test_c17_staleness_is_declared(self, subject: Subject, sample: Sample) -> None:
        """C17."""
        self.hold("C17", subject, sample)
