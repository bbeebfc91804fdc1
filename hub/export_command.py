"""`alliance-hub export`: a selection of public knowledge in a form that other tools read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

import click

from graph.engines import EngineSettings
from graph.exchange.share.conditions import BadCondition, Condition, condition
from graph.exchange.share.forms import FORMS, Form
from graph.exchange.share.selection import Selection, SelectsNothing, Snapshot, chosen
from graph.model.concepts import BY_FILE, Concept
from hub.exchange_commands import run
from hub.exporting import Filter, demand_known, narrowed, read_given, refusal_of
from hub.graph_options import graph_options, named, opened
from hub.knowledge import Knowledge
from schema.errors import Refusal
from schema.root import make_schema


@click.command()
@click.argument("concept", type=click.Choice(sorted(BY_FILE)))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@graph_options
@click.option("--as", "form", type=click.Choice(list(FORMS)), help="The form; else by the file's ending.")
@click.option("--where", multiple=True, metavar="FIELD=VALUE", help="Only where a field says so; repeatable.")
@click.option("--key", "keys", multiple=True, metavar="KEY", help="Only this thing; repeatable.")
@click.option(
    "--keys", "listed", type=click.File(encoding="utf-8"), help="Only the keys in a file, one a line."
)
@click.option(
    "--filter",
    "given",
    metavar="JSON",
    help="Only what the API's list takes for `where`, all below included.",
)
@click.option("--valid-on", type=click.DateTime(["%Y-%m-%d"]), help="As valid on that day; else today.")
@click.option("--known-at", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), help="As it was known then (UTC).")
def export(
    concept: str,
    file: Path,
    settings: EngineSettings | None,
    form: str | None,
    where: tuple[str, ...],
    keys: tuple[str, ...],
    listed: TextIO | None,
    given: str | None,
    valid_on: datetime | None,
    known_at: datetime | None,
) -> None:
    """Write the things of CONCEPT to the new FILE, as CSV, JSON Lines, GraphML or JSON-LD.

    \b
    Each row or node has its licence, source and `synthetic`, and the export
    names its snapshot: a hash of all it says, the day it is valid on, and when
    it was known. The same snapshot gives the same bytes. FIELD is written as in
    a bundle (`issuer`, `title.en`, `level.ordinal`); all --where must hold, exactly.
    --filter is what `where` is in a query of the API, as JSON: of an industry or a
    region it takes all below too, and only what is PUBLISHED unless it names
    `statuses`.

    \b
    Examples:
      alliance-hub export outcomes outcomes.csv --data /tmp/graph
      alliance-hub export rules rules.jsonl --where institution=moe:-:51161 --data /tmp/graph
      alliance-hub export outcomes g.csv --filter '{"industries": ["gbt4754:2017:G"]}' --data /tmp/graph
      alliance-hub export framework-items items.graphml --valid-on 2026-01-01 --data /tmp/graph
      alliance-hub export units - --as jsonld --key u:1:A --data /tmp/graph
    """
    if str(file) != "-" and file.exists():
        raise click.ClickException(f"{file} exists already: name a new file")
    conditions = tuple(_condition(BY_FILE[concept], text) for text in where)
    selection = Selection(BY_FILE[concept], _wanted(keys, listed), conditions)
    chosen_by = _filter(BY_FILE[concept], given) if given is not None else None
    asked = _Asked(selection, chosen_by, _form(file, form), valid_on and valid_on.date(), known_at)
    try:
        snapshot: Snapshot = run(asked.write(named(settings), file))
    except Refusal as refusal:
        raise _told(refusal) from None
    click.echo(f"{file}: hash {snapshot.hash}, valid {snapshot.valid}, known {snapshot.known}", err=True)


def _wanted(keys: tuple[str, ...], listed: TextIO | None) -> frozenset[str]:
    more = frozenset(line.strip() for line in listed) - {""} if listed else frozenset()
    if listed and not more:
        raise click.UsageError("the file of --keys names nothing")
    return more.union(keys)


def _condition(concept: Concept, text: str) -> Condition:
    try:
        return condition(concept.struct, text)
    except BadCondition as error:
        raise click.UsageError(f"--where {text}: {error.part} must be: {error.allowed}") from error


def _filter(concept: Concept, text: str) -> Filter:
    try:
        return read_given(make_schema(), concept, text)
    except Refusal as refusal:
        raise click.UsageError(_told(refusal).message) from refusal


def _told(refusal: Refusal) -> click.ClickException:
    code = refusal.code
    lines = (f"{code.name}: {refusal.en}", refusal.zh, code.remedy_en, code.remedy_zh)
    return click.ClickException("\n".join(lines))


def _form(file: Path, form: str | None) -> Form:
    named_form = form or file.suffix.lstrip(".")
    if named_form not in FORMS:
        raise click.UsageError(f"name the form: --as {'|'.join(FORMS)}, or a file that ends so")
    return FORMS[named_form]


class _Asked:
    """What is to be written, and as of when."""

    def __init__(
        self,
        selection: Selection,
        given: Filter | None,
        form: Form,
        valid_on: date | None,
        known_at: datetime | None,
    ) -> None:
        self._selection, self._filter, self._form = selection, given, form
        self._valid_on, self._known_at = valid_on, known_at and known_at.replace(tzinfo=UTC)

    async def write(self, settings: EngineSettings, file: Path) -> Snapshot:
        """Write it, and return its snapshot."""
        async with opened(settings) as store:
            try:
                return await self._write(Knowledge(store), file)
            except SelectsNothing as error:
                raise refusal_of(error) from error

    async def _write(self, knowledge: Knowledge, file: Path) -> Snapshot:
        at = await knowledge.publication.moment(self._valid_on, self._known_at)
        await demand_known(knowledge.publication, at)
        selection = self._selection
        if self._filter is not None:
            selection = await narrowed(knowledge.loaders(), selection, self._filter, at)
        async with chosen(knowledge.store, selection, at, named=self._form.named) as found:
            with click.open_file(str(file), "wb", atomic=str(file) != "-") as out:
                out.writelines(self._form.write(found))
            return found.snapshot
