"""The wheel holds what a hub needs to run, and nothing that is only for building it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = (
    "hub/demo/alliance/bundle.json",
    "hub/demo/alliance/rules.jsonl",
    "hub/demo/stops/1-courier.graphql",
    "graph/exchange/mappings/gbt4754.json",
    "graph/engines/child.py",
    *(f"{room}/py.typed" for room in ("hub", "schema", "connectors", "graph")),
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    [made] = out.glob("alliance_hub-*.whl")
    return zipfile.ZipFile(made)


@pytest.mark.parametrize("name", NEEDED)
def test_what_a_hub_needs_is_in_the_wheel(wheel, name):
    assert name in wheel.namelist()


def test_the_wheel_holds_the_four_rooms_and_its_own_metadata_only(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"hub", "schema", "connectors", "graph"}


def test_the_console_is_in_the_wheel_where_it_was_built_and_its_sources_are_not(wheel):
    named = {name for name in wheel.namelist() if name.startswith("hub/console/")}
    built = {f"hub/console/static/{file.name}" for file in (ROOT / "hub/console/static").glob("*")}
    assert built <= named
    assert not any("node_modules" in name or "/web/" in name for name in named)


def test_the_wheel_gives_the_command(wheel):
    [points] = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "alliance-hub = hub.cli:main" in wheel.read(points).decode()
