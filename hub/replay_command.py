"""`alliance-hub replay`: a record evaluated again, compared with today's graph, or stripped of everybody."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from graph.engines import EngineSettings
from graph.library import Library
from graph.moment import moment
from graph.publication import Publication
from graph.recognition import compiled
from graph.records import answered, replayed, stripped
from graph.records.comparing import Sides, compared
from graph.records.cutting import cut
from graph.records.replaying import read
from graph.records.stripping import line
from hub.exchange_commands import run
from hub.graph_options import graph_options, named, opened
from hub.record_files import each

DIFFERENT = 1


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@graph_options
@click.option("--against", is_flag=True, help="Compare with what the graph says today.")
@click.option("--strip", is_flag=True, help="Print the bare questions, for `policy-diff`.")
@click.option("--json", "as_json", is_flag=True, help="With --against: print one JSON object a record.")
def replay(
    files: tuple[Path, ...], settings: EngineSettings | None, against: bool, strip: bool, as_json: bool
) -> None:
    """Evaluate the records in FILES again, out of themselves: no graph, no network.

    \b
    A record is right when it gives the same bytes again. Any byte changed is
    noticed, and told by a code. Without options that is all that is done.
      --against  asks the graph the same question, as of the same day but as
                 known today: the verdicts that differ, and what is behind.
      --strip    prints each question on a line of its own, without ids,
                 sources and the moment it was asked. Degrees, days and grades
                 stay: they are the question.
    Exit code 0: all records are right (and nothing differs); 1: one is not, or
    something differs; 2: the command was misused. - is standard input.

    \b
    Examples:
      alliance-hub replay courier.json
      alliance-hub replay courier.json --against --data /var/lib/alliance-hub
      alliance-hub replay records/*.json --strip > questions.jsonl
    """
    if against and strip:
        raise click.UsageError("give --against or --strip, not both")
    if settings is not None and not against:
        raise click.UsageError("a graph is only asked with --against")
    if against:
        sys.exit(_tell(files, run(_against(files, named(settings))), as_json))
    for file, raw in each(files, replayed):
        if strip:
            click.echo(line(stripped(read(raw).question)), nl=False)
        else:
            click.echo(f"{file}: the same bytes again 重放一致")


async def _against(files: tuple[Path, ...], settings: EngineSettings) -> list[Sides]:
    async with opened(settings) as store:
        library, at = Library(store), moment(await Publication(store).latest())
        found = []
        for _, raw in each(files, replayed):
            record = read(raw)
            question = record.question
            keys = {one.outcome for one in question.results if one.outcome}
            volume = await library.volume(question.context.institution, at)
            index = (await library.knowing(volume, keys, at)).index
            before = answered(compiled(record.book), question)
            after = answered(index, question)
            found.append(compared(before, after, record.book, cut(index, question)))
        return found


def _tell(files: tuple[Path, ...], found: list[Sides], as_json: bool) -> int:
    for file, sides in zip(files, found, strict=True):
        if as_json:
            click.echo(msgspec.json.encode({"file": str(file), **msgspec.to_builtins(sides)}))
        else:
            click.echo(f"{file}: {_readable(sides)}")
    return DIFFERENT if any(sides.turns for sides in found) else 0


def _readable(sides: Sides) -> str:
    if not sides.turns:
        return "the graph says the same today 与当前图谱一致"
    lines = [f"{len(sides.turns)} verdicts differ today 项判定已变化"]
    for one in sides.turns:
        before, after = (verdict.value if verdict else "-" for verdict in (one.before, one.after))
        lines.append(f"  {one.rule}@{one.version} {one.target.key}: {before} -> {after}")
        lines += [f"    behind it: {' '.join(one.behind)}"] if one.behind else []
    return "\n".join(lines)
