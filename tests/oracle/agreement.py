"""Compare the evaluator with the oracle over many seeded cases: ``make oracle CASES=20000``.

It is the one module that knows both. The oracle knows nothing of the evaluator, nor the reverse.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import product

from cases import Case, random_case, random_plan_case
from compare import (
    answer_differences,
    candidate_differences,
    clash_differences,
    differences,
    plan_differences,
    report_by,
)
from oracle_plan import TooLargeError
from reversing import reverse_differences
from worn import worn_case

from graph.model.book import RuleBook
from graph.model.learning import Context, Result
from graph.model.values import Key
from graph.model.verdicts import Answer, Named, Target
from graph.planning import Wishes, plan
from graph.planning.plans import worst_question
from graph.recognition import evaluate
from graph.recognition.candidates import candidates_in
from graph.recognition.clashes import clashing


def evaluator(
    book: RuleBook,
    results: Iterable[Result],
    context: Context,
    named_rules: Iterable[Key] = (),
    named_targets: Iterable[Target] = (),
) -> Answer:
    """Ask the evaluator as the oracle is asked."""
    names = (
        *(Named(rule=rule) for rule in named_rules),
        *(Named(target=target) for target in named_targets),
    )
    return evaluate(book, results, context, names)


def differs(case: Case) -> list[str]:
    """One line for whatever the two do not say alike: verdicts, roll-ups, evidence, silent sources."""
    return [*differences(evaluator, case), *answer_differences(evaluator(*case.question), case)]


def plan_differs(case: Case) -> list[str]:
    """One line for whatever the two do not say alike of plans: clashes, candidates, the best plan."""
    question = worst_question(case.book, case.results, case.context)
    found = clash_differences(lambda a, b: bool(clashing(question, a) & b.bit), question.helds, case)
    for conditional in (False, True):
        offered = candidates_in(question, conditional=conditional)
        different = candidate_differences(offered, case, conditional)
        found += different or plan_numbers_differ(case, conditional)
    return found


def plan_numbers_differ(case: Case, conditional: bool) -> list[str]:
    """Compare the plan with the exhaustive best; a question too large to enumerate says nothing."""
    made = plan(case.book, case.results, case.context, Wishes(conditional=conditional, seconds=60))
    used = [(one.rule, one.version, one.alternative, one.evidence) for one in made.applications]
    try:
        found = plan_differences(made.numbers, used, case, conditional, ties=made.ties)
    except TooLargeError:
        return []
    return found if made.proved == 5 else [*found, f"only {made.proved} numbers proved"]


KINDS: dict[str, Callable[[int], Case]] = {
    "drawn": random_case,
    "worn": worn_case,
    "plans": random_plan_case,
}
ASKED: dict[str, Callable[[Case], list[str]]] = {
    "whatIf": differs,
    "reverse": reverse_differences,
    "plan": plan_differs,
}
"""What is compared: the verdicts of the question drawn; every reverse question to its rule book; its plan."""


def differing(kind: str, asked: str, seeds: range) -> Iterator[int]:
    """Yield the seeds on which the two differ, with a progress line on the error stream."""
    began = time.perf_counter()
    for done, seed in enumerate(seeds, 1):
        if ASKED[asked](KINDS[kind](seed)):
            yield seed
        if done % 100 == 0 or done == len(seeds):
            told = f"{kind} {asked}: {done} of {len(seeds)} cases, {time.perf_counter() - began:.0f} s"
            print(f"\r{told}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def main() -> int:
    """Compare, print what differs, and tell by the exit code whether anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=5_000, help="cases of each kind")
    parser.add_argument("first", type=int, nargs="?", default=0, help="the first seed")
    parser.add_argument("--kind", choices=sorted(KINDS), action="append")
    parser.add_argument("--asked", choices=sorted(ASKED), action="append")
    parser.add_argument("--show", type=int, default=5, help="how many differing cases to shrink and print")
    asked = parser.parse_args()
    seeds, different = range(asked.first, asked.first + asked.cases), 0
    for kind, name in product(asked.kind or KINDS, asked.asked or ASKED):
        if (kind == "plans") != (name == "plan"):
            continue
        found = list(differing(kind, name, seeds))
        for seed in found[: asked.show]:
            print(f"--- {kind} {name} {seed}\n{report_by(ASKED[name], KINDS[kind](seed))}")
        print(f"{len(seeds)} {kind} cases of {name} from {seeds.start}: {len(found)} differ {found[:40]}")
        different += len(found)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
