"""The commands of docs/records.md, run as they are written."""

import re
import shlex
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import main
from tests.hub.test_record_commands import records  # noqa: F401 - a fixture

PAGE = (Path(__file__).parents[2] / "docs" / "records.md").read_text("utf-8")
COMMANDS = re.findall(r"^alliance-hub (.*)$", PAGE, re.MULTILINE)
TABLE = "set,resultId,outcome,firstDay\n2024-001,courier,postal-cert:2019:COURIER-1,2023-06-01\n"


@pytest.fixture(scope="module")
def place(records, tmp_path_factory):  # noqa: F811 - a fixture
    folder = tmp_path_factory.mktemp("page")
    shutil.copy(records / "courier.json", folder)
    (folder / "hub.toml").write_text(f'[graph]\ndata = "{records / "data"}"\n', "utf-8")
    (folder / "intake.csv").write_text(TABLE, "utf-8")
    with as_file(files("hub.demo") / "alliance") as demo:
        for name in ("autumn", "spring"):
            shutil.make_archive(str(folder / name), "zip", demo)
    return folder, records / "data"


def test_there_are_commands():
    assert len(COMMANDS) == 9


def test_the_commands_run_one_after_another(place, monkeypatch):
    folder, graph = place
    monkeypatch.chdir(folder)
    for command in COMMANDS:
        words, _, out = command.replace("/var/lib/alliance-hub", str(graph)).partition(" > ")
        done = CliRunner().invoke(main, shlex.split(words))
        assert done.exit_code == 0, (command, done.output)
        if out:
            Path(out).write_text(done.stdout, "utf-8")


def test_every_code_of_records_is_on_the_page():
    from graph.records.refusals import KINDS

    for code, kind in KINDS.items():
        row = (kind.reason.en, kind.reason.zh, kind.remedy.en, kind.remedy.zh)
        assert f"| `{code}` | {' | '.join(row)} |" in PAGE


def test_every_column_of_a_table_of_results_is_on_the_page():
    from hub.evaluate_rows import COLUMNS

    assert {column for column in COLUMNS if f"`{column}`" not in PAGE} == set()
