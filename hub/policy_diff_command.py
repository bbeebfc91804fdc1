"""`alliance-hub policy-diff`: who gains, loses or changes by a change of rules, before it is published."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Protocol

import click
import msgspec

from graph.engines import EngineSettings
from graph.exchange.guarding import guarded
from graph.records import Posed, RecordRefused
from graph.records.effects import Effect, Tally, effects, tallied
from graph.records.questions import questions
from hub.bundle_report import Bar
from hub.exchange_commands import run
from hub.graph_options import graph_options, named, opened
from hub.policy_sides import Side, Spec, opened_side, read_spec

DIFFERENT: Final = 1
COLUMNS: Final = (
    *("question", "member", "programme", "targetKind", "targetKey", "kind", "before", "after", "had", "has"),
    "rules",
)


class Teller(Protocol):
    """What writes effects as they are found, and the tallies at the end."""

    def effect(self, one: Effect) -> None:
        """Tell of one effect."""

    def end(self, tallies: list[Tally]) -> None:
        """Tell who gains and loses, by member and programme."""


@click.command("policy-diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--questions",
    "file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Stripped questions, one a line: what `replay --strip` prints.",
)
@graph_options
@click.option(
    "--as",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="The form of the answer.",
)
def policy_diff(old: str, new: str, file: Path, settings: EngineSettings | None, form: str) -> None:
    """Ask the questions in a file of OLD and of NEW rules, and tell who gains, loses or changes.

    \b
    OLD and NEW are each one of
      graph                       the graph now
      graph@2026-01-31T08:00:00Z  the graph as it was known then
      BUNDLE                      a bundle or export, by itself
      graph+BUNDLE                the graph now, with a bundle laid over it as an
                                  import would; BUNDLE+BUNDLE likewise
    Bundles are tried in a throw-away graph; the hub's own is never written, and
    no question is kept. Each question keeps its own application date.
    A target is a GAIN if it is given under NEW only, a LOSS if under OLD only, a
    CHANGE if its verdict or credit differs otherwise. Exit code 0: nothing
    differs; 1: something does, or a side was refused; 2: misuse.

    \b
    Examples:
      alliance-hub policy-diff graph graph+autumn.zip --questions questions.jsonl --config hub.toml
      alliance-hub policy-diff spring.zip autumn.zip --questions questions.jsonl --as csv > effects.csv
    """
    tellers: dict[str, Callable[[], Teller]] = {"text": _Text, "json": _Json, "csv": _Csv}
    teller = tellers[form]()
    tallies = run(_asked((read_spec(old), read_spec(new)), file, file.stat().st_size, settings, teller))
    teller.end(tallies)
    sys.exit(DIFFERENT if any(one.same < one.questions for one in tallies) else 0)


async def _asked(
    specs: tuple[Spec, Spec], file: Path, size: int, settings: EngineSettings | None, to: Teller
) -> list[Tally]:
    tallies: dict[tuple[str, str], Tally] = {}
    async with AsyncExitStack() as stack:
        needed = any(spec.asks_graph for spec in specs)
        store = await stack.enter_async_context(opened(named(settings))) if needed else None
        one, other = [await stack.enter_async_context(opened_side(spec, store)) for spec in specs]
        bar = stack.enter_context(Bar(size))
        try:
            with file.open("rb") as lines:
                at = 0
                for line, question in questions(lines):
                    bar.advance("questions 问题", lines.tell() - at)
                    at = lines.tell()
                    await _ask(line, question, (one, other), tallies, to)
        except RecordRefused as error:
            raise click.ClickException(f"{file}: {error}") from error
    return [tallies[name] for name in sorted(tallies)]


async def _ask(
    line: int,
    question: Posed,
    sides: tuple[Side, Side],
    tallies: dict[tuple[str, str], Tally],
    to: Teller,
) -> None:
    context, (one, other) = question.context, sides
    found = list(effects(line, context, await one.answer(question), await other.answer(question)))
    name = context.institution, context.programme or ""
    new = Tally(member=context.institution, programme=context.programme)
    tallies[name] = tallied(tallies.get(name, new), found)
    for effect in found:
        to.effect(effect)


class _Text:
    """For a person: each effect in a line, then a line for each member and programme."""

    def effect(self, one: Effect) -> None:
        """Print it."""
        credit = f" ({one.had or '-'} -> {one.has or '-'})" if one.had != one.has else ""
        rules = f" by {' '.join(one.rules)}" if one.rules else ""
        click.echo(
            f"question {one.question} {one.kind.value:6} {one.target.key}: "
            f"{one.before.value} -> {one.after.value}{credit}{rules}"
        )

    def end(self, tallies: list[Tally]) -> None:
        """Print them."""
        for one in tallies:
            click.echo(
                f"{one.member} {one.programme or '(no programme)'}: {one.questions} questions 问题, "
                f"{one.gaining} gain 得益, {one.losing} lose 受损, {one.changing} change 变化, "
                f"{one.same} stay 不变"
            )


class _Json:
    """For a program: one JSON object a line, effects first."""

    def effect(self, one: Effect) -> None:
        """Print it."""
        click.echo(msgspec.json.encode({"effect": one}))

    def end(self, tallies: list[Tally]) -> None:
        """Print them."""
        for one in tallies:
            click.echo(msgspec.json.encode({"tally": one}))


class _Csv:
    """For a sheet: the effects alone."""

    def __init__(self) -> None:
        self._table = csv.writer(sys.stdout, lineterminator="\n")
        self._table.writerow(COLUMNS)

    def effect(self, one: Effect) -> None:
        """Print it."""
        cells = (
            one.member,
            one.programme or "",
            one.target.kind.value,
            one.target.key,
            one.kind.value,
            one.before.value,
            one.after.value,
            one.had,
            one.has,
            " ".join(one.rules),
        )
        self._table.writerow((one.question, *map(guarded, cells)))

    def end(self, tallies: list[Tally]) -> None:
        """Say nothing: a sheet sums for itself."""
