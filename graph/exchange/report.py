"""What pass 1 found, frozen: findings with their honest totals, counts, stubs, gaps."""

from __future__ import annotations

from collections import Counter

from graph.exchange.findings import KINDS, Finding, Refused, Severity, refused
from graph.model.values import Value

SHOWN = 100
"""How many findings of one code are listed per file; the totals count all of them."""

MOST_REFUSED = 20_000
"""After so many refused lines the rest of a file is not read."""


class Count(Value, frozen=True):
    """How many lines of a concept were read, and how many of them refused."""

    concept: str
    read: int
    refused: int


class Total(Value, frozen=True):
    """How often a code was found in a file, listed or not."""

    file: str
    code: str
    severity: Severity
    count: int


class Stubs(Value, frozen=True):
    """Keys of a concept that were named and are unknown; an import leaves stubs of them."""

    concept: str
    count: int
    keys: tuple[str, ...]


class Gap(Value, frozen=True):
    """A rank of a scheme's edition that holds less than the edition declares.

    ``found`` counts real members, ``stubs`` those put in between; ``missing`` names what can be named:
    holes in the numbering, ``91…`` for something below 91.
    """

    scheme: str
    edition: str
    rank: int
    declared: int
    found: int
    stubs: int
    missing: tuple[str, ...] = ()


class Report(Value, frozen=True):
    """The outcome of pass 1."""

    ok: bool
    findings: tuple[Finding, ...]
    totals: tuple[Total, ...]
    counts: tuple[Count, ...]
    stubs: tuple[Stubs, ...]
    gaps: tuple[Gap, ...]


class Findings:
    """Collects findings while reading; lists a bounded number of them and counts all."""

    def __init__(self) -> None:
        self.listed: list[Finding] = []
        self.totals: Counter[tuple[str, str]] = Counter()
        self.refused_lines: Counter[str] = Counter()

    def add(self, finding: Finding) -> None:
        """Note ``finding``."""
        place = (finding.file, finding.code)
        self.totals[place] += 1
        if self.totals[place] <= SHOWN:
            self.listed.append(finding)

    def refuse(self, file: str, count: int = 1) -> None:
        """Count refused lines of ``file``."""
        self.refused_lines[file] += count

    def check(self, file: str) -> None:
        """Raise :class:`Refused` when too many lines of ``file`` are refused to go on."""
        count = self.refused_lines[file]
        if count >= MOST_REFUSED:
            raise refused("TOO_MANY_REFUSED", file, 0, count=count)

    def end(self, ending: Refused) -> None:
        """Note why a file was not read to its end."""
        self.add(ending.finding)

    def ok(self, partial: bool) -> bool:
        """Tell whether the bundle may be loaded: nothing refused, or single lines only and ``partial``."""
        errors = [KINDS[code] for _, code in self.totals if KINDS[code].severity is Severity.ERROR]
        return not errors or (partial and not any(kind.whole for kind in errors))

    def all_totals(self) -> tuple[Total, ...]:
        """Return the totals, sorted by file and code."""
        return tuple(
            Total(file=file, code=code, severity=KINDS[code].severity, count=count)
            for (file, code), count in sorted(self.totals.items())
        )
