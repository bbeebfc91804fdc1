"""The manifest of trusted documents: read and checked when the hub starts, so that none fails later.

Two forms are read: relay-compiler's, an object of names and texts, and Apollo's, `operations` with `id` and
`body`. Each text holds one operation, as those tools write them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from strawberry import Schema

from hub.config import ConfigRefused
from schema.documents import Documents
from schema.errors import DocumentRefused, Refusal
from schema.limits import Limits


class Operation(Struct, frozen=True):
    """One of Apollo's."""

    id: str
    body: str


class Manifest(Struct, frozen=True):
    """Apollo's form."""

    operations: list[Operation]


def read_manifest(file: Path, schema: Schema, limits: Limits | None = None) -> Mapping[str, str]:
    """Read the texts by their names; raise `ConfigRefused` naming what does not fit the schema."""
    documents = Documents(schema, limits or Limits())
    texts = _read(file)
    for name, text in texts.items():
        try:
            documents.prepare(text, None, None)
        except (Refusal, DocumentRefused) as refused:
            raise ConfigRefused(
                f"{file}: the document {name!r} cannot be served: {_why(refused)}"
            ) from refused
    return texts


def _read(file: Path) -> dict[str, str]:
    try:
        found = msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
        if "operations" in found:
            return {one.id: one.body for one in msgspec.convert(found, Manifest).operations}
        return msgspec.convert(found, dict[str, str])
    except OSError as error:
        raise ConfigRefused(f"{file}: cannot be read ({error.strerror})") from error
    except msgspec.DecodeError as error:
        raise ConfigRefused(f"{file}: no manifest of documents: {error}") from error


def _why(refused: Refusal | DocumentRefused) -> str:
    if isinstance(refused, DocumentRefused):
        return "; ".join(error.message for error in refused.errors[:3])
    return refused.en
