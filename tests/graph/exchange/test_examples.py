"""The examples of docs/bundle.md run as they are printed."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import main

DOCUMENT = (Path(__file__).parents[3] / "docs/bundle.md").read_text(encoding="utf-8")
SHELL, _, _ = DOCUMENT.partition("## `bundle.json`")


def commands(text):
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from (shlex.split(line, comments=True)[1:] for line in block.splitlines())


def test_the_first_commands_run(tmp_path):
    for command in commands(SHELL):
        moved = [word.replace("/tmp", str(tmp_path)) for word in command]
        assert CliRunner().invoke(main, moved).exit_code == 0


def test_the_mapping_commands_run(samples):
    section = DOCUMENT.partition("## Mappings")[2].partition("## Pass 1")[0]
    for command in commands(section):
        moved = [word.replace("samples/", f"{samples}/") for word in command]
        assert CliRunner().invoke(main, moved).exit_code == 0


def test_the_code_runs(tmp_path, capsys):
    CliRunner().invoke(main, ["bundle", "generate", str(tmp_path / "tiny")])
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    exec(compile(code.replace("/tmp/tiny", str(tmp_path / "tiny")), "bundle.md", "exec"), {})
    assert "rules.jsonl 80" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["validate", "generate", "schema"])
def test_the_document_names_every_command(word):
    assert f"alliance-hub bundle {word}" in DOCUMENT
