"""`alliance-hub bundle import | export | diff | imports`: between bundles and the graph."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from graph.engines import EngineSettings
from graph.errors import GraphError
from graph.exchange import imports
from graph.exchange.cargo import BATCH
from graph.exchange.comparing import BundleSide, Difference, GraphSide, Side, compare
from graph.exchange.examined import Options
from graph.exchange.exporting import ExportRefused, export
from graph.exchange.findings import Refused
from graph.exchange.importing import Imported, Watches, import_bundle
from graph.exchange.imports import Import, ImportRefused
from graph.exchange.opening import open_bundle
from graph.exchange.run import discard
from hub.bundle_commands import bundle
from hub.bundle_report import Bar
from hub.graph_options import graph_options, named, opened
from hub.import_report import document, lines_of, show, told

DIFFERENT = 1


@bundle.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@graph_options
@click.option("--mapping", metavar="NAME|FILE", help="Read foreign files by a shipped or own mapping.")
@click.option(
    "--strict", is_flag=True, help="Refuse lines that name unknown things instead of leaving stubs."
)
@click.option("--partial", is_flag=True, help="Leave refused lines out instead of refusing the bundle.")
@click.option("--restore", is_flag=True, help="Fill an empty graph with an export, recorded times and all.")
@click.option(
    "--batch", type=click.IntRange(1, 50_000), default=BATCH, show_default=True, help="Lines a transaction."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole outcome as JSON.")
def import_command(
    path: Path, settings: EngineSettings | None, mapping: str | None, batch: int, as_json: bool, **how: bool
) -> None:
    """Load the bundle at PATH into the graph.

    \b
    Readers see nothing of it until all of it is published, by one write. An
    interrupted import goes on where it was when the same bundle is given again;
    `bundle imports --discard` undoes it whole. The same bundle again changes
    nothing. Exit code 0: the graph says what the bundle says; 1: refused,
    nothing was changed; 2: the command was misused.

    \b
    Examples:
      alliance-hub bundle import demo.zip --data /var/lib/alliance-hub
      alliance-hub bundle import gbt4754 --mapping gbt4754 --graph neo4j://127.0.0.1:7687
      alliance-hub bundle import backup.zip --restore --data /tmp/empty
    """
    done = run(_import(path, named(settings), Options(**how), mapping, batch))
    click.echo(document(done)) if as_json else show(done)
    sys.exit(0 if done.ok else 1)


async def _import(
    path: Path, settings: EngineSettings, options: Options, mapping: str | None, batch: int
) -> Imported:
    with open_bundle(path) as bundle:
        size = sum(bundle.sizes.values())
    async with opened(settings) as store:
        with Bar(size) as reading, Bar(lines_of(path)) as loading:
            watches = Watches(reading.advance, loading.advance)
            return await import_bundle(store, path, options, mapping=mapping, watches=watches, batch=batch)


@bundle.command("export")
@click.argument("path", type=click.Path(path_type=Path))
@graph_options
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def export_command(path: Path, settings: EngineSettings | None, as_json: bool) -> None:
    """Write all published knowledge to PATH: a new folder, or a new zip if it ends in .zip.

    \b
    Every version is in it with its recorded times, sorted: the same graph gives the
    same bytes. `bundle import --restore` into an empty graph gives the graph back.

    \b
    Examples:
      alliance-hub bundle export backup.zip --data /var/lib/alliance-hub
      alliance-hub bundle export backup --graph neo4j://127.0.0.1:7687
    """
    counts = run(_export(path, named(settings)))
    if as_json:
        click.echo(msgspec.json.encode(counts))
    else:
        click.echo(f"{sum(counts.values()):,} versions in {len(counts)} files: {path}")


async def _export(path: Path, settings: EngineSettings) -> dict[str, int]:
    async with opened(settings) as store:
        return await export(store, path)


@bundle.command("diff")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path), required=False)
@graph_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def diff_command(before: Path, after: Path | None, settings: EngineSettings | None, as_json: bool) -> None:
    """Tell what differs from bundle BEFORE to bundle AFTER; or from the graph to one bundle.

    \b
    Each difference names file, line, key, version and the fields that changed. Against
    the graph it tells what an import of the bundle would do. Exit code 0: nothing
    differs; 1: something does, or a bundle was refused; 2: the command was misused.

    \b
    Examples:
      alliance-hub bundle diff spring.zip autumn.zip
      alliance-hub bundle diff autumn.zip --data /var/lib/alliance-hub
      alliance-hub bundle diff --json spring autumn | jq .key
    """
    if after is not None and settings is not None:
        raise click.UsageError("give two bundles, or one bundle and a graph")
    count = run(_diff(before, after, named(settings) if after is None else None, as_json))
    if not as_json:
        click.echo(f"{count:,} differences" if count else "nothing differs")
    sys.exit(DIFFERENT if count else 0)


async def _diff(before: Path, after: Path | None, settings: EngineSettings | None, as_json: bool) -> int:
    count = 0
    async with _sides(before, after, settings) as (old, new):
        async for difference in compare(old, new):
            count += 1
            click.echo(msgspec.json.encode(difference) if as_json else _readable(difference))
    return count


@asynccontextmanager
async def _sides(
    before: Path, after: Path | None, settings: EngineSettings | None
) -> AsyncIterator[tuple[Side, Side]]:
    with open_bundle(before) as first:
        if settings is None:
            with open_bundle(after or before) as second:
                yield BundleSide(first), BundleSide(second)
        else:
            side = BundleSide(first, whole=False)
            async with opened(settings) as store:
                yield GraphSide(store, side.manifest.source), side


def _readable(one: Difference) -> str:
    place = f"{one.file}:{one.line}" if one.line else one.file
    head = f"{one.fate.value:8} {place} {one.key} version {one.version or '(next)'}"
    changes = (
        f"    {change.field}: {_shown(change.before)} -> {_shown(change.after)}" for change in one.changes
    )
    return "\n".join((head, *changes))


def _shown(value: Any) -> str:
    return "(absent)" if value is None else msgspec.json.encode(value).decode()


@bundle.command("imports")
@graph_options
@click.option("--discard", "discards", is_flag=True, help="Undo the interrupted import whole.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def imports_command(settings: EngineSettings | None, discards: bool, as_json: bool) -> None:
    """List the latest imports, and discard one that was interrupted.

    \b
    Examples:
      alliance-hub bundle imports --data /var/lib/alliance-hub
      alliance-hub bundle imports --discard --data /var/lib/alliance-hub
    """
    found = run(_imports(named(settings), discards))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        told(found)


async def _imports(settings: EngineSettings, discards: bool) -> list[Import]:
    async with opened(settings) as store:
        interrupted = await imports.open_import(store) if discards else None
        if interrupted:
            await discard(store, interrupted)
        elif discards:
            raise click.ClickException("no import is open: there is nothing to discard")
        return await imports.listed(store)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run ``work``; what stands in its way is told in a line, and the exit code is 1."""
    try:
        return asyncio.run(work)
    except Refused as ending:
        finding = ending.finding
        raise click.ClickException(
            f"{ending}\n{finding.reason.zh}\n{finding.remedy.en}\n{finding.remedy.zh}"
        ) from ending
    except ImportRefused as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal}") from refusal
    except (ExportRefused, GraphError, OSError) as error:
        raise click.ClickException(str(error)) from error
