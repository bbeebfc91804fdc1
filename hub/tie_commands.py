"""`alliance-hub ties`: ties of sources' codes to outcomes, changed by the sheet."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import click

from connectors.registry import Registry
from graph import things
from graph import ties as stored
from graph.directory import Directory
from graph.errors import GraphError
from graph.model.outcomes import Outcome
from graph.model.values import Key, normalised, parts_of
from graph.moment import moment
from graph.publication import Publication
from graph.store import Store
from graph.ties import Change, TiesRefused, TieState, Wanted
from hub.actor import acting
from hub.config import Config
from hub.parts import open_store
from hub.serve_commands import CONFIG, configured
from schema.codes import CODES
from schema.scalars import shown

COLUMNS: Final = ("source", "code", "outcome", "state")
BEYOND: Final = ""
"""Stands in a row that has cells beyond the header's."""
MOST: Final = 50_000
"""Lines one sheet may have."""
SHOWN: Final = 40
LONGEST: Final = 300.0
"""Seconds a whole sheet may take."""


class Row(NamedTuple):
    """One line of a sheet that can be carried out."""

    line: int
    wanted: Wanted
    state: TieState


class Wrong(NamedTuple):
    """One line that cannot, and why, in both languages."""

    line: int
    field: str
    en: str
    zh: str


@click.group()
def ties() -> None:
    """Ties between members' codes and outcomes 记录关联."""


@ties.command("import")
@click.argument("sheet", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--by", required=True, help="Who acts: a role or staff code, never a learner's.")
@CONFIG
def load(sheet: Path, by: str, file: Path | None) -> None:
    """Bring the ties of a SHEET to their states: all of it or, if one line is wrong, none.

    \b
    The sheet is CSV in UTF-8 with the columns source, code, outcome, state:
      source,code,outcome,state
      north,north-course:-:CS101,ouc-course:2020:02334,PROPOSED
    States are PROPOSED, CONFIRMED and RETRACTED. Importing a sheet again changes nothing.
    """
    config = configured(file)
    actor = acting(by)
    known = {each.code for each in Registry(Path(config.members.folder)).load().sources}
    rows, wrong = _read(sheet, known)
    try:
        moved, more = asyncio.run(_carried_out(config, rows, wrong, actor))
    except GraphError as error:
        raise click.ClickException(f"the graph does not answer: {error}") from error
    if more:
        for each in more[:SHOWN]:
            click.echo(f"line {each.line}: {each.field}: {each.en} {each.zh}", err=True)
        raise click.ClickException(f"{len(more)} lines are wrong; nothing was changed")
    click.echo(f"{moved} of {len(rows)} ties changed")


async def _carried_out(
    config: Config, rows: Sequence[Row], wrong: Sequence[Wrong], by: str
) -> tuple[int, Sequence[Wrong]]:
    """Change the ties, unless a line is wrong; give how many moved, and the wrong lines."""
    async with open_store(config.graph) as store:
        await store.ready(within=30)
        spelt, unknown = await _against(store, rows)
        if found := sorted([*wrong, *unknown]):
            return 0, found
        changes = [Change(row.wanted, row.state) for row in spelt]
        four_eyes = config.members.four_eyes
        try:
            moved = await stored.change(store, changes, by, four_eyes=four_eyes, within=LONGEST)
        except TiesRefused as error:
            return 0, [Wrong(spelt[at].line, "state", *_spoken(code)) for at, code in error.refused]
        return len(moved), ()


async def _against(store: Store, rows: Sequence[Row]) -> tuple[list[Row], list[Wrong]]:
    """Spell outcomes as their schemes do, and name the lines whose outcome nobody knows."""
    at = moment(await Publication(store).latest())
    keys = await Directory(store).spelled([row.wanted.outcome for row in rows], at.published)
    known: set[str] = set()
    for start in range(0, len(keys), things.MOST):
        some = sorted(set(keys[start : start + things.MOST]))
        found = await things.versions(store, Outcome, some, at)
        known.update(key for key, versions in zip(some, found, strict=True) if versions)
    spelt = [
        row._replace(wanted=row.wanted._replace(outcome=Key(key)))
        for row, key in zip(rows, keys, strict=True)
    ]
    return spelt, [
        Wrong(row.line, "outcome", *_spoken("OUTCOME_UNKNOWN"))
        for row in spelt
        if row.wanted.outcome not in known
    ]


def _read(sheet: Path, known: set[str]) -> tuple[list[Row], list[Wrong]]:
    """Read a sheet: the lines that can be carried out, and those that cannot."""
    rows: list[Row] = []
    wrong: list[Wrong] = []
    seen: set[Wanted] = set()
    for line, told in _lines(sheet):
        row = _row(line, told, known)
        if isinstance(row, Row) and row.wanted in seen:
            row = Wrong(line, "outcome", "an earlier line names the same tie.", "前面的行已列出同一关联。")
        if isinstance(row, Row):
            seen.add(row.wanted)
            rows.append(row)
        else:
            wrong.append(row)
    return rows, wrong


def _lines(sheet: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        with sheet.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, strict=True)
            _headed(reader.fieldnames or ())
            for count, told in enumerate(reader):
                if count >= MOST:
                    raise click.ClickException(f"a sheet has at most {MOST} lines")
                beyond = {BEYOND: ""} if None in told else {}
                yield reader.line_num, {name: normalised(told[name] or "") for name in COLUMNS} | beyond
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"the sheet is not CSV in UTF-8 ({type(error).__name__})") from None


def _headed(names: Sequence[str]) -> None:
    if set(COLUMNS) - set(names):
        raise click.ClickException(f"the sheet needs the columns {', '.join(COLUMNS)}")
    if twice := sorted(name for name in COLUMNS if names.count(name) > 1):
        raise click.ClickException(f"the sheet has the column {', '.join(twice)} twice 表头重复")


def _row(line: int, told: Mapping[str, str], known: set[str]) -> Row | Wrong:
    if BEYOND in told:
        return Wrong(line, "line", "it has more cells than the header.", "单元格多于表头。")
    if told["source"] not in known:
        return Wrong(line, "source", *_spoken("SOURCE_UNKNOWN"))
    for field in ("code", "outcome"):
        try:
            parts_of(told[field])
        except ValueError:
            return Wrong(line, field, *_spoken("MALFORMED_KEY", key=shown(told[field])))
    if told["state"] not in TieState.__members__:
        states = ", ".join(TieState.__members__)
        return Wrong(line, "state", f"it is one of {states}.", f"须为 {states} 之一。")
    ends = Wanted(told["source"], Key(told["code"]), Key(told["outcome"]))
    return Row(line, ends, TieState[told["state"]])


def _spoken(code: str, **facts: str) -> tuple[str, str]:
    return CODES[code].en.format_map(facts), CODES[code].zh.format_map(facts)
