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
from graph.publication import Publication
from graph.store import Store
from hub.exchange_commands import run
from hub.graph_options import graph_options, named, opened


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
    valid_on: datetime | None,
    known_at: datetime | None,
) -> None:
    """Write the things of CONCEPT to the new FILE, as CSV, JSON Lines, GraphML or JSON-LD.

    \b
    Each row or node has its licence, source and `synthetic`, and the export
    names its snapshot: a hash of all it says, the day it is valid on, and when
    it was known. The same snapshot gives the same bytes. FIELD is written as in
    a bundle (`issuer`, `title.en`, `level.ordinal`); all --where must hold.

    \b
    Examples:
      alliance-hub export outcomes outcomes.csv --data /tmp/graph
      alliance-hub export rules rules.jsonl --where institution=moe:-:51161 --data /tmp/graph
      alliance-hub export framework-items items.graphml --valid-on 2026-01-01 --data /tmp/graph
      alliance-hub export units - --as jsonld --key u:1:A --data /tmp/graph
    """
    if str(file) != "-" and file.exists():
        raise click.ClickException(f"{file} exists already: name a new file")
    conditions = tuple(_condition(BY_FILE[concept], text) for text in where)
    selection = Selection(BY_FILE[concept], _wanted(keys, listed), conditions)
    asked = _Asked(selection, _form(file, form), valid_on and valid_on.date(), known_at)
    try:
        snapshot: Snapshot = run(asked.write(named(settings), file))
    except SelectsNothing as error:
        raise click.ClickException(str(error)) from None
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


def _form(file: Path, form: str | None) -> Form:
    named_form = form or file.suffix.lstrip(".")
    if named_form not in FORMS:
        raise click.UsageError(f"name the form: --as {'|'.join(FORMS)}, or a file that ends so")
    return FORMS[named_form]


class _Asked:
    """What is to be written, and as of when."""

    def __init__(
        self, selection: Selection, form: Form, valid_on: date | None, known_at: datetime | None
    ) -> None:
        self._selection, self._form = selection, form
        self._valid_on, self._known_at = valid_on, known_at and known_at.replace(tzinfo=UTC)

    async def write(self, settings: EngineSettings, file: Path) -> Snapshot:
        """Write it, and return its snapshot."""
        async with opened(settings) as store:
            return await self._write(store, file)

    async def _write(self, store: Store, file: Path) -> Snapshot:
        at = await Publication(store).moment(self._valid_on, self._known_at)
        async with chosen(store, self._selection, at, named=self._form.named) as found:
            with click.open_file(str(file), "wb", atomic=str(file) != "-") as out:
                out.writelines(self._form.write(found))
            return found.snapshot
