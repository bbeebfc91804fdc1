"""The command `alliance-hub`: every other command hangs here."""

from __future__ import annotations

import click

from hub.bundle_commands import bundle


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="alliance-hub", prog_name="alliance-hub")
def main() -> None:
    """Say what counts for what, where, why, and when, in an alliance of mutual recognition."""


main.add_command(bundle)
