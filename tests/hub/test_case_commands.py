"""case import and export as a person runs them, with the embedded engine in a folder."""

import json

import pytest
from click.testing import CliRunner

from hub.cli import main
from tests.graph.exchange.case.packages import DOCUMENT, association, exact, item, package, raw, uuid

SAID = package([item(1)], [association(1, uuid("e", 1), DOCUMENT)])


@pytest.fixture
def run(tmp_path):
    def run(*words):
        given = [str(word) for word in words]
        return CliRunner().invoke(main, ["case", *given, "--data", str(tmp_path / "data")])

    return run


def test_a_folder_of_packages_goes_in_and_one_comes_out_again(run, tmp_path):
    folder = tmp_path / "packages"
    folder.mkdir()
    (folder / "one.json").write_bytes(raw(SAID))
    (folder / "two.json").write_bytes(raw(package(document={"identifier": uuid("d", 2)})))
    done = run("import", folder)
    assert done.exit_code == 0, done.output
    assert "one.json:" in done.output
    assert run("import", folder).output.count("无变化") == 2
    out = tmp_path / "out.json"
    assert run("export", DOCUMENT, out).exit_code == 0
    assert exact(out.read_bytes()) == exact(raw(SAID))
    assert "exists already" in run("export", f"case:-:{DOCUMENT}", out).output
    assert "no such framework" in run("export", uuid("d", 9), tmp_path / "none.json").output


def test_a_refused_package_exits_with_1_and_names_the_place(run, tmp_path):
    path = tmp_path / "spoiled.json"
    path.write_bytes(raw(package([item(1, fullStatement=7)])))
    done = run("import", path, "--json")
    assert done.exit_code == 1
    (finding,) = json.loads(done.output)["report"]["findings"]
    assert (finding["file"], finding["field"]) == ("spoiled.json", "CFItems[0].fullStatement")


def test_what_is_no_package_exits_with_1_without_traceback(run, tmp_path):
    path = tmp_path / "junk.json"
    path.write_bytes(b"<xml/>")
    done = run("import", path)
    assert done.exit_code == 1
    assert "CASE_UNREADABLE" in done.output
