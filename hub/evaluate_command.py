"""`alliance-hub evaluate`: a table of results in, a table of verdicts out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

import click

from graph.engines import EngineSettings
from hub.bundle_report import Bar
from hub.evaluate_rows import COLUMNS, groups
from hub.evaluating import TOGETHER, TOLD, Evaluation
from hub.exchange_commands import run
from hub.graph_options import graph_options, named, opened
from hub.sheets import Row, reading, writing

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("out", type=FILE)
@graph_options
@click.option("--institution", metavar="KEY", help="The receiving institution, where no row names one.")
@click.option("--programme", metavar="KEY", help="The programme version, where no row names one.")
@click.option("--credit-scheme", metavar="CODE", help="The credit scheme, where there is no programme.")
@click.option("--valid-on", type=click.DateTime(["%Y-%m-%d"]), help="The application date; else today.")
def evaluate(
    file: Path,
    out: Path,
    settings: EngineSettings | None,
    institution: str | None,
    programme: str | None,
    credit_scheme: str | None,
    valid_on: datetime | None,
) -> None:
    """Judge the results in FILE, one row a result, and write the verdicts to the new file OUT.

    \b
    Both are .csv, .xlsx or .jsonl, by their endings. Rows of one `set` (what one
    person holds) stand together; each set is judged for itself. A row whose `row`
    says HELD or USED is about a target held, or a past application. A bad line is
    told in OUT by line, field and code; its set is not judged, the others are.
    OUT stands there once it is whole, or not at all. docs/records.md has the
    columns. Exit code 0: every set was judged; 1: some were not; 2: misuse.

    \b
    Examples:
      alliance-hub evaluate intake.csv verdicts.csv --institution alliance:-:OUC --data /tmp/graph
      alliance-hub evaluate intake.xlsx verdicts.xlsx --config hub.toml
    """
    given = {
        "institution": institution,
        "programme": programme,
        "creditScheme": credit_scheme,
        "validOn": valid_on and valid_on.date().isoformat(),
    }
    bad = run(_evaluate(file, out, named(settings), {name: text for name, text in given.items() if text}))
    click.echo(f"{out}: written, {bad} bad lines" if bad else f"{out}: written", err=True)
    sys.exit(1 if bad else 0)


async def _evaluate(file: Path, out: Path, settings: EngineSettings, given: dict[str, str]) -> int:
    async with opened(settings) as store:
        evaluation = Evaluation(store, given)
        with Bar(_lines(file)) as bar, reading(file, COLUMNS) as rows, writing(out, TOLD) as write:
            found = groups(_counted(rows, bar))
            while some := list(islice(found, TOGETHER)):
                async for row in evaluation.rows(some):
                    write(row)
        return evaluation.bad


def _lines(file: Path) -> int | None:
    """Count the lines where that is quick; an XLSX does not say."""
    if file.suffix.lower() == ".xlsx":
        return None
    with file.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))


def _counted(rows: Iterator[Row], bar: Bar) -> Iterator[Row]:
    for row in rows:
        bar.advance("rows 行", 1)
        yield row
