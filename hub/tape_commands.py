"""``alliance-hub connectors record | replay``: de-identified tapes of a source's answers, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from connectors.errors import Misdeclared, SourceError
from connectors.network import Network
from connectors.records import LearnerKey, Record
from connectors.registry import declaration, find
from connectors.source import Source
from connectors.tape import VERSION, Tape, record, replay

T = TypeVar("T")


@click.command("record")
@click.argument("source")
@click.argument("learner")
@click.argument("into", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("connectors.d"),
    show_default=True, envvar="ALLIANCE_HUB_CONNECTORS", help="Where the sources are declared.",
)  # fmt: skip
@click.option(
    "--keep", multiple=True, help="A further public field, by its path from the root: data.items.unit"
)
def make(source: str, learner: str, into: Path, folder: Path, keep: Sequence[str]) -> None:
    """Ask one SOURCE about one LEARNER (scheme:code) and write its masked answers INTO a file.

    Kept are the fields a declaration reads for outcome, title, credit, mark and day; everything else, names
    and numbers of persons above all, is replaced by others of the same shape. Look at it before you share it.
    """
    scheme, _, code = learner.partition(":")
    if not code:
        raise click.ClickException("a learner is written scheme:code")
    declared = declared_source(source, folder)
    network = Network(declared.policy, declared.tls.context() if declared.tls else None)
    tape = _told(record(declared, LearnerKey(scheme=scheme, code=code), network, keep))
    into.write_bytes(msgspec.json.format(msgspec.json.encode(tape), indent=1) + b"\n")
    click.echo(f"{len(tape.exchanges)} exchanges, {len(tape.records)} records -> {into}", err=True)


@click.command("replay")
@click.argument("tape", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def play(tape: Path) -> None:
    """Play a TAPE to its connector, offline, and tell whether the records are still the same."""
    read = _read(tape)
    manifest = find().manifests.get(read.connector)
    if manifest is None:
        raise click.ClickException(f"there is no connector named {read.connector}")
    given = _told(replay(read, manifest))
    different = [name for name, same in _compared(read.records, given) if not same]
    for name in different:
        click.echo(f"different: record {name}")
    if different:
        raise click.ClickException(f"{len(different)} of {len(read.records)} records are not what they were")
    click.echo(f"{len(given)} records, as they were")


def declared_source(code: str, folder: Path) -> Source:
    """Find a declared source, or end the command with why it is not there."""
    try:
        return declaration(folder, code)
    except Misdeclared as error:
        raise click.ClickException(str(error)) from None


def _read(file: Path) -> Tape:
    try:
        tape = msgspec.json.decode(file.read_bytes(), type=Tape)
    except msgspec.MsgspecError as error:
        raise click.ClickException(f"{file} is not a tape: {error}") from None
    if tape.tape != VERSION:
        raise click.ClickException(f"{file} is a tape of version {tape.tape}; this hub plays {VERSION}")
    return tape


def _compared(before: Sequence[Record], now: Sequence[Record]) -> list[tuple[str, bool]]:
    told, given = {each.id: each for each in before}, {each.id: each for each in now}
    return [(name, told.get(name) == given.get(name)) for name in sorted(told.keys() | given.keys())]


def _told(asking: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(asking)
    except (SourceError, Misdeclared) as error:
        raise click.ClickException(str(error)) from None
