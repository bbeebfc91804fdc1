"""The command `alliance-hub`: every other command hangs here."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Final, NamedTuple

import click

SERVER: Final = "alliance-hub[server,embedded]"


class Group(NamedTuple):
    """Commands for one kind of user, where each is found, and the distribution they need."""

    user: str
    needs: str
    commands: Mapping[str, str]


# Loaded when asked for: a connector author's installation has no server in it.
GROUPS: Final = (
    Group("For integrators", "no extra", {"connectors": "hub.connector_commands:connectors"}),
    Group(
        "For registrars",
        SERVER,
        {
            "bundle": "hub.lint_command:bundle",
            "case": "hub.case_commands:case",
            "ties": "hub.tie_commands:ties",
            "sync": "hub.sync_commands:sync",
            "policy-diff": "hub.policy_diff_command:policy_diff",
            "evaluate": "hub.evaluate_command:evaluate",
            "record": "hub.record_commands:record",
            "replay": "hub.replay_command:replay",
            "export": "hub.export_command:export",
        },
    ),
    Group(
        "To serve",
        SERVER,
        {
            "demo": "hub.demo.command:demo",
            "serve": "hub.serve_commands:serve",
            "check": "hub.serve_commands:check",
            "schema": "hub.schema_commands:schema",
        },
    ),
)
COMMANDS: Final = {name: place for group in GROUPS for name, place in group.commands.items()}
NEEDS: Final = f"This command needs the server's parts: pip install '{SERVER}'"


class Missing(click.Command):
    """Stands for a command whose parts are not installed, and says what to install."""

    def __init__(self, name: str, package: str) -> None:
        self.why = f"{NEEDS} ({package} is missing)"
        rest = click.Argument(["_rest"], nargs=-1)
        settings = {"ignore_unknown_options": True}
        super().__init__(name, params=[rest], help=self.why, context_settings=settings)

    def invoke(self, ctx: click.Context) -> None:
        """Refuse."""
        raise click.ClickException(self.why)


class Commands(click.Group):
    """A group whose commands are imported when they are named, and listed by who they are for."""

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
            return Missing(cmd_name, error.name or "a package")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each group with what it needs; of one that cannot run here, the names in one line."""
        for group in GROUPS:
            found = {name: self.get_command(ctx, name) for name in group.commands}
            if any(isinstance(each, Missing) for each in found.values()):
                with formatter.section(f"{group.user} (not here; pip install '{group.needs}')"):
                    formatter.write_text(", ".join(found))
                continue
            with formatter.section(f"{group.user} ({group.needs})"):
                formatter.write_dl([(name, _short(each, formatter)) for name, each in found.items()])


def _short(command: click.Command | None, formatter: click.HelpFormatter) -> str:
    longest = max(map(len, COMMANDS)) + 6
    return command.get_short_help_str(formatter.width - longest) if command else ""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="alliance-hub", prog_name="alliance-hub")
def main() -> None:
    """Say what counts for what, where, why, and when, in an alliance of mutual recognition.

    \b
    Begin with:
      alliance-hub connectors new NAME           a connector to your source, that already runs
      alliance-hub bundle validate FOLDER        check knowledge before it goes in
      alliance-hub demo                          the demo alliance, served, with a tour
      alliance-hub serve --config hub.toml       your own alliance
    """
