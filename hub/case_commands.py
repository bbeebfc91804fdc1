"""`alliance-hub case import | export`: between CASE packages and the graph."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from graph.engines import EngineSettings
from graph.exchange import imports
from graph.exchange.case.identifiers import framework_key, is_identifier
from graph.exchange.case.importing import import_package
from graph.exchange.case.reading import whole
from graph.exchange.case.verbatim import encode
from graph.exchange.exporting import ExportRefused
from graph.exchange.importing import Imported
from graph.moment import moment
from hub.exchange_commands import run
from hub.graph_options import graph_options, named, opened
from hub.import_report import document, show

Outcome = tuple[Path, Imported]


@click.group()
def case() -> None:
    """Bring frameworks in and out as CASE packages (1EdTech, 1.0 and 1.1).

    \b
    A CFPackage is one JSON file: a CFDocument with its CFItems, CFAssociations
    and CFDefinitions. It becomes a framework with items and associations;
    what the hub does not read is kept to the letter. docs/case.md tells how.

    \b
    Begin with:
      alliance-hub case import standards.json --data /tmp/case-graph
      alliance-hub case export case:-:<identifier> out.json --data /tmp/case-graph
    """


@case.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@graph_options
@click.option("--synthetic", is_flag=True, help="Mark everything in it as invented.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole outcome as JSON, one object a file.")
def import_command(path: Path, settings: EngineSettings | None, synthetic: bool, as_json: bool) -> None:
    """Load the package at PATH into the graph, or every .json file of the folder PATH.

    \b
    Each package is one import: checked whole, then invisible until published.
    A finding names file, place (CFItems[3].fullStatement), reason and remedy.
    The same package again changes nothing; a later one gives what changed a new
    version, and retires what it lacks. Ends of associations outside the package
    are kept as external links; circles of isChildOf are kept and warned of.
    Exit code 0: the graph says what all packages say; 1: one was refused (the
    others are in); 2: the command was misused.

    \b
    Examples:
      alliance-hub case import standards.json --data /var/lib/alliance-hub
      alliance-hub case import packages --graph neo4j://127.0.0.1:7687
    """
    done: list[Outcome] = run(_import(_packages(path), named(settings), synthetic))
    for file, one in done:
        click.echo(document(one)) if as_json else _show(file, one)
    sys.exit(0 if all(one.ok for _, one in done) else 1)


def _packages(path: Path) -> list[Path]:
    found = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not found:
        raise click.UsageError(f"{path} holds no .json file")
    return found


async def _import(paths: list[Path], settings: EngineSettings, synthetic: bool) -> list[Outcome]:
    async with opened(settings) as store:
        return [(path, await import_package(store, path, synthetic=synthetic)) for path in paths]


def _show(file: Path, done: Imported) -> None:
    click.echo(f"{file.name}:")
    show(done)


@case.command("export")
@click.argument("key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@graph_options
def export_command(key: str, file: Path, settings: EngineSettings | None) -> None:
    """Write the framework KEY as a CASE 1.1 package to the new FILE (- is standard output).

    \b
    KEY is case:-:<identifier>, or the CFDocument's identifier alone. What was
    imported is said again, field for field; lists are ordered by identifier.

    \b
    Examples:
      alliance-hub case export case:-:a33fc64e-5c40-11e7-82c4-3d54268aa9ee out.json --data /tmp/case-graph
      alliance-hub case export a33fc64e-5c40-11e7-82c4-3d54268aa9ee - --data /tmp/case-graph
    """
    if str(file) != "-" and file.exists():
        raise click.ClickException(f"{file} exists already: name a new file")
    text = run(_export(framework_key(key) if is_identifier(key) else key, named(settings)))
    with click.open_file(str(file), "wb") as out:
        out.write(text)


async def _export(key: str, settings: EngineSettings) -> bytes:
    async with opened(settings) as store:
        found = await whole(store, key, moment(await imports.published(store)))
    if found is None:
        raise ExportRefused(f"no such framework: {key}")
    return msgspec.json.format(encode(found.package()), indent=2) + b"\n"
