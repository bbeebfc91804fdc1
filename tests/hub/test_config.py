"""Settings: defaults that work, a file, and variables over it; and no secret in any text."""

import pytest
from click.testing import CliRunner

from hub.cli import main
from hub.config import Config, ConfigRefused, read_config


def test_without_anything_the_defaults_work_on_a_fresh_machine():
    assert read_config(None, {}) == Config()
    assert Config().graph.uri is None
    assert Config().server.host == "127.0.0.1"


def test_a_variable_wins_over_the_file(tmp_path):
    file = tmp_path / "hub.toml"
    file.write_text('[graph]\nuri = "bolt://one"\nuser = "a"\n[server]\nport = 1\n')
    read = read_config(file, {"ALLIANCE_HUB_GRAPH_URI": "bolt://two", "ALLIANCE_HUB_SERVER_PORT": "2"})
    assert (read.graph.uri, read.graph.user, read.server.port) == ("bolt://two", "a", 2)


def test_other_programs_variables_are_left_alone():
    assert read_config(None, {"PATH": "y", "ALLIANCE_HUB_CONNECTORS": "connectors.d"}) == Config()


def test_a_misspelt_variable_is_refused_with_the_setting_that_was_meant():
    with pytest.raises(ConfigRefused, match=r"ALLIANCE_HUB_GRAPH_UIR.*mean ALLIANCE_HUB_GRAPH_URI"):
        read_config(None, {"ALLIANCE_HUB_GRAPH_UIR": "bolt://two"})


@pytest.mark.parametrize("deadline", ["0", "-1", "61", "soon"])
def test_an_impossible_deadline_is_refused_by_its_name(deadline):
    with pytest.raises(ConfigRefused, match=r"graph\.deadline"):
        read_config(None, {"ALLIANCE_HUB_GRAPH_DEADLINE": deadline})


def test_check_tells_what_is_wrong_with_the_members_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "connectors.d").mkdir()
    (tmp_path / "connectors.d" / "north.yaml").write_text("source: [", "utf-8")
    (tmp_path / "links.yaml").write_text("- learner: {scheme: hub, code: 7}\n", "utf-8")
    environment = {"ALLIANCE_HUB_GRAPH_DATA": str(tmp_path / "data")}
    told = CliRunner().invoke(main, ["check"], env=environment)
    assert (told.exit_code, "members   0 sources declared, 2 things wrong" in told.stdout) == (1, True)
    assert "north: Misdeclared: it is not YAML" in told.stderr
    assert "links.yaml, line 1: learner.code: YAML reads this as int" in told.stderr
    (tmp_path / "connectors.d" / "north.yaml").unlink()
    (tmp_path / "links.yaml").unlink()
    told = CliRunner().invoke(main, ["check"], env=environment)
    assert (told.exit_code, "graph     embedded" in told.stdout) == (0, True)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigRefused, match=r"nowhere\.toml"):
        read_config(tmp_path / "nowhere.toml", {})


def test_the_password_is_in_no_text():
    config = read_config(None, {"ALLIANCE_HUB_GRAPH_PASSWORD": "secret-word"})
    assert config.graph.password == "secret-word"
    assert "secret-word" not in repr(config)
