"""The commands of docs/members.md, run as they are written, print what the page shows."""

import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import urllib.request
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.model.verdicts import Verdict
from graph.planning.unused import Why
from hub.cli import main
from schema.steps import STEPS, Actor, Step
from tests.guide import FILES, PAGE, SESSIONS
from tests.hub.test_demo import COMMAND, opened
from tests.hub.test_record_commands import records  # noqa: F401 - a fixture

ACTORS = {
    Actor.LEARNER: ("学习者", "the learner"),
    Actor.REGISTRAR: ("教务人员", "the registrar"),
    Actor.EXPERT: ("专家", "an expert"),
    Actor.OTHER_INSTITUTION: ("颁发机构", "the issuer"),
    Actor.OPERATOR: ("运维人员", "the hub's operator"),
}
CURL = re.compile(r"```sh\n(curl .*?)\n```\n\n```json\n(.*?)```", re.DOTALL)


def row(verdict: Verdict, step: Step) -> str:
    """Write what the guide's table says of a verdict."""
    doer = ACTORS[step.actor]
    return (
        f"| `{verdict.name}` | {step.means.zh} | {step.means.en} | {step.text.zh} | {step.text.en} "
        f"| {doer[0]} | {doer[1]} |"
    )


def test_each_verdict_has_its_row_from_the_best_to_the_worst():
    rows = re.findall(r"^\| `[A-Z_]+` \| .*\| .*\| .*\| .*\| .*\| .*\|$", PAGE, re.MULTILINE)
    assert rows == [row(verdict, step) for verdict, step in STEPS.items()]


def test_each_reason_why_a_result_is_unused_is_on_the_page():
    assert {why.name for why in Why if f"| `{why.name}` |" not in PAGE} == set()


def next_year(folder: Path) -> None:
    """Make next-year.zip as the guide says: the courier's rule asks the next tier since 2023."""
    made = folder / "next-year"
    made.mkdir()
    (made / "bundle.json").write_text(FILES["bundle.json"], "utf-8")
    rules = (files("hub.demo") / "alliance" / "rules.jsonl").read_text("utf-8").splitlines()
    [line] = [line for line in rules if json.loads(line)["key"] == "OUC-LOG-COURIER"]
    new = json.loads(line) | {"version": 2, "validFrom": "2023-01-01"}
    new["alternatives"][0]["clauses"][0]["outcome"] = "postal-cert:2019:COURIER-2"
    both = (json.loads(line) | {"validTo": "2023-01-01"}, new)
    text = "".join(json.dumps(rule, ensure_ascii=False) + "\n" for rule in both)
    (made / "rules.jsonl").write_text(text, "utf-8")
    shutil.make_archive(str(made), "zip", made)


@pytest.fixture(scope="module")
def place(records, tmp_path_factory):  # noqa: F811 - a fixture
    folder = tmp_path_factory.mktemp("guide")
    (folder / "hub.toml").write_text(f'[graph]\ndata = "{records / "data"}"\n', "utf-8")
    for name in ("question.json", "class.csv"):
        (folder / name).write_text(FILES[name], "utf-8")
    next_year(folder)
    return folder


def run(line: str) -> str:
    """Run one line of a session; gives what it prints, key names left out."""
    words, _, out = line.removeprefix("alliance-hub ").partition(" > ")
    done = CliRunner().invoke(main, shlex.split(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    if out:
        Path(out).write_text(done.stdout, "utf-8")
        return ""
    return re.sub(r"key \S+", "key ...", done.output)


def test_the_sessions_of_the_guide_print_what_it_shows(place, monkeypatch):
    monkeypatch.chdir(place)
    assert list(SESSIONS) == ["record", "class", "policy"]
    for told, printed in SESSIONS.values():
        assert "".join(run(line) for line in told) == printed
    assert (place / "verdicts.csv").read_text("utf-8-sig") == FILES["verdicts.csv"]


async def test_the_request_by_curl_is_answered_as_shown():
    ((line, shown),) = CURL.findall(PAGE)
    running = await asyncio.create_subprocess_exec(
        *COMMAND, "--port", "0", stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    try:
        url = await asyncio.wait_for(opened(running.stdout), 90)
        body = await asyncio.to_thread(curl, line, url)
    finally:
        running.send_signal(signal.SIGTERM)
        await asyncio.wait_for(running.wait(), 30)
    assert body["data"] == json.loads(shown)


def curl(line: str, url: str) -> dict:
    """Send what a line of curl says to the hub at ``url``."""
    words = shlex.split(line)
    address, header, text = words[2], words[4], words[6]
    assert [words[0], words[1], words[3], words[5]] == ["curl", "-s", "-H", "-d"]
    name, _, value = header.partition(": ")
    to = address.replace("http://127.0.0.1:8000/", url)
    with urllib.request.urlopen(urllib.request.Request(to, text.encode(), {name: value}), timeout=20) as got:
        return json.load(got)


def test_the_graph_to_practise_on_is_loaded_as_the_guide_says_and_asked_by_its_commands(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(Path(__file__).parents[2])
    [line] = re.findall(r"<!-- run in the hub's own folder -->\n```sh\nalliance-hub (.*)\n", PAGE)
    folder = str(tmp_path / "demo-graph")
    loaded = CliRunner().invoke(main, shlex.split(line.replace("demo-graph", folder)))
    assert loaded.exit_code == 0, loaded.output
    (tmp_path / "question.json").write_text(FILES["question.json"], "utf-8")
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(main, ["record", "make", "question.json", "record.json", "--data", folder])
    assert made.output == "record.json: written\n"
