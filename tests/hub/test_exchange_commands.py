"""import, export, diff and imports as a person runs them, with the embedded engine in a folder."""

import json

import pytest
from click.testing import CliRunner
from small_bundle import outcome, write

from hub.cli import main

LINES = {"outcomes": [outcome("a"), outcome("b")]}


@pytest.fixture
def run(tmp_path):
    def run(*words, graph=True):
        given = [str(word) for word in words]
        data = ["--data", str(tmp_path / "data")] if graph else []
        return CliRunner().invoke(main, ["bundle", *given, *data])

    return run


def test_a_bundle_goes_in_and_out_again(run, tmp_path):
    bundle = write(tmp_path / "bundle", LINES)
    first = run("import", bundle, "--json")
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["import"]["total"]["added"] == 8
    assert "无变化" in run("import", bundle).output
    assert run("diff", bundle).output == "nothing differs\n"
    assert run("export", tmp_path / "out.zip").exit_code == 0
    assert run("export", tmp_path / "out.zip").exit_code == 1
    listed = json.loads(run("imports", "--json").stdout)
    assert [one["state"] for one in listed] == ["PUBLISHED"]
    assert "nothing to discard" in run("imports", "--discard").output


def test_a_refused_bundle_exits_with_1_and_says_why(run, tmp_path):
    bundle = write(
        tmp_path / "bundle", {"outcomes": [outcome("a") | {"credit": {"amount": "-1", "scheme": "x"}}]}
    )
    done = run("import", bundle)
    assert done.exit_code == 1
    assert "credit is never negative" in done.output


def test_what_is_no_bundle_exits_with_1_without_traceback(run, tmp_path):
    done = run("import", tmp_path / "nowhere")
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")


def test_a_difference_exits_with_1_and_names_the_field(run, tmp_path):
    one = write(tmp_path / "one", LINES)
    two = write(tmp_path / "two", {"outcomes": [outcome("a", tags=["x"]), outcome("b")]})
    done = run("diff", one, two, graph=False)
    assert done.exit_code == 1
    assert 'tags: (absent) -> ["x"]' in done.output


def test_without_options_the_graph_is_the_one_that_serve_would_use(run, tmp_path, monkeypatch):
    monkeypatch.setenv("ALLIANCE_HUB_GRAPH_DATA", str(tmp_path / "data"))
    assert run("import", write(tmp_path / "bundle", LINES), graph=False).exit_code == 0
    assert json.loads(run("imports", "--json").stdout)[0]["state"] == "PUBLISHED"


def test_a_configuration_names_the_graph_too(run, tmp_path):
    config = tmp_path / "hub.toml"
    config.write_text(f'[graph]\ndata = "{tmp_path / "data"}"\n')
    bundle = write(tmp_path / "bundle", LINES)
    assert run("import", bundle, "--config", config, graph=False).exit_code == 0
    assert run("diff", bundle).output == "nothing differs\n"


def test_two_graphs_at_once_are_a_misuse(run, tmp_path):
    done = run("imports", "--graph", "bolt://127.0.0.1:1")
    assert done.exit_code == 2
    assert "name one graph" in done.output


@pytest.mark.parametrize("name", ["import", "export", "diff", "imports"])
def test_help_teaches_by_examples(run, name):
    assert "Examples:" in run(name, "--help", graph=False).output
