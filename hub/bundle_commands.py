"""`alliance-hub bundle ...`: look at bundles, make them, and move them in and out of the graph."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click
import msgspec

from graph.exchange.examined import Options
from graph.exchange.findings import Finding, Refused
from graph.exchange.generating import generate
from graph.exchange.invention.scale import SCALES
from graph.exchange.known import InMemory
from graph.exchange.opening import open_bundle
from graph.exchange.report import Report, Total
from graph.exchange.schemas import text, write_all
from graph.exchange.validation import validate
from graph.model.concepts import BY_FILE
from hub.bundle_report import Bar, show

REFUSED = 1


@click.group()
def bundle() -> None:
    """Public knowledge as files: validate, generate, and describe alliance bundles.

    \b
    A bundle is a folder or zip with bundle.json and one file per concept
    (CSV or JSON Lines). docs/bundle.md describes it all.

    \b
    Begin with:
      alliance-hub bundle generate --scale tiny --seed 1 /tmp/tiny
      alliance-hub bundle validate /tmp/tiny
      alliance-hub bundle schema outcomes
    """


@bundle.command("validate")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--mapping", metavar="NAME|FILE", help="Read foreign files by a shipped or own mapping.")
@click.option(
    "--strict", is_flag=True, help="Refuse lines that name unknown things instead of leaving stubs."
)
@click.option("--partial", is_flag=True, help="Leave refused lines out instead of refusing the bundle.")
@click.option("--restore", is_flag=True, help="Accept the recorded times of an export.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def validate_command(
    path: Path, mapping: str | None, strict: bool, partial: bool, restore: bool, as_json: bool
) -> None:
    """Check every line of the bundle at PATH as if the graph were empty; write nothing.

    \b
    Each finding names file, line, field, reason and remedy. Exit code 0: it may
    be imported; 1: it is refused; 2: the command was misused.

    \b
    Examples:
      alliance-hub bundle validate demo.zip
      alliance-hub bundle validate --json demo > report.json
      alliance-hub bundle validate samples/gbt4754 --mapping gbt4754
    """
    options = Options(partial=partial, strict=strict, restore=restore)
    report = _examined(path, mapping, options)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2))
    else:
        show(report)
    sys.exit(0 if report.ok else REFUSED)


def _examined(path: Path, mapping: str | None, options: Options) -> Report:
    try:
        with open_bundle(path) as opened, Bar(sum(opened.sizes.values())) as bar:
            work = validate(opened, InMemory(), options, mapping=mapping, progress=bar.advance)
            return asyncio.run(work).report
    except Refused as ending:
        return _ended(ending.finding)


def _ended(finding: Finding) -> Report:
    """Return the report on what is no bundle at all."""
    total = Total(file=finding.file, code=finding.code, severity=finding.severity, count=1)
    return Report(ok=False, findings=(finding,), totals=(total,), counts=(), stubs=(), gaps=())


@bundle.command("generate")
@click.option("--scale", type=click.Choice(list(SCALES)), default="tiny", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bytes.")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
def generate_command(scale: str, seed: int, out: Path) -> None:
    """Write an invented alliance into the empty folder OUT, for benchmarks and tests.

    \b
    Everything in it is marked synthetic. `national` has 3,000 institutions, 300,000
    outcomes, 900,000 mappings and 50,000 rules (about 270 MB).

    \b
    Examples:
      alliance-hub bundle generate --scale tiny --seed 1 /tmp/tiny
      alliance-hub bundle generate --scale national --seed 7 /tmp/national
    """
    size = SCALES[scale]
    try:
        with Bar(size.outcomes + size.mappings + size.rules + size.units) as bar:
            counts = generate(scale, seed, out, bar.advance)
    except FileExistsError as error:
        raise click.UsageError(f"{out} holds something already: name an empty or new folder") from error
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror}") from error
    click.echo(f"{sum(counts.values()):,} lines in {len(counts)} files: {out}")


@bundle.command("schema")
@click.argument("concept", type=click.Choice(sorted(BY_FILE)), required=False)
@click.option(
    "--all", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write all into a folder."
)
def schema_command(concept: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of one line of CONCEPT, or write all of them into a folder.

    \b
    Examples:
      alliance-hub bundle schema outcomes
      alliance-hub bundle schema --all docs/schemas
    """
    if (concept is None) == (folder is None):
        raise click.UsageError("name a concept, or --all FOLDER")
    if folder is not None:
        write_all(folder)
    elif concept is not None:
        click.echo(text(BY_FILE[concept]), nl=False)
