"""Break the planner in listed ways, and show that the test named beside each catches it: ``make mutants``.

As in ``mutants.py`` a mutant is one exact replacement in a copy of the source; here each names its test.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from mutants import ROOT, run

ROOM: Final = "graph/planning"
PLANS: Final = "tests/graph/planning/test_plans.py"
SMALL: Final = "tests/graph/planning/test_planned.py"
RACE: Final = "tests/graph/planning/test_race.py"
PROOF: Final = "tests/graph/planning/test_proof.py"
BEST: Final = f"{PLANS}::test_a_plan_is_the_exhaustive_best_in_all_five_numbers"
FIRST: Final = f"{PLANS}::test_of_two_applications_that_grant_a_target_the_first_by_rank_is_shown_to"
LAST: Final = f"{PLANS}::test_what_a_cap_waives_is_what_comes_last"
BOTH: Final = f"{SMALL}::test_what_a_refusing_cap_has_no_room_for_no_other_cap_waives"
FEES: Final = f"{PLANS}::test_least_cost_is_the_smallest_sum_of_fees_among_plans_of_most_credit"
RULE: Final = f"{PLANS}::test_a_rule_asked_for_is_in_the_plan_though_another_gives_more"
EDGE: Final = f"{SMALL}::test_credit_is_waived_only_where_it_would_break_the_cap"
TWICE: Final = f"{SMALL}::test_2_of_a_target_consumed_twice_the_larger_credit_fills_its_block"
AUDIT: Final = f"{SMALL}::test_the_audit_tells_per_block_what_is_done_waived_and_missing"
RACED: Final = f"{RACE}::test_what_the_second_proves_ends_the_first_with_its_own_solution"
CUT: Final = f"{RACE}::test_what_the_time_cut_short_is_kept_only_if_it_is_no_worse"
REFUSED: Final = f"{PROOF}::test_a_plan_that_breaks_a_rule_is_refused"
WHOLE: Final = f"{PROOF}::test_a_course_is_granted_whole_or_not_at_all"
WAIVER: Final = f"{PROOF}::test_a_waiver_stands_only_where_a_cap_that_waives_leaves_no_room"


class Mutant(NamedTuple):
    """One way to break the planner: a file of graph/planning, the replacement, its meaning, its test."""

    file: str
    old: str
    new: str
    says: str
    test: str


MUTANTS: Final = (
    Mutant("lots.py", "one.uses.get(item.place) for one in", "0 for one in", "caps see no lots", BEST),
    Mutant(
        "model.py",
        "[gives.negated(), *choices]",
        "[gives.negated(), gives]",
        "what is not chosen gives",
        BEST,
    ),
    Mutant(
        "model.py",
        "[*together, self.used[place].negated()]",
        "together",
        "what is used is not counted",
        BEST,
    ),
    Mutant("offers.py", "if part != key)", "if part == key)", "a target and its part count twice", BEST),
    Mutant("model.py", "and held.place > place", "and held.place < 0", "results never clash", BEST),
    Mutant(
        "model.py", "for place in places) <= left)", "for place in places) <= left + 1)", "once more", BEST
    ),
    Mutant(
        "model.py", "self.model.add_bool_or(self._givers(own))", "list(own)", "no rule must be used", RULE
    ),
    Mutant("totals.py", "self.left + self.grows - amount", "self.left - amount", "full is over", EDGE),
    Mutant("totals.py", "marks) <= self.left)", "marks) <= self.left + self.grows)", "over is within", BOTH),
    Mutant("totals.py", "* self.grows\n", "* self.grows + self.grows\n", "a cap leaves more", BEST),
    Mutant("goals.py", "if lot.head.carries else", "if not lot.head.carries else", "credit is waived", BEST),
    Mutant("goals.py", "<= room.courses)", "<= room.courses + 1)", "a block takes one course more", BEST),
    Mutant("goals.py", "one.fee.amount if one.fee else", "Decimal(0) if one.fee else", "all is free", FEES),
    Mutant("solving.py", "goal.amount >= best if", "goal.amount >= best - 1 if", "nearly the best", BEST),
    Mutant("race.py", "self._found == self._best", "True", "a search ends before it has found", RACED),
    Mutant("solving.py", "gain >= 0 if goal.most", "gain <= 0 if goal.most", "the worse is kept", BEST),
    Mutant("solving.py", "else gain <= 0", "else gain >= 0", "cut short, the worse is kept", CUT),
    Mutant("rivals.py", "<= len(best.chosen) - 1", "<= len(best.chosen) - 2", "a tie lacks two", BEST),
    Mutant("rivals.py", "cp_model.INFEASIBLE: False", "cp_model.INFEASIBLE: True", "all ties", BEST),
    Mutant("offers.py", "max(limit.amount - used,", "max(limit.amount,", "nothing was consumed", BEST),
    Mutant("offers.py", "most - past.count(rule)", "most", "a past application is forgotten", BEST),
    Mutant("rooms.py", "max(before.credit, credit), 1", "credit, 1", "the last row fills a block", TWICE),
    Mutant("rooms.py", "row.state is TargetState.HELD", "row.state is None", "nothing is held", AUDIT),
    Mutant("canon.py", "in givers.values())", "in reversed(givers.values()))", "the last gives", FIRST),
    Mutant("canon.py", "for place in model.waived)", "for place in reversed(model.waived))", "first", LAST),
    Mutant("proof.py", "not self._conflict(one, other)", "True", "results are used twice", REFUSED),
    Mutant("proof.py", "<= one.repeatable", "<= one.repeatable + 1", "a rule once more", REFUSED),
    Mutant("proof.py", "not list(self._broken(self.now))", "True", "caps are broken", REFUSED),
    Mutant(
        "proof.py", "return _elective(gift.granted.target) and 0 <", "return 0 <", "a course is cut", WHOLE
    ),
    Mutant("proof.py", "not _elective(one)", "False", "a target counts twice", REFUSED),
    Mutant("proof.py", "bool(broken) and all(", "all(", "waived for no cap", WAIVER),
)


def listed() -> tuple[Mutant, ...]:
    """The mutants, each of which must fit its file exactly once."""
    for one in MUTANTS:
        count = (ROOT / ROOM / one.file).read_text(encoding="utf-8").count(one.old)
        if count != 1:
            raise SystemExit(f"{one.file}: {one.says}: {count} places, not one: {one.old!r}")
    return MUTANTS


def caught(one: Mutant) -> str:
    """How a mutant is caught by its test; empty if it is not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("graph", "tests", "benchmarks"):
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
            )
        shutil.copy(ROOT / "pyproject.toml", folder)
        source = folder / ROOM / one.file
        source.write_text(source.read_text(encoding="utf-8").replace(one.old, one.new), encoding="utf-8")
        tested = run(folder, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", one.test)
        failed = (line for line in tested.stdout.splitlines() if line.startswith("FAILED"))
        return next(failed, "") if tested.returncode == 1 else ""


def results(only: str) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant with how it was caught."""
    for one in listed():
        if only in f"{one.file} {one.says}":
            yield one, caught(one)


def main() -> int:
    """Try all; print each, and the survivors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="mutants whose file or meaning holds this")
    survivors, count = 0, 0
    for one, how in results(parser.parse_args().only):
        count += 1
        survivors += not how
        print(f"{'caught  ' if how else 'SURVIVED'} {one.file}: {one.says}. {how[:120]}", flush=True)
    print(f"{count} mutants, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
