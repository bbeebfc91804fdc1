"""A validation report as a person reads it: tables, totals, and a bar while it is made."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from graph.exchange.findings import Severity
from graph.exchange.report import Report

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
NAMED = 8


class Bar:
    """A progress bar on standard error; says nothing where that is no terminal."""

    def __init__(self, total: int | None) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
        self._task = self._progress.add_task("…", total=total)

    def advance(self, file: str, amount: int) -> None:
        """Say that so much more of ``file`` is done."""
        self._progress.update(self._task, description=file, advance=amount)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def show(report: Report) -> None:
    """Print the report on standard output."""
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    for print_part in (_counts, _findings, _stubs, _gaps):
        print_part(console, report)
    console.print(
        "[green]可以导入 it may be imported" if report.ok else "[red]拒绝 refused: nothing is loaded"
    )


def _counts(console: Console, report: Report) -> None:
    table = Table("concept", "read", "refused", title="lines 行")
    for count in report.counts:
        table.add_row(count.concept, f"{count.read:,}", f"{count.refused:,}")
    if report.counts:
        console.print(table)


def _findings(console: Console, report: Report) -> None:
    if not report.findings:
        return
    table = Table("where", "field", "code", "reason", "remedy", title="findings 问题", show_lines=True)
    for one in report.findings:
        where = f"{one.file}:{one.line}" if one.line else one.file
        code = f"[{_COLOURS[one.severity]}]{one.code}"
        reason, remedy = f"{one.reason.zh}\n{one.reason.en}", f"{one.remedy.zh}\n{one.remedy.en}"
        table.add_row(escape(where), escape(one.field), code, escape(reason), escape(remedy))
    console.print(table)
    for total in report.totals:
        shown = sum(one.file == total.file and one.code == total.code for one in report.findings)
        if shown < total.count:
            console.print(f"{escape(total.file)}: {total.code} {total.count:,} in all, {shown} shown")


def _stubs(console: Console, report: Report) -> None:
    for stubs in report.stubs:
        named = ", ".join(stubs.keys[:NAMED]) + (" …" if stubs.count > NAMED else "")
        console.print(f"stubs 占位: {stubs.count:,} {stubs.concept} ({escape(named)})")


def _gaps(console: Console, report: Report) -> None:
    if not report.gaps:
        return
    table = Table("edition", "rank", "declared", "found", "stubs", "missing", title="gaps 缺口")
    for gap in report.gaps:
        numbers = (str(number) for number in (gap.rank, gap.declared, gap.found, gap.stubs))
        table.add_row(escape(f"{gap.scheme}:{gap.edition}"), *numbers, escape(", ".join(gap.missing)))
    console.print(table)
