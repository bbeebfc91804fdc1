"""`alliance-hub schema print`: the schema as composers, clients and reviewers read it."""

from __future__ import annotations

import click

from schema.root import make_schema


@click.group()
def schema() -> None:
    """Look at the schema without a hub."""


@schema.command("print")
def print_command() -> None:
    """Print the schema with its federation directives: what `_service { sdl }` answers.

    \b
    Example:
      alliance-hub schema print > hub.graphql      give it to a composer
    """
    click.echo(make_schema().sdl, nl=False)
