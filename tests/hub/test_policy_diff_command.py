"""Policy diff on the demo alliance: gains and losses are just those found by asking both by hand."""

import csv
import io
import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.engines import EngineSettings, choose
from graph.exchange.importing import import_bundle
from graph.layout import CATALOG
from graph.library import Library
from graph.moment import moment
from graph.publication import Publication
from graph.recognition import evaluate
from graph.records import stripped
from graph.records.questions import read_question
from graph.records.replaying import read
from graph.records.stripping import line
from graph.store import Store
from hub.cli import main
from hub.policy_sides import read_spec
from tests.alliance_in_a_box import data, load_demo
from tests.hub.test_record_commands import ASK
from tests.schema.test_recognition import COURIER, LOG, ONE_OF_EACH, result

NEWLY = "onex:2021:530801-2"


def command(*words) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def changed(rule: dict) -> list[dict]:
    """From 2023 the courier's rule asks the next tier, or a certificate that nobody recognised before."""
    if rule["key"] == "OUC-LOG-COURIER":
        next_one = json.loads(json.dumps(rule)) | {"version": 2, "validFrom": "2023-01-01"}
        next_one["alternatives"][0]["clauses"][0]["outcome"] = "postal-cert:2019:COURIER-2"
        next_one["alternatives"].append({"clauses": [{"kind": "OUTCOME", "outcome": NEWLY}]})
        return [rule | {"validTo": "2023-01-01"}, next_one]
    return [rule]


@pytest.fixture(scope="module")
async def sides(tmp_path_factory) -> Path:
    """A folder with the demo's bundle, a changed one, a graph of the first, and questions."""
    folder = tmp_path_factory.mktemp("policy")
    with as_file(files("hub.demo") / "alliance") as demo:
        for name in ("old", "new"):
            shutil.copytree(demo, folder / name)
    rules = folder / "new" / "rules.jsonl"
    lines = [json.loads(text) for text in rules.read_text("utf-8").splitlines()]
    told = (json.dumps(each, ensure_ascii=False) for one in lines for each in changed(one))
    rules.write_text("\n".join(told) + "\n", "utf-8")
    async with Store(choose(EngineSettings(folder=folder / "data")), CATALOG.prepare) as store:
        await store.ready(60)
        await load_demo(store)
        asked = [(results, more) for _, results, more in ONE_OF_EACH.values()]
        asked += [([result("r1", NEWLY)], {"programme": LOG})]
        asked += [
            ([result("r1", "postal-cert:2019:COURIER-2")], {"programme": LOG}),
            ([COURIER], {"programme": LOG}),
        ]
        with (folder / "questions.jsonl").open("wb") as out:
            for results, more in asked:
                answer = (await data(store, ASK, results=results, **more))["whatIf"]
                out.write(line(stripped(read(answer["record"].encode()).question)))
    return folder


async def by_hand(bundle: Path, questions: list[bytes], scratch: Path) -> list[dict]:
    """Load a bundle, ask each question of it, and tell which targets are given."""
    found = []
    async with Store(choose(EngineSettings(folder=scratch)), CATALOG.prepare) as store:
        await store.ready(60)
        assert (await import_bundle(store, bundle)).ok
        at, library = moment(await Publication(store).latest()), Library(store)
        for text in questions:
            question = read_question(text)
            volume = await library.volume(question.context.institution, at)
            keys = {one.outcome for one in question.results if one.outcome}
            index = (await library.knowing(volume, keys, at)).index
            answer = evaluate(index, question.results, question.context, question.names)
            found.append({one.target.key: one.gives for one in answer.targets})
    return found


@pytest.fixture(scope="module")
async def hand(sides, tmp_path_factory) -> tuple[list[dict], list[dict]]:
    questions = (sides / "questions.jsonl").read_bytes().splitlines()
    scratch = tmp_path_factory.mktemp("hand")
    old = await by_hand(sides / "old", questions, scratch / "old")
    return old, await by_hand(sides / "new", questions, scratch / "new")


def test_gains_and_losses_are_just_those_found_by_hand(sides, hand):
    old, new = hand
    code, output = command(
        "policy-diff", sides / "old", sides / "new", "--questions", sides / "questions.jsonl", "--as", "json"
    )
    assert code == 1, output
    told = [json.loads(text)["effect"] for text in output.splitlines() if '"effect"' in text]
    turns = {
        (place, key, "GAIN" if now.get(key, False) else "LOSS")
        for place, (was, now) in enumerate(zip(old, new, strict=True), 1)
        for key in was.keys() | now.keys()
        if was.get(key, False) != now.get(key, False)
    }
    assert {
        (one["question"], one["target"]["key"], one["kind"]) for one in told if one["kind"] != "CHANGE"
    } == turns
    assert {kind for _, _, kind in turns} == {"GAIN", "LOSS"}
    by_rule = {rule.partition("@")[0] for one in told for rule in one["rules"]}
    assert by_rule == {"OUC-LOG-COURIER"}


