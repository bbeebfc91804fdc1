"""Print how often each verdict occurs over seeded cases: ``python tests/oracle/distribution.py [CASES]``."""

from __future__ import annotations

import sys
import time
from collections import Counter

import oracle
from cases import random_case


def name(verdict: str, gives: bool) -> str:
    """The verdict; CAPPED is two of them."""
    return f"{verdict} giving" if verdict == "CAPPED" and gives else verdict


def distribution(cases: int) -> tuple[Counter[str], Counter[str], int]:
    """Count rows by verdict, and cases in which a verdict occurs; and the cases with no row at all."""
    rows: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    empty = 0
    for seed in range(cases):
        found = [name(one.verdict.value, one.gives) for one in oracle.judge(*random_case(seed).question)]
        rows.update(found)
        seen.update(set(found))
        empty += not found
    return rows, seen, empty


def main() -> None:
    """Print the table."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    began = time.perf_counter()
    rows, seen, empty = distribution(cases)
    total = sum(rows.values())
    print(f"{cases} cases, {total} rows, {time.perf_counter() - began:.0f} s; {empty} without a row")
    for verdict, count in rows.most_common():
        share, of_cases = count / total, seen[verdict] / cases
        print(f"{verdict:18} {count:6} rows {share:6.1%}   in {of_cases:6.1%} of cases")


if __name__ == "__main__":
    main()
