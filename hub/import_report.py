"""The outcome of an import as a person reads it, and as JSON."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph.exchange.importing import Imported
from graph.exchange.imports import Import
from graph.exchange.loading import Loaded
from graph.exchange.opening import open_bundle
from graph.exchange.tally import Count
from hub import bundle_report

COLUMNS = ("added", "changed", "retired", "unchanged", "refused", "stubs")
BYTES_A_LINE = 300


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def lines_of(path: Path) -> int:
    """Return about how many lines the bundle has, for a progress bar."""
    with open_bundle(path) as bundle:
        return sum(bundle.sizes.values()) // BYTES_A_LINE


def show(done: Imported) -> None:
    """Print the outcome on standard output."""
    if done.loaded is None or done.report.findings:
        bundle_report.show(done.report)
    if done.loaded:
        _loaded(done.loaded)


def _loaded(loaded: Loaded) -> None:
    console, table = _console(), Table("file", *COLUMNS, title="import 导入")
    for file, count in sorted(loaded.tally.files.items()):
        table.add_row(escape(file), *_numbers(count))
    table.add_row("", *_numbers(loaded.tally.total()), style="bold")
    console.print(table)
    for one in loaded.refusals:
        told_why = escape(f"{one.reason.en}; {one.remedy.en}")
        console.print(f"[red]{escape(one.file)}:{one.line} {one.code}[/] {told_why}")
    console.print(_verdict(loaded))


def _numbers(count: Count) -> list[str]:
    return [f"{getattr(count, name):,}" for name in COLUMNS]


def _verdict(loaded: Loaded) -> str:
    if loaded.published:
        again = ", resumed" if loaded.resumed else ""
        return f"[green]已发布 published as of {loaded.moment} (import {loaded.id}{again})"
    return "[green]无变化 nothing changes" if loaded.ok else "[red]拒绝 refused: nothing was changed"


def document(done: Imported) -> str:
    """Return the outcome as JSON: pass 1's report, and what was loaded."""
    loaded = done.loaded
    facts = {"ok": done.ok, "report": done.report, "import": loaded and _facts(loaded)}
    return msgspec.json.format(msgspec.json.encode(facts), indent=2).decode()


def _facts(loaded: Loaded) -> dict[str, object]:
    return {
        "id": loaded.id,
        "moment": loaded.moment,
        "published": loaded.published,
        "resumed": loaded.resumed,
        "files": {file: _counts(count) for file, count in loaded.tally.files.items()},
        "total": _counts(loaded.tally.total()),
        "refusals": loaded.refusals,
    }


def _counts(count: Count) -> dict[str, int]:
    return {name: getattr(count, name) for name in COLUMNS}


def told(found: list[Import]) -> None:
    """Print a list of imports."""
    table = Table("id", "source", "kind", "state", "begun", "ended", title="imports 导入记录")
    for one in found:
        table.add_row(
            one.id, escape(one.source), one.kind.value, one.state.value, one.started_at, one.ended_at
        )
    _console().print(table)