def test_the_other_way_round_losses_are_gains(sides):
    words = ("--questions", sides / "questions.jsonl", "--as", "json")
    forth = command("policy-diff", sides / "old", sides / "new", *words)[1].splitlines()
    back = command("policy-diff", sides / "new", sides / "old", *words)[1].splitlines()

    def kinds(lines, kind):
        effects = [json.loads(text)["effect"] for text in lines if '"effect"' in text]
        return {(one["question"], one["target"]["key"]) for one in effects if one["kind"] == kind}

    assert kinds(forth, "LOSS") == kinds(back, "GAIN")
    assert kinds(forth, "LOSS")


def test_tallies_name_member_and_programme_and_count_each_question_once(sides):
    words = ("--questions", sides / "questions.jsonl", "--as", "json")
    lines = command("policy-diff", sides / "old", sides / "new", *words)[1].splitlines()
    tallies = [json.loads(text)["tally"] for text in lines if '"tally"' in text]
    assert sum(one["questions"] for one in tallies) == len(
        (sides / "questions.jsonl").read_bytes().splitlines()
    )
    (log,) = [one for one in tallies if one.get("programme") == LOG]
    assert log["losing"] > 0
    assert log["same"] > 0


def test_a_bundle_laid_over_the_graph_does_what_publishing_would(sides):
    words = ("--questions", sides / "questions.jsonl", "--as", "csv", "--data", sides / "data")
    code, output = command("policy-diff", "graph", f"graph+{sides / 'new'}", *words)
    assert code == 1, output
    rows = list(csv.DictReader(io.StringIO(output)))
    assert {row["kind"] for row in rows} >= {"LOSS"}
    assert any("OUC-LOG-COURIER" in row["rules"] for row in rows)
    again = command("policy-diff", "graph", "graph", *words)
    assert (again[0], len(again[1].splitlines())) == (0, 1)


def test_the_text_tells_each_effect_and_each_member(sides):
    output = command("policy-diff", sides / "old", sides / "new", "--questions", sides / "questions.jsonl")[1]
    assert "LOSS" in output
    assert "受损" in output


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"{}\n", "QUESTION_MALFORMED"),
        (b"not json\n", "QUESTION_MALFORMED"),
        (b"x" * 4_000_001, "QUESTION_TOO_LARGE"),
        (
            b'{"context":{"institution":"alliance:-:OUC","appliedOn":"2024-03-01"},"results":[{"id":"zhang"}]}\n',
            "QUESTION_PERSONAL",
        ),
    ],
)
def test_a_bad_question_is_told_by_its_line_and_never_quoted(sides, tmp_path, text, code):
    good = (sides / "questions.jsonl").read_bytes().splitlines(keepends=True)[0]
    (tmp_path / "q.jsonl").write_bytes(good + text)
    done, output = command("policy-diff", sides / "old", sides / "old", "--questions", tmp_path / "q.jsonl")
    assert done == 1
    assert f"{code}: Line 2" in output
    assert "zhang" not in output


def test_sides_are_read_as_they_are_written(tmp_path):
    (tmp_path / "a+b").mkdir()
    (tmp_path / "c").mkdir()
    assert read_spec("graph").asks_graph
    assert read_spec("graph@2026-01-31T08:00:00Z").known is not None
    assert read_spec(f"graph+{tmp_path / 'c'}").over == (tmp_path / "c",)
    assert read_spec(str(tmp_path / "a+b")).base == tmp_path / "a+b"
    assert read_spec(f"{tmp_path / 'c'}+{tmp_path / 'c'}").over == (tmp_path / "c",)


@pytest.mark.parametrize("spec", ["nothing", "graph@yesterday", "graph+nothing"])
def test_a_side_that_names_nothing_is_misuse(sides, spec):
    assert command("policy-diff", spec, sides / "old", "--questions", sides / "questions.jsonl")[0] == 2


def test_a_bundle_that_an_import_would_refuse_is_refused_here(sides, tmp_path):
    shutil.copytree(sides / "old", tmp_path / "bad")
    with (tmp_path / "bad" / "rules.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    done, output = command(
        "policy-diff", sides / "old", tmp_path / "bad", "--questions", sides / "questions.jsonl"
    )
    assert done == 1
    assert "is refused" in output
