"""Compare the evaluator with the oracle over many seeded cases: ``make oracle CASES=20000 FROM=0``.

It is the one module that knows both. The oracle knows nothing of the evaluator, nor the reverse.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable

from cases import random_case
from compare import differences, report

from graph.model.book import RuleBook
from graph.model.learning import Context, Result
from graph.model.values import Key
from graph.model.verdicts import Answer, Named, Target
from graph.recognition import evaluate


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


def differing(seeds: range) -> Iterable[int]:
    """Yield the seeds on which the two differ, with a progress line on a terminal's error stream."""
    began = time.perf_counter()
    for done, seed in enumerate(seeds, 1):
        if differences(evaluator, random_case(seed)):
            yield seed
        if done % 100 == 0 or done == len(seeds):
            took = time.perf_counter() - began
            print(f"\r{done} of {len(seeds)} cases, {took:.0f} s", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def main() -> int:
    """Compare, print what differs, and tell by the exit code whether anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=5_000)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("--show", type=int, default=5, help="how many differing cases to shrink and print")
    asked = parser.parse_args()
    found = list(differing(range(asked.first, asked.first + asked.cases)))
    for seed in found[: asked.show]:
        print(f"--- seed {seed}\n{report(evaluator, random_case(seed))}")
    print(f"{asked.cases} cases from seed {asked.first}: {len(found)} differ {found[:40]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
