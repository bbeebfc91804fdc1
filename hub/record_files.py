"""The files of records: read within bounds, written only where nothing stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from graph.errors import GraphError
from graph.records import RecordRefused
from graph.records.replaying import LARGEST
from schema.errors import Refusal

R = TypeVar("R")


@contextmanager
def told() -> Iterator[None]:
    """Tell what stands in the way in a few lines, with exit code 1."""
    try:
        yield
    except Refusal as refusal:
        code = refusal.code
        lines = (f"{code.name}: {refusal.en}", refusal.zh, code.remedy_en, code.remedy_zh)
        raise click.ClickException("\n".join(lines)) from refusal
    except (RecordRefused, GraphError, OSError) as error:
        raise click.ClickException(str(error)) from error


def content(file: Path) -> bytes:
    """Read a file, or standard input for ``-``, no more of it than a record may have."""
    with click.open_file(str(file), "rb") as stream:
        found: bytes = stream.read(LARGEST + 2)
    return found


def keep(file: Path, text: bytes, *, secret: bool = False) -> None:
    """Write a new file; nothing is ever overwritten. A secret is for its owner's eyes."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(file, flags, 0o600 if secret else 0o644), "wb") as stream:
            stream.write(text)
    except FileExistsError:
        raise click.ClickException(f"{file} exists already: name a new file") from None


def each(files: tuple[Path, ...], work: Callable[[bytes], R]) -> Iterator[tuple[Path, R]]:
    """Do some work on each file, its name told with what is wrong with it."""
    for file in files:
        try:
            yield file, work(content(file))
        except RecordRefused as error:
            raise click.ClickException(f"{file}: {error}") from error
        except OSError as error:
            raise click.ClickException(f"{file}: {error.strerror or error}") from error
