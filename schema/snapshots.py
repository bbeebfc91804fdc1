"""Snapshots in the API: what an answer was taken from, asked for by itself."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types import Info

from schema.arguments import As
from schema.asking import loaders
from schema.permissions import PUBLIC, decided


@strawberry.type(
    name="Snapshot",
    description="What an answer is taken from. Every answer names it, for each of its root fields, in "
    "`extensions.snapshot`.",
)
@decided(PUBLIC)
class SnapshotType:
    """What an answer is taken from."""

    hash: str = strawberry.field(
        description="Of all that was known at the moment, 32 hex digits: equal for equal content."
    )
    valid: str = strawberry.field(description="The day things are valid on.")
    known: str = strawberry.field(
        description="The moment of what was known, never later than the last publication; give it as "
        "`knownAt` to be answered the same again."
    )


async def find_snapshot(info: Info, as_of: As = None) -> Any:
    """Name what questions as of a moment are answered from."""
    return await loaders(info).snapshot(await loaders(info).moment(info, as_of))
