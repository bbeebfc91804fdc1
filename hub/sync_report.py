"""What synchronisations and reviews came to, as a person reads it, and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from connectors.catalogues.runs import Run, SyncOutcome
from connectors.notices import NoticeCode, notice
from hub.reviewing.proposals import Fate, Proposal, Unplaced
from hub.reviewing.review import Review

COUNTS: Final = ("read", "new", "changed", "gone", "unchanged", "held", "refused")
SHOWN: Final = 200
"""Lines of one kind that a person is shown; JSON has all."""
COLOURS: Final = {SyncOutcome.FINISHED: "green", SyncOutcome.HELD: "yellow", SyncOutcome.FAILED: "red"}
MARKS: Final = {
    Fate.NEW: "[green]new 新增[/]",
    Fate.CHANGED: "[yellow]changed 变更[/]",
    Fate.GONE: "[red]gone 移除[/]",
}


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def spoken(code: str) -> str:
    """Say what a notice says and what to do, in both languages."""
    said = notice(NoticeCode(code))
    return f"{code}: {said.text.en} {said.text.zh} {said.action.en} {said.action.zh}"


def document(runs: Iterable[Run]) -> str:
    """Give reports as JSON."""
    return msgspec.json.format(msgspec.json.encode(list(runs)), indent=2).decode()


def show(runs: Sequence[Run]) -> None:
    """Print reports on standard output."""
    console, table = _console(), Table("source", "", "by", *COUNTS, title="sync 目录同步")
    for run in runs:
        by = "full 全量" if run.full else "cursor 增量"
        numbers = ("" if run.outcome is SyncOutcome.FAILED else f"{getattr(run, each):,}" for each in COUNTS)
        table.add_row(escape(run.source), f"[{COLOURS[run.outcome]}]{run.outcome}", by, *numbers)
    console.print(table)
    for run in runs:
        if run.notice:
            console.print(f"[red]{escape(run.source)}[/] {escape(spoken(run.notice))}")
        for one in run.refusals:
            where = f"{run.source} item {one.place} {one.key}"
            console.print(f"[red]{escape(where)}[/] {escape(spoken(one.code))}")
        _more(console, run.refused, len(run.refusals), "refused 拒绝")
        if run.held:
            console.print(_held(run.source, run.held))


def review_document(found: Review) -> str:
    """Give a review as JSON: everything but the lines that would be imported."""
    return msgspec.json.format(msgspec.json.encode(_plain(found)), indent=2).decode()


def _plain(found: Review) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(found, str_keys=True)
    told.pop("settled")
    for each in told["proposals"]:
        each.pop("lines")
    return told


def show_review(found: Review) -> None:
    """Print a review on standard output."""
    console = _console()
    if found.last is None:
        console.print(f"never synchronised 从未同步: alliance-hub sync {escape(found.source)}")
    for each in found.proposals[:SHOWN]:
        _proposal(console, each)
    _more(console, len(found.proposals), SHOWN, "proposed 提议")
    for unplaced in found.unplaced[:SHOWN]:
        _unplaced(console, unplaced)
    _more(console, len(found.unplaced), SHOWN, "unplaced 未归入")
    if found.held:
        console.print(_held(found.source, len(found.held)))
    console.print(
        f"proposed 提议 {len(found.proposals):,}, unplaced 未归入 {len(found.unplaced):,}, "
        f"declined before 已驳回 {found.declined:,}, unchanged 无变化 {found.unchanged:,}"
    )


def _proposal(console: Console, one: Proposal) -> None:
    console.print(f"{MARKS[one.fate]} {escape(one.key)} {escape(one.title.zh or one.title.en)}")
    for change in one.changes:
        console.print(f"    {escape(change.field)}: {_value(change.before)} -> {_value(change.after)}")


def _value(value: Any) -> str:
    return "-" if value is None else escape(msgspec.json.encode(value).decode())


def _unplaced(console: Console, one: Unplaced) -> None:
    might = f" ({', '.join(one.candidates[:5])})" if one.candidates else ""
    console.print(f"[cyan]unplaced 未归入[/] {escape(one.item)} {escape(spoken(one.code) + might)}")


def _held(source: str, count: int) -> str:
    return (
        f"[yellow]{count:,} removals are held, since so many went at once; if they are right: "
        f"大量移除已暂缓,核实后放行: alliance-hub sync release {escape(source)} --by ROLE"
    )


def _more(console: Console, count: int, shown: int, what: str) -> None:
    if count > shown:
        console.print(f"{what}: {count:,} in all, {shown} shown")
