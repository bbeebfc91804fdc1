"""``alliance-hub connectors``: list, check, read a sample. Needs the base distribution only."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from connectors.conformance import Standing, because, examine, standing
from connectors.content import content
from connectors.contract import Verb
from connectors.errors import SourceError
from connectors.expressions import function
from connectors.files.settings import FilesSettings
from connectors.files.survey import MOST, survey
from connectors.notices import notice
from connectors.published import published
from connectors.records import LearnerKey, Record
from connectors.registry import Registry, find
from connectors.roster import Declared, Roster
from connectors.scenes import Sample, Subject
from connectors.sifting import sift
from connectors.source import Source
from connectors.standby import OpenSource, Outcome
from connectors.standings import Noted, note
from hub.connector_advice import advice, unfound
from hub.connector_docs import docs
from hub.connector_listing import show
from hub.scaffold_commands import new
from hub.tape_commands import declared_source, make, play

_FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("connectors.d"),
    show_default=True,
    envvar="ALLIANCE_HUB_CONNECTORS",
    help="Where the sources are declared.",
)


@click.group("connectors")
def connectors() -> None:
    """Connectors and the sources declared with them."""


@connectors.command()
@click.argument("kit")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option(
    "--note",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Note the standing in this file, which the hub shows: standings.yaml beside its configuration.",
)
def check(kit: str, as_json: bool, file: Path | None) -> None:
    """Run the conformance suite. KIT is module:function, giving a Subject and a Sample.

    A module is looked for in the working directory too.
    """
    sys.path.insert(0, str(Path.cwd()))
    subject, sample = _kit(kit)
    lines = asyncio.run(examine(subject, sample))
    reached, why = standing(lines), because(lines)
    if file is not None:
        note(file, _noted(subject, reached))
    if as_json:
        told = {
            "standing": reached.value,
            "because": why,
            "clauses": [msgspec.to_builtins(each) for each in lines],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for line in lines:
            click.echo(f"{line.finding.value:9} {line.says}{f' ({line.why})' if line.why else ''}")
        click.echo(f"standing: {reached.value}{f' ({why})' if why else ''}")
    if any(line.finding.value == "BROKEN" for line in lines):
        raise SystemExit(1)


def _noted(subject: Subject, reached: Standing) -> Noted:
    of, manifest = subject.source, subject.manifest
    seen = content(manifest, of.settings if of else None)
    return Noted(manifest.name, manifest.version, reached, of.code if of else "", seen)


def _kit(name: str) -> tuple[Subject, Sample]:
    try:
        subject, sample = function(name)()
    except (ValueError, TypeError) as error:
        raise click.ClickException(f"{name} does not give a Subject and a Sample: {error}") from None
    if not isinstance(subject.source, Source | None):
        raise click.ClickException(
            f"{name}: source is what connectors.registry.declaration(Path('connectors.d'), CODE) gives"
        )
    return subject, sample


@connectors.command()
@click.argument("kind")
def schema(kind: str) -> None:
    """Print the JSON Schema of a kind's declarations."""
    manifest = find().manifests.get(kind)
    if manifest is None:
        raise click.ClickException(f"there is no connector named {kind}")
    click.echo(json.dumps(published(manifest), ensure_ascii=False, indent=1))


@connectors.command()
@click.argument("source")
@click.argument("learner")
@_FOLDER
@click.option("--most", default=5, show_default=True, help="How many records to show.")
@click.option("--personal", is_flag=True, help="Show the records themselves, not only what they consist of.")
def read(source: str, learner: str, folder: Path, most: int, personal: bool) -> None:
    """Read a limited sample of one LEARNER (scheme:code) from one SOURCE."""
    scheme, _, code = learner.partition(":")
    if not code:
        raise click.ClickException("a learner is written scheme:code")
    found = declared_source(source, folder)
    outcome = asyncio.run(_read(found, LearnerKey(scheme=scheme, code=code)))
    if outcome.error is not None:
        raise click.ClickException(advice(outcome.error))
    for each in (outcome.value or ())[:most]:
        click.echo(_shown(each, personal))
    for remark in outcome.remarks:
        click.echo(f"{remark.code.value} x{remark.count}: {remark.text.en}", err=True)
    for hint in unfound(found.settings, outcome.value or ()):
        click.echo(f"look at: {hint}", err=True)
    click.echo(f"{len(outcome.value or ())} records in {outcome.elapsed:.3f} s", err=True)


@connectors.command()
@click.argument("source")
@click.argument("export", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_FOLDER
@click.option("--most", default=MOST, show_default=True, help="How many defects to show.")
def inspect(source: str, export: Path, folder: Path, most: int) -> None:
    """List what is wrong with one EXPORT of a SOURCE of kind files, by line and field."""
    settings = [each.settings for each in Registry(folder).load().sources if each.code == source]
    if not settings or not isinstance(settings[0], FilesSettings):
        raise click.ClickException(f"there is no source {source} of kind files")
    try:
        found = survey(export, settings[0], most)
    except SourceError as error:
        raise click.ClickException(str(error)) from None
    for each in found:
        click.echo(f"line {each.line}: {each.where}: {notice(each.code).text.en} {notice(each.code).text.zh}")
    if found:
        raise SystemExit(1)


def _shown(record: Record, personal: bool) -> str:
    told = msgspec.to_builtins(record)
    return json.dumps(told if personal else sorted(told), ensure_ascii=False)


async def _read(found: Source, key: LearnerKey) -> Outcome[Sequence[Record]]:
    code = found.code
    if not found.offer(Verb.RESULTS):
        raise click.ClickException(f"the source {code} does not offer results")
    if found.schemes and key.scheme not in found.schemes:
        known = ", ".join(sorted(found.schemes))
        raise click.ClickException(f"the source {code} has keys of scheme {known}, not {key.scheme}")
    async with Roster(Declared(found)) as roster:
        if not roster.open:
            raise click.ClickException(roster.quarantined[0].reason)
        return await _asked(roster.open[0], key)


async def _asked(source: OpenSource, key: LearnerKey) -> Outcome[Sequence[Record]]:
    async def put(connector: Any, call: Any) -> Sequence[Record]:
        given = sift([key], await connector.results([key], call), call)[key]
        if isinstance(given, SourceError):
            raise given
        return given

    return await source.ask(put, 30.0)


for _each in (show, new, make, play, docs):
    connectors.add_command(_each)
