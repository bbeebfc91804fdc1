"""What is true of ``alliance-hub --help``: commands by who they are for, and what each group needs."""

from __future__ import annotations

import subprocess
import sys

from click.testing import CliRunner

from hub.cli import COMMANDS, GROUPS, Missing, main

WITHOUT = """
import sys
for name in "neo4j starlette strawberry rich openpyxl joserfc rfc8785 ortools uvicorn".split():
    sys.modules[name] = None
from hub.cli import main
main(sys.argv[1:], prog_name="alliance-hub")
"""


def base(*words: str) -> subprocess.CompletedProcess[str]:
    """Run it as where the base distribution only is installed."""
    told = [sys.executable, "-c", WITHOUT, *words]
    return subprocess.run(told, capture_output=True, text=True, timeout=60)


def test_help_lists_every_command_below_who_it_is_for_integrators_first():
    told = CliRunner().invoke(main, ["--help"]).output
    headings = [f"{group.user} ({group.needs}):" for group in GROUPS]
    assert [each for each in told.splitlines() if each in headings] == headings
    assert headings[0] == "For integrators (no extra):"
    listed = told.partition(headings[0])[2]
    assert all(f"\n  {name} " in listed for name in COMMANDS)
    assert all(not isinstance(main.get_command(None, name), Missing) for name in COMMANDS)


def test_where_the_base_alone_is_installed_help_begins_with_what_runs_and_says_in_a_line_what_others_need():
    told = base("--help")
    assert told.returncode == 0, told.stderr
    text = told.stdout
    assert "\n  connectors  Connectors and the sources declared with them.\n" in text
    for group in GROUPS[1:]:
        heading = f"{group.user} (not here; pip install 'alliance-hub[server,embedded]'):"
        assert f"{heading}\n  {', '.join(group.commands)}\n" in text
    assert text.index("alliance-hub connectors new") < text.index("alliance-hub serve")
    assert text.index("For integrators") < text.index("For registrars") < text.index("To serve")
    assert "This command needs" not in text


def test_a_command_whose_parts_are_missing_says_what_to_install_whatever_it_is_given():
    for words in (["serve"], ["serve", "--config", "hub.toml"], ["record", "make", "-x"]):
        told = base(*words)
        assert (told.returncode, told.stdout) == (1, "")
        assert "pip install 'alliance-hub[server,embedded]'" in told.stderr
