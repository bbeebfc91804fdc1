"""The schema is printed, the print is current, and what would break the last release's clients is found."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import main
from schema.root import make_schema
from tests.federation.node import needs_node

ROOT = Path(__file__).parents[2]
SDL = make_schema().sdl
FIELD = re.compile(r'  """Its direction [^\n]*"""\n  direction: Text!\n\n')

BREAKING = {
    "a field is gone": FIELD.sub("", SDL),
    "a field may now be null": SDL.replace("  direction: Text!", "  direction: Text"),
    "an argument is demanded": SDL.replace("  rule(\n", "  rule(\n    mode: Int!\n"),
    "an enum value is gone": re.sub(r'\n  """[^\n]*"""\n  RETIRED\n', "\n", SDL),
    "a member of a union is gone": SDL.replace(" | Denial", ""),
    "a type is gone": SDL.replace("type Succession ", "type Follow ").replace("[Succession!]", "[Follow!]"),
    "a key is gone": SDL.replace(' @key(fields: "scheme edition code")', "", 1),
    "a key is another": SDL.replace(
        'type Agreement implements Node @key(fields: "key")',
        'type Agreement implements Node @key(fields: "source")',
    ),
}
HARMLESS = {
    "nothing": SDL,
    "a field more": SDL.replace("  direction: Text!\n", "  direction: Text!\n  more: Int\n"),
    "an optional argument more": SDL.replace("  rule(\n", "  rule(\n    mode: Int\n"),
    "a key more": SDL.replace(
        'type Agreement implements Node @key(fields: "key")',
        'type Agreement implements Node @key(fields: "key") @key(fields: "source")',
    ),
    "a description": SDL.replace("Its credit.", "Its credits."),
}


def compared(
    sdl: str, released: str, tmp_path: Path, *, installed: bool = True, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Compare a schema with a released one, by the script that `make check` runs, in a tree of its own."""
    for name in (".ci", "schema", "tests"):
        (tmp_path / name).mkdir()
    (tmp_path / ".ci" / "changes").write_bytes((ROOT / ".ci" / "changes").read_bytes())
    (tmp_path / "schema" / "released.graphql").write_text(released, "utf-8")
    if installed:
        (tmp_path / "tests" / "federation").symlink_to(ROOT / "tests" / "federation")
    return subprocess.run(
        ["bash", tmp_path / ".ci" / "changes"],
        input=sdl,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={k: v for k, v in os.environ.items() if k != "ALLIANCE_NO_SKIP"} | environment,
    )


def test_the_printed_schema_is_current():
    assert (ROOT / "schema" / "schema.graphql").read_text("utf-8") == SDL, "run make print-schema"


def test_the_command_prints_the_schema():
    printed = CliRunner().invoke(main, ["schema", "print"])
    assert printed.exit_code == 0
    assert printed.output == SDL


def test_make_check_compares_the_schema_of_the_code_with_the_released_one():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "alliance-hub schema print | bash .ci/changes" in makefile


class TestWithNode:
    pytestmark = needs_node

    @pytest.mark.parametrize("what", BREAKING)
    def test_a_breaking_change_fails(self, what, tmp_path):
        assert BREAKING[what] != SDL
        made = compared(BREAKING[what], SDL, tmp_path)
        assert made.returncode == 1
        assert "breaking: " in made.stdout

    @pytest.mark.parametrize("what", HARMLESS)
    def test_a_harmless_change_passes(self, what, tmp_path):
        assert (HARMLESS[what] != SDL) == (what != "nothing")
        made = compared(HARMLESS[what], SDL, tmp_path)
        assert made.returncode == 0, made.stdout + made.stderr
        assert " 0 of them breaking" in made.stdout

    def test_the_schema_of_today_breaks_nothing_of_the_last_release(self, tmp_path):
        released = (ROOT / "schema" / "released.graphql").read_text("utf-8")
        assert compared(SDL, released, tmp_path).returncode == 0

    def test_no_schema_at_all_is_no_harmless_change(self, tmp_path):
        assert compared("", SDL, tmp_path).returncode != 0


def test_what_was_not_compared_is_said(tmp_path):
    made = compared(BREAKING["a field is gone"], SDL, tmp_path, installed=False)
    assert made.returncode == 0
    assert "not compared" in made.stdout


def test_where_nothing_may_be_skipped_not_to_compare_fails(tmp_path):
    assert compared(SDL, SDL, tmp_path, installed=False, ALLIANCE_NO_SKIP="1").returncode == 1
