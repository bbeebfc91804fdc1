"""The command `alliance-hub`: every other command hangs here."""

from __future__ import annotations

import importlib
from typing import Final

import click

# Loaded when asked for: a connector author's installation has no server in it.
COMMANDS: Final = {
    "demo": "hub.demo.command:demo",
    "serve": "hub.serve_commands:serve",
    "check": "hub.serve_commands:check",
    "bundle": "hub.lint_command:bundle",
    "connectors": "hub.connector_commands:connectors",
    "schema": "hub.schema_commands:schema",
    "case": "hub.case_commands:case",
    "export": "hub.export_command:export",
    "ties": "hub.tie_commands:ties",
    "evaluate": "hub.evaluate_command:evaluate",
    "policy-diff": "hub.policy_diff_command:policy_diff",
    "replay": "hub.replay_command:replay",
    "record": "hub.record_commands:record",
    "sync": "hub.sync_commands:sync",
}
NEEDS: Final = "This command needs the server's parts: pip install 'alliance-hub[server,embedded]'"


class Commands(click.Group):
    """A group whose commands are imported when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List every command."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; say what to install where its parts are missing."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            return _missing(cmd_name, error.name or "a package")
        return command


def _missing(command: str, package: str) -> click.Command:
    @click.command(
        command, help=f"{NEEDS} ({package} is missing)", context_settings={"ignore_unknown_options": True}
    )
    @click.argument("_rest", nargs=-1)
    def missing(_rest: tuple[str, ...]) -> None:
        raise click.ClickException(f"{NEEDS} ({package} is missing)")

    return missing


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="alliance-hub", prog_name="alliance-hub")
def main() -> None:
    """Say what counts for what, where, why, and when, in an alliance of mutual recognition.

    \b
    Begin with:
      alliance-hub demo                          the demo alliance, served, with a tour
      alliance-hub demo --once                   the tour alone
      alliance-hub serve --config hub.toml       your own alliance
      alliance-hub bundle validate FOLDER        check knowledge before it goes in
      alliance-hub schema print                  the schema, for composers and code generators
    """
