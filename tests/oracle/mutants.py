"""Break the evaluator in listed ways, and show that each is caught: ``make mutants``.

A mutant is one exact replacement in a copy of the source. It is hunted with the comparison of
``agreement.py`` on drawn and worn questions; what that does not catch is put to the recognition tests; what
survives both is printed, and the exit code tells. Nothing is changed in the working tree.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SLOW = ("test_against_oracle", "test_full_enumeration", "test_properties")
TESTS = ("tests/graph/recognition", *(f"--ignore=tests/graph/recognition/{name}.py" for name in SLOW))


class Mutant(NamedTuple):
    """One way to break the evaluator: a file of graph/recognition, the replacement, and what it means."""

    file: str
    old: str
    new: str
    says: str


MUTANTS = (
    Mutant(
        "days.py",
        "span.first < end and start <= span.last",
        "span.first <= end and start <= span.last",
        "the end belongs to a window",
    ),
    Mutant(
        "days.py",
        "start <= span.first and span.last < end",
        "start <= span.first or span.last < end",
        "across an edge is inside",
    ),
    Mutant(
        "days.py",
        "if joined and start <= joined[-1][1]:",
        "if joined and start < joined[-1][1]:",
        "windows that touch are two",
    ),
    Mutant(
        "days.py",
        "min(day.day, monthrange(year, month)[1])",
        "min(day.day, 28)",
        "every month ends on its 28th",
    ),
    Mutant(
        "days.py",
        "if plus(span.first, period) >= day:",
        "if plus(span.first, period) > day:",
        "a maximum age ends a day early",
    ),
    Mutant(
        "windows.py",
        "(Verdict.OUT_OF_WINDOW, Verdict.NOT_YET_VALID)",
        "(Verdict.NOT_YET_VALID, Verdict.OUT_OF_WINDOW)",
        "NOT_YET_VALID before OUT_OF_WINDOW",
    ),
    Mutant(
        "windows.py",
        "max(holding) > entry.rule.version",
        "max(holding) >= 0",
        "an earlier version supersedes",
    ),
    Mutant(
        "windows.py",
        "if own.verdict and span and not any(test.verdict for test in others):",
        "if own.verdict and span:",
        "left out though more than the window fails",
    ),
    Mutant(
        "windows.py",
        "if day.span.first < edge <= day.span.last}",
        "if day.span.first < edge < day.span.last}",
        "an agreement's edge on the last day is not seen",
    ),
    Mutant(
        "windows.py",
        "by_application = empty or entry.rule.basis is Basis.APPLICATION",
        "by_application = entry.rule.basis is Basis.APPLICATION",
        "an empty denial needs a completion",
    ),
    Mutant(
        "windows.py",
        "if entry.rule.periods:",
        "if entry.rule.periods and entry.rule.basis is Basis.APPLICATION:",
        "periods bind under one basis only",
    ),
    Mutant(
        "evidence.py",
        "if held.span.first > question.day:",
        "if held.span.last > question.day:",
        "completed across the day is completed later",
    ),
    Mutant(
        "evidence.py",
        "_passes(day < result.valid_to)",
        "_passes(day <= result.valid_to)",
        "valid on the first day it is not",
    ),
    Mutant("evidence.py", "if result.obtained is Obtained.CONVERSION:", "if False:", "conversions chain"),
    Mutant(
        "evidence.py",
        "ResultStatus.FAILED: Reason.FAILED",
        "ResultStatus.FAILED: None",
        "a failed result is evidence",
    ),
    Mutant(
        "evidence.py",
        "_passes(attempts <= most)",
        "_passes(attempts < most)",
        "attempts below instead of at most",
    ),
    Mutant(
        "evidence.py",
        "STAGE_ORDER[stage] >= STAGE_ORDER[least]",
        "STAGE_ORDER[stage] > STAGE_ORDER[least]",
        "the stage itself is below",
    ),
    Mutant(
        "evidence.py",
        "not set(tests.tags).isdisjoint(held.outcome.tags)",
        "set(tests.tags) <= set(held.outcome.tags)",
        "all tags asked for",
    ),
    Mutant(
        "grades.py",
        "return Finding.PASS if mine >= least else Finding.FAIL",
        "return Finding.PASS if mine > least else Finding.FAIL",
        "a grade must be above the minimum",
    ),
    Mutant(
        "grades.py",
        "if grade is None or minimum is None or grade.scheme != minimum.scheme:",
        "if grade is None or minimum is None:",
        "grades of two schemes compared",
    ),
    Mutant(
        "question.py",
        "result.hypothetical or result.verification is Verification.VERIFIED",
        "result.verification is Verification.VERIFIED",
        "typed results are unverified",
    ),
    Mutant(
        "question.py",
        "amount = min(amount, units(available.amount) * within)",
        "amount = units(available.amount) * within",
        "available credit instead of the least",
    ),
    Mutant(
        "question.py",
        "return ONE if start == end else self.factors.get((start, end))",
        "return ONE if start == end else self.factors.get((start, end)) or self.factors.get((end, start))",
        "factors read backwards",
    ),
    Mutant("results.py", "if len(said) > 1:", "if len(said) > 2:", "twins that differ do not conflict"),
    Mutant("results.py", "revoked = any(", "revoked = all(", "revoked only if all twins are"),
    Mutant(
        "index.py",
        "            steps.append(step)\n            step = self._below(step)",
        "            steps.append(step)\n            step = None",
        "orHigher takes no step",
    ),
    Mutant(
        "covers.py",
        "sure, maybe = sure & bits, maybe | bits",
        "sure, maybe = sure | bits, maybe | bits",
        "a mapping of some day is sure",
    ),
    Mutant(
        "covers.py",
        "    if one.held.result.unit == unit:\n",
        "    if False:\n",
        "a result of the unit itself does not cover it",
    ),
    Mutant(
        "pools.py",
        "banned = step.banned | clashing(question, piece.held)",
        "banned = step.banned",
        "a pool counts clashing results",
    ),
    Mutant(
        "pools.py",
        "options = (*found, *unknown)",
        "options = (*found,)",
        "a result without credit is no assignment of a pool",
    ),
    Mutant(
        "assignments.py", "if not taken & option.mask:", "if True:", "a result in a pool serves other clauses"
    ),
    Mutant(
        "assignments.py",
        "self.missing > 0 and (met or any(",
        "self.missing > 0 and (any(",
        "PARTIAL only by a part of a clause",
    ),
    Mutant(
        "assignments.py",
        "last.last, last.first, tuple(places(one.mask))",
        "tuple(places(one.mask)), last.last, last.first",
        "ids before the latest completion",
    ),
    Mutant(
        "joint.py",
        "have.amount >= wanted.amount",
        "have.amount > wanted.amount",
        "credit above instead of not below",
    ),
    Mutant(
        "joint.py",
        "unsure = len(issuers) > 1 and None in issuers",
        "unsure = False",
        "an unknown issuer is the same issuer",
    ),
    Mutant(
        "clashes.py",
        "return _reach(held.place, wholes) | _reach(held.place, parts)",
        "return wholes.get(held.place, 0) | parts.get(held.place, 0)",
        "parts of parts do not clash",
    ),
    Mutant(
        "clashes.py",
        "if not (sharable and row.sharable):",
        "if not (sharable or row.sharable):",
        "one sharable rule is enough",
    ),
    Mutant(
        "clashes.py",
        "found |= _union(clashing(question, one) for one in held)",
        "found |= 0",
        "clashes with used results are free",
    ),
    Mutant(
        "uses.py",
        "times >= entry.rule.repeatable",
        "times > entry.rule.repeatable",
        "once more than repeatable",
    ),
    Mutant("uses.py", "    if clash:\n", "    if False:\n", "clashing evidence is used together"),
    Mutant("standing.py", "if TargetState.HELD not in required and", "if", "held is never lifted"),
    Mutant(
        "standing.py",
        "have.issuperset(required)",
        "not have.isdisjoint(required)",
        "one required state is enough",
    ),
    Mutant(
        "standing.py",
        "if non_exemptible(question, target):",
        "if False:",
        "non-exemptible targets are granted",
    ),
    Mutant(
        "standing.py",
        "for key in keys if key != target.key and key in have",
        "for key in keys if key in have",
        "a target excludes itself",
    ),
    Mutant(
        "denials.py",
        "bar.entry.rule.priority <= entry.rule.priority",
        "bar.entry.rule.priority < entry.rule.priority",
        "equal numbers: the grant wins",
    ),
    Mutant(
        "denials.py",
        "bar.mask & mask == bar.mask",
        "bar.mask & mask",
        "a denial bars by part of its evidence",
    ),
    Mutant(
        "denials.py",
        "return firm and not assignment.mask & question.unverified",
        "return firm",
        "an unverified denial is sure",
    ),
    Mutant(
        "denials.py",
        "if found.verdict or clash_within(question, assignment.mask):",
        "if found.verdict:",
        "a denial by clashing evidence applies",
    ),
    Mutant(
        "denials.py", "or bar.target.kind is TargetKind.PROGRAMME", "", "a programme's denial bars nothing"
    ),
    Mutant(
        "obstacles.py",
        "    WINDOW = 6\n    DENIAL = 7\n",
        "    WINDOW = 7\n    DENIAL = 6\n",
        "DENIED before OUT_OF_WINDOW",
    ),
    Mutant(
        "obstacles.py",
        "    UNVERIFIED = 10\n    CONDITION = 11\n",
        "    UNVERIFIED = 11\n    CONDITION = 10\n",
        "CONDITIONAL before UNVERIFIED",
    ),
    Mutant(
        "obstacles.py",
        "    (Verdict.CONDITIONAL, False),\n    (Verdict.UNVERIFIED, False),\n",
        "    (Verdict.UNVERIFIED, False),\n    (Verdict.CONDITIONAL, False),\n",
        "UNVERIFIED is better than CONDITIONAL",
    ),
    Mutant(
        "levels.py",
        "return max(_referenced(",
        "return min(_referenced(",
        "the lowest referenced level is enough",
    ),
    Mutant(
        "levels.py",
        "lifted = reached or articulated(entry, agreements)",
        "lifted = reached",
        "articulation lifts nothing",
    ),
    Mutant(
        "credit.py", "min(worth.amount, units(rule.maximum.amount) * factor)", "worth.amount", "no maximum"
    ),
    Mutant("amounts.py", "return floor % 2", "return 1", "a half is rounded up, not to even"),
    Mutant(
        "amounts.py", "if mode is Rounding.DOWN or rest == 0:", "if rest == 0:", "nothing is rounded down"
    ),
    Mutant(
        "caps.py", "if used + 1 <= limit.amount", "if used <= limit.amount", "one target more than the count"
    ),
    Mutant("caps.py", "if posting.credit <= fits", "if posting.credit < fits", "a cap must not be reached"),
    Mutant("caps.py", "waive = all(", "waive = any(", "one waiving cap is enough"),
    Mutant("caps.py", "room.limit.overflow is Overflow.WAIVE_WITHOUT_CREDIT", "False", "no cap waives"),
    Mutant(
        "caps.py",
        "return step * ((fits / step).numerator // (fits / step).denominator)",
        "return fits.numerator // fits.denominator",
        "elective credit is not cut to the step",
    ),
    Mutant(
        "caps.py",
        "posting.institution == cap.institution and posting.year == question.day.year",
        "posting.institution == cap.institution",
        "a year is all years",
    ),
    Mutant(
        "caps.py",
        "    total = Ratio(0)\n    for other in beside:",
        "    total = Ratio(0)\n    for other in ():",
        "consumption is not counted",
    ),
    Mutant(
        "ceilings.py",
        "if not any(cap.tag in above.tags for above in path[:-1])",
        "",
        "a share of a tag counts blocks twice",
    ),
    Mutant(
        "ceilings.py",
        "amount = None if total is None else max(total - units(block.residency), Ratio(0))",
        "amount = total",
        "no residency",
    ),
    Mutant(
        "ledger.py", "self.full and self.target.kind in", "self.target.kind in", "exam-only waivers count"
    ),
    Mutant(
        "ledger.py",
        "if one.credit and full else 0",
        "if one.credit else 0",
        "consumed credit without a full waiver counts",
    ),
    Mutant(
        "applications.py",
        "                before = (*before, posting)\n",
        "                pass\n",
        "earlier grants of a rule do not count",
    ),
    Mutant(
        "applications.py",
        "if not one.question.programme_stands:",
        "if False:",
        "a programme may be out of date",
    ),
    Mutant("targets.py", "yield from _paths(one.blocks, path)", "yield from ()", "blocks below are not seen"),
    Mutant("scope.py", "rule.programme in (None, context.programme)", "True", "rules of every programme"),
    Mutant(
        "worlds.py",
        "return not result.hypothetical and",
        "return",
        "typed results are revoked in the worst world",
    ),
    Mutant(
        "worlds.py",
        "days |= {edge, edge - timedelta(days=1)} if",
        "days |= {edge} if",
        "the last day of a window is not tried",
    ),
    Mutant(
        "worlds.py",
        "return any(source.keeps(mine) for source in sources)",
        "return False",
        "consumption is never full",
    ),
    Mutant("versions.py", "reverse=True", "reverse=False", "the lowest version lives"),
    Mutant(
        "worlds.py", "for ask in way.asks if ask.names(outcome.key))", "for ask in way.asks)", "any pool asks"
    ),
    Mutant(
        "reverse.py",
        "other.members <= one.members and other.conditions <= one.conditions",
        "other.members <= one.members",
        "a smaller set wins whatever it leaves open",
    ),
    Mutant(
        "reverse.py",
        "less and (not alike or _version(other.set) == _version(one.set))",
        "less",
        "one rule version stands for all that accept the same",
    ),
    Mutant(
        "reverse.py",
        "by_target[one.set.target].append(one)",
        "by_target[next(iter(by_target), one.set.target)].append(one)",
        "what is enough for one target makes sets for another needless",
    ),
    Mutant(
        "reverse.py",
        "smaller += [other for of in alike.values() for other in of]",
        "pass",
        "only equal sets are compared",
    ),
    Mutant(
        "reverse.py",
        "consumed=(), silent=(), targets=()), ()",
        "silent=()), ()",
        "something is held and consumed",
    ),
    Mutant(
        "reverse.py", "if applied.gives or applied.hopeful:", "if applied.gives:", "no set under conditions"
    ),
    Mutant(
        "reverse.py",
        "if applied.gives or applied.hopeful:",
        "if applied.gives or applied.verdict is Verdict.CONDITIONAL:",
        "sets that are refused whatever the answer",
    ),
    Mutant(
        "reverse.py",
        "for copy in range(copies(asked, entry, known) if known else 1):",
        "for copy in range(1):",
        "a repeatable outcome once",
    ),
    Mutant(
        "reverse.py",
        "frozenset((key, keys[:place].count(key)) for place, key in enumerate(keys))",
        "frozenset((key, 0) for key in keys)",
        "how often does not count",
    ),
    Mutant(
        "reverse.py",
        "earned=known.credit if known else None",
        "earned=None",
        "no catalogue credit is assumed",
    ),
    Mutant("reverse.py", "imagined=imagined)", "imagined=())", "nothing is assumed"),
    Mutant(
        "reverse.py",
        "mine = belongs(asked, entry) and not entry.denies",
        "mine = not entry.denies",
        "rules of other programmes accept",
    ),
    Mutant(
        "reverse.py",
        "found += [one for one in sets if (outcome, 0) in one.members]",
        "found += sets",
        "sets without the outcome are told",
    ),
    Mutant(
        "reverse.py",
        "sets = [one for each in found for one in _of_way(question, entry, each)]",
        "sets = list(_of_way(question, entry, found[0])) if found else []",
        "only the first alternative",
    ),
    Mutant(
        "reverse.py",
        "codes = tuple(key.encode() for key in one.outcomes)",
        "codes = tuple(key.encode() for key in reversed(one.outcomes))",
        "sets come in another order",
    ),
    Mutant("reverse.py", "len(kept) - MOST", "0", "that there are more is not said"),
    Mutant(
        "applications.py",
        "hopeful=(waived or bool(left)) and all(",
        "hopeful=all(",
        "a cap that leaves nothing is no obstacle",
    ),
)


def listed() -> tuple[Mutant, ...]:
    """The mutants, each of which must fit its file exactly once."""
    for one in MUTANTS:
        count = (ROOT / "graph/recognition" / one.file).read_text(encoding="utf-8").count(one.old)
        if count != 1:
            raise SystemExit(f"{one.file}: {one.says}: {count} places, not one: {one.old!r}")
    return MUTANTS


def hunt(cases: int) -> int:
    """In the mutated copy: compare with the oracle until something differs, and say where."""
    from agreement import ASKED, KINDS

    for seed in range(cases):
        for kind, make in KINDS.items():
            try:
                found = [line for differ in ASKED.values() for line in differ(make(seed))]
            except Exception as error:  # noqa: BLE001 - a crash is found out too
                found = [f"{type(error).__name__}: {error}"]
            if found:
                print(f"{kind} {seed}: {found[0]}"[:150])
                return 1
    return 0


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run in the working tree with the copy's ``graph`` before its own."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def caught(one: Mutant, cases: int) -> str:
    """How a mutant is caught; empty if it is not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("graph", "tests"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        source = folder / "graph/recognition" / one.file
        source.write_text(source.read_text(encoding="utf-8").replace(one.old, one.new), encoding="utf-8")
        hunted = run(folder, "tests/oracle/mutants.py", "--hunt", str(cases))
        if hunted.returncode:
            return hunted.stdout.strip() or "it does not start"
        tested = run(folder, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS)
        failed = (line for line in tested.stdout.splitlines() if line.startswith(("FAILED", "ERROR")))
        return next(failed, "a test") if tested.returncode else ""


def results(cases: int, only: str) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant with how it was caught."""
    for one in listed():
        if only in f"{one.file} {one.says}":
            yield one, caught(one, cases)


def main() -> int:
    """Hunt all; print each, and the survivors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=1_500, help="questions of each kind per mutant")
    parser.add_argument("--only", default="", help="mutants whose file or meaning holds this")
    parser.add_argument("--hunt", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.hunt is not None:
        return hunt(asked.hunt)
    survivors, count = [], 0
    for one, how in results(asked.cases, asked.only):
        count += 1
        survivors += [] if how else [one]
        print(f"{'caught  ' if how else 'SURVIVED'} {one.file}: {one.says}. {how}", flush=True)
    print(f"{count} mutants, {len(survivors)} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
