"""`alliance-hub bundle lint`: what is suspect in rules by their text, before they are published."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from typing import Final

import click
import msgspec

from graph.engines import EngineSettings
from graph.exchange.opening import open_bundle
from graph.exchange.parts import manifest_of, parts_of
from graph.model.suspects import CAUSES, SUSPECTS
from graph.model.values import Text
from graph.model.warnings import Cause, Suspect, Warned
from graph.moment import today
from hub.bundle_commands import bundle
from hub.exchange_commands import run
from hub.graph_options import graph_options, named, opened
from hub.policy_sides import Spec, opened_side, read_spec

WRONG: Final = 1
GRAVE: Final = frozenset({Suspect.NEVER_FIRES, Suspect.SHADOWED, Suspect.EQUAL_DENIAL})
"""What a registrar would hardly mean: these fail the command."""

Lines = dict[tuple[str, int], tuple[str, int]]
"""Where rule versions stand: file and line, by key and number."""


class Told(msgspec.Struct, rename="camel", kw_only=True):
    """One suspect as it is told; ``file`` and ``line`` where the rule stands in JSON Lines of the bundle."""

    institution: str
    rule: str
    version: int
    suspect: Suspect
    cause: Cause | None
    alternative: int | None
    subject: str
    text: Text
    grave: bool
    file: str | None
    line: int | None


@bundle.command("lint")
@click.argument("side", default="graph")
@graph_options
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Ends are told from this day. Default: today.")
@click.option("--within", type=click.IntRange(0, 36_600), default=90, show_default=True, help="Days ahead.")
@click.option("--warn", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def lint_command(
    side: str, settings: EngineSettings | None, day: object, within: int, warn: bool, as_json: bool
) -> None:
    """Tell what is suspect of the rules of SIDE by their text, whatever anybody holds.

    \b
    SIDE is one of
      BUNDLE        a bundle (folder or zip) by itself; nothing is loaded anywhere
      graph         the graph now (the default)
      graph+BUNDLE  the graph now, with a bundle laid over it as an import would
    A bundle is tried in a throw-away graph; the hub's own is never written. A rule
    of a bundle by itself that names what only the graph has is DANGLING.
    Exit code 1: something never fires, is shadowed, or is barred by a denial of equal
    number (unless --warn), or the bundle is refused; 0: nothing of these; 2: misuse.

    \b
    Examples:
      alliance-hub bundle lint autumn
      alliance-hub bundle lint graph+autumn.zip --config hub.toml --json
    """
    spec, on = read_spec(side), day.date() if hasattr(day, "date") else today()
    grave = run(_told(spec, settings, on, within, as_json=as_json))
    sys.exit(WRONG if grave and not warn else 0)


async def _told(spec: Spec, settings: EngineSettings | None, day: date, within: int, *, as_json: bool) -> int:
    """Tell every suspect as it is found; return how many are grave."""
    count = {True: 0, False: 0}
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(opened(named(settings))) if spec.asks_graph else None
        side = await stack.enter_async_context(opened_side(spec, store))
        places = _places([*((spec.base,) if spec.base else ()), *spec.over])
        for institution in await side.receivers():
            for one in await side.lint(institution, day, within):
                told = _dressed(institution, one, places)
                count[told.grave] += 1
                click.echo(msgspec.json.encode(told) if as_json else _line(told))
    if not as_json:
        click.echo(f"{count[True]} must be looked at 须处理, {count[False]} may be meant 供参考")
    return count[True]


def _dressed(institution: str, one: Warned, places: Lines) -> Told:
    file, line = places.get((one.rule, one.version), (None, None))
    text = SUSPECTS[one.suspect]
    why = CAUSES[one.cause] if one.cause else None
    return Told(
        institution=institution,
        rule=one.rule,
        version=one.version,
        suspect=one.suspect,
        cause=one.cause,
        alternative=one.alternative,
        subject=one.subject,
        text=Text(zh=f"{text.zh}:{why.zh}", en=f"{text.en}: {why.en}") if why else text,
        grave=one.suspect in GRAVE,
        file=file,
        line=line,
    )


def _line(one: Told) -> str:
    place = f"{one.file}:{one.line} " if one.file else ""
    way = "" if one.alternative is None else f" alternative {one.alternative}"
    about = f" ({one.subject})" if one.subject else ""
    head = f"{place}{one.rule}@{one.version}{way} {one.suspect.value}{about}"
    return f"{head}\n    {one.text.zh}\n    {one.text.en}"


class _Named(msgspec.Struct):
    key: str = ""
    version: int = 1


def _places(bundles: list[Path]) -> Lines:
    """Find where rule versions stand in the JSON Lines of bundles; of other forms only the rule is told."""
    found: Lines = {}
    decoder = msgspec.json.Decoder(_Named)
    for path in bundles:
        with open_bundle(path) as bundle:
            parts, _ = parts_of(bundle, manifest_of(bundle))
            for part in parts:
                if part.concept.file != "rules" or not part.file.endswith(".jsonl") or part.declared:
                    continue
                with bundle.open(part.file) as lines:
                    for number, line in enumerate(lines, 1):
                        if line.strip():
                            one = decoder.decode(line)
                            found[one.key, one.version] = part.file, number
    return found
