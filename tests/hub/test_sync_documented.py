"""What docs/operators.md shows of synchronising catalogues is what the hub takes."""

import re
import shlex
import tomllib
from pathlib import Path

import msgspec
import yaml
from click import Context, Group
from graphql import parse, validate

from connectors.catalogues.syncing import Syncing
from hub.cli import main
from hub.config import Config
from schema.root import make_schema

PAGE = (Path(__file__).parents[2] / "docs" / "operators.md").read_text("utf-8")
SECTION = PAGE.split("## Members' catalogues")[1].split("\n## ")[0]


def shown(language: str) -> str:
    (text,) = re.findall(rf"```{language}\n(.*?)```", SECTION, re.DOTALL)
    return text


def test_the_settings_shown_are_settings():
    members = msgspec.convert(tomllib.loads(shown("toml")), Config).members
    assert (members.staging, members.sync) == ("staging", 86400)


def test_the_declaration_shown_is_taken():
    said = yaml.safe_load(shown("yaml"))["sync"]
    assert msgspec.convert(said, Syncing) == Syncing(
        kind="COURSE", kinds={"证书": "CERTIFICATE"}, outcome_class="NON_DEGREE"
    )


def test_the_commands_shown_are_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hub.toml").write_text("", "utf-8")
    group = main.get_command(Context(main), "sync")
    assert isinstance(group, Group)
    lines = [shlex.split(line, comments=True) for line in shown("sh").splitlines()]
    assert [words[:2] for words in lines] == [["alliance-hub", "sync"]] * 7
    for _, _, *words in lines:
        named = words if words and words[0] in group.commands else ["run", *words]
        name, command, rest = group.resolve_command(Context(group), named)
        assert "file" in command.make_context(name, rest).params


def test_the_question_shown_fits_the_schema():
    (question,) = re.findall(r"```\n(\{ members .*?)```", SECTION, re.DOTALL)
    assert validate(make_schema()._schema, parse(question)) == []
