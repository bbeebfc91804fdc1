"""`make demo` of a fresh clone, with stand-ins for the installed command and the console's build."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BUILT = "hub/console/static/index.html"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the real Makefile, installed already, and a console that builds."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    command = tmp_path / ".venv/bin/alliance-hub"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "ran $*"\n')
    command.chmod(0o755)
    build_with(tmp_path, f"mkdir -p {Path(BUILT).parent} && touch {BUILT} && echo built")
    (tmp_path / ".venv/installed").touch()
    return tmp_path


def build_with(clone: Path, script: str) -> None:
    build = clone / "hub/console/web/build"
    build.parent.mkdir(parents=True, exist_ok=True)
    build.write_text(script + "\n")


def make(clone: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    made = subprocess.run(
        ["make", *words], cwd=clone, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout


def test_the_served_demo_builds_graphiql_once(clone: Path) -> None:
    first, second = make(clone, "demo"), make(clone, "demo")
    assert first.index("\nbuilt\n") < first.index("ran demo --port 8000")
    assert "built" not in second
    assert "ran demo --port 8000" in second


def test_a_failed_build_is_told_and_the_demo_is_served(clone: Path) -> None:
    build_with(clone, "exit 1")
    told = make(clone, "demo", "PORT=8123")
    assert told.index("served without it") < told.index("ran demo --port 8123")


def test_the_tour_alone_builds_nothing(clone: Path) -> None:
    told = make(clone, "demo", "ONCE=1")
    assert "ran demo --port 8000 --once" in told
    assert "uil" not in told.replace("alliance-hub", "")
