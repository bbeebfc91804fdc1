"""Who acts: a role or staff code, never a learner's."""

from __future__ import annotations

from typing import Final

import click

from graph.model.values import normalised

LONG: Final = 120


def acting(by: str) -> str:
    """Give the role as it is noted; ends the command where it cannot be one."""
    actor = normalised(by)
    if not actor or len(actor) > LONG or not actor.isprintable():
        raise click.ClickException(f"--by is 1 to {LONG} printable characters")
    return actor
