"""What the repository as a whole keeps: licence, names, and no word of any machine or registry's host."""

import re
import subprocess
import tomllib
from importlib import resources
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
SHELVES = {"utils", "helpers", "common", "core", "services", "manager", "base", "misc"}
HOSTS = re.compile(
    r"pypi\.org|files\.pythonhosted|registry\.npmjs|repo\.maven|repo1\.maven|crates\.io|deb\.debian"
)
PATHS = re.compile(r"(?<![\w.])/(work|root|home)/")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def texts():
    for file in tracked():
        if file != Path(__file__):
            try:
                yield file, file.read_text("utf-8")
            except UnicodeDecodeError:
                continue


def test_no_module_is_named_after_a_shelf():
    assert [file for file in tracked() if file.suffix == ".py" and file.stem in SHELVES] == []


def test_no_file_names_a_registry_host():
    assert [str(file) for file, text in texts() if HOSTS.search(text)] == []


def test_no_file_names_a_path_of_one_machine():
    assert [str(file) for file, text in texts() if PATHS.search(text)] == []


@pytest.mark.parametrize("package", ["hub", "schema", "connectors", "graph"])
def test_our_package_names_are_ours(package):
    assert Path(str(resources.files(package))).resolve() == ROOT / package


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/clients/typed/requirements.lock"])
def test_every_locked_package_has_hashes(lock):
    text = (ROOT / lock).read_text("utf-8")
    pinned = re.findall(r"^\S+==\S+", text, re.MULTILINE)
    hashed = re.findall(r"^\S+==[^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(hashed) > 15


def test_the_embedded_engine_is_pinned_exactly_and_kept_in_its_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert all("arcadedb" not in need for need in project["dependencies"])
    assert re.fullmatch(r"arcadedb==\S+", project["optional-dependencies"]["embedded"][0])


def test_compose_runs_neo4j_and_the_hub_and_publishes_only_the_hub_on_loopback():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    graph, hub = compose["services"]["graph"], compose["services"]["hub"]
    assert graph["image"].startswith("neo4j:5.26")
    assert "ports" not in graph
    assert all(port.startswith("127.0.0.1:") for port in hub["ports"])
    assert hub["environment"]["ALLIANCE_HUB_GRAPH_URI"].startswith("neo4j://graph:")
    assert hub["depends_on"]["graph"]["condition"] == "service_healthy"
    assert set(compose["volumes"]) == {"graph-data"}


def test_the_settings_that_compose_gives_are_settings_of_the_hub():
    from hub.config import PREFIX, read_config

    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    given = dict.fromkeys(compose["services"]["hub"]["environment"], "x")
    assert all(name.startswith(PREFIX) for name in given)
    graph = read_config(None, given).graph
    assert (graph.uri, graph.user, graph.password) == ("x", "x", "x")


def test_the_dockerfile_installs_the_wheel_and_runs_the_command_as_a_plain_user():
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    for needed in ("pip wheel", "--require-hashes", "USER hub", 'ENTRYPOINT ["alliance-hub"]', "HEALTHCHECK"):
        assert needed in dockerfile


def test_the_import_contracts_are_kept():
    import sys

    lint = [str(Path(sys.executable).parent / "lint-imports")]
    made = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert made.returncode == 0, made.stdout
    assert " 0 broken" in made.stdout
