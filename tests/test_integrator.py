"""An integrator's distribution, installed and tested as a stranger would: the base, and no server."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".cache" / "stranger" / "bin" / "python"
INSTALL = ("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation")


def run(*words, cwd):
    return subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, timeout=240)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> Path:
    """An environment with the hub's wheel and the harbour's connector in it; gives the connector's folder."""
    if not PYTHON.exists():
        pytest.skip("the stranger's environment is not there: make ci-deps")
    home = tmp_path_factory.mktemp("stranger")
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", home)
    assert run(*build, cwd=ROOT).returncode == 0
    [wheel] = home.glob("alliance_hub-*.whl")
    run("cp", "-r", ROOT / "tests" / "integrator", home / "harbour", cwd=home)
    for what in ((wheel, "--force-reinstall"), (home / "harbour", "--force-reinstall")):
        done = run(PYTHON, *INSTALL, *what, cwd=home)
        assert done.returncode == 0, done.stderr
    return home / "harbour"


def command(*words, cwd):
    return run(PYTHON, "-m", "hub", *words, cwd=cwd)


def test_a_strangers_environment_has_no_server_in_it(stranger):
    probe = (
        "import importlib.util as u; print([p for p in ('neo4j','starlette','strawberry') if u.find_spec(p)])"
    )
    assert run(PYTHON, "-c", probe, cwd=stranger).stdout.strip() == "[]"
    told = command("serve", cwd=stranger)
    assert told.returncode == 1
    assert "pip install 'alliance-hub[server" in told.stderr


def test_the_strangers_own_tests_pass(stranger):
    done = run(PYTHON, "-m", "pytest", "-q", "-W", "error", cwd=stranger)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_the_strangers_connector_is_found_and_has_a_standing(stranger):
    assert "connector  harbour  0.1.0" in command("connectors", "list", cwd=stranger).stdout
    checked = command("connectors", "check", "tests.kit:kit", cwd=stranger)
    assert (checked.returncode, "standing: GOLD" in checked.stdout) == (0, True), checked.stdout


def test_a_scaffolded_distribution_passes_its_own_checks_and_is_found(stranger, tmp_path):
    made = command("connectors", "new", "north-sea", "--into", tmp_path, cwd=stranger)
    assert made.returncode == 0, made.stderr
    home = tmp_path / "north-sea-connector"
    done = run(PYTHON, *INSTALL, home, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    tested = run(PYTHON, "-m", "pytest", "-q", "-W", "error", cwd=home)
    assert (tested.returncode, "17 passed" in tested.stdout) == (0, True), tested.stdout
    assert "standing: GOLD" in command("connectors", "check", "tests.kit:kit", cwd=home).stdout
    assert "connector  north-sea" in command("connectors", "list", cwd=home).stdout
