"""Records by the command line: made, replayed, stripped, compared, signed and verified."""

import json
import stat
from pathlib import Path

import msgspec
import pytest
import rfc8785
from click.testing import CliRunner

from graph.engines import EngineSettings, choose
from graph.layout import CATALOG
from graph.recognition import compiled
from graph.records import Record, answered
from graph.records.cutting import cut
from graph.records.making import digest, written
from graph.store import Store
from hub.cli import main
from schema.codes import CODES
from tests.alliance_in_a_box import data, load_demo
from tests.schema.test_recognition import COURIER, LOG, ONE_OF_EACH

ASK = """query($results: [ResultInput!]!, $programme: Key, $rules: [Code!]! = [], $held: [HeldInput!]! = [],
    $silent: [SilentInput!]! = []) {
  whatIf(institution: "alliance:-:OUC", programme: $programme, results: $results, rules: $rules, held: $held,
    silent: $silent, asOf: {validOn: "2024-03-01"}) {
    record judged(first: 50) { nodes { verdict } } } }"""


def command(*words) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture(scope="module")
async def records(tmp_path_factory) -> Path:
    """A folder with a graph of the demo alliance, and a record of each verdict."""
    folder = tmp_path_factory.mktemp("records")
    async with Store(choose(EngineSettings(folder=folder / "data")), CATALOG.prepare) as store:
        await store.ready(60)
        await load_demo(store)
        for name, (rule, results, more) in ONE_OF_EACH.items():
            answer = (await data(store, ASK, results=results, rules=[rule], **more))["whatIf"]
            assert name in {one["verdict"] for one in answer["judged"]["nodes"]}
            (folder / f"{name}.json").write_text(answer["record"], "utf-8")
        courier = (await data(store, ASK, results=[COURIER], programme=LOG))["whatIf"]["record"]
        (folder / "courier.json").write_text(courier, "utf-8")
    return folder


@pytest.mark.parametrize("verdict", ONE_OF_EACH)
def test_a_record_of_each_verdict_replays_without_a_graph(records, verdict):
    assert command("replay", records / f"{verdict}.json")[0] == 0


def test_the_api_gives_the_record_that_the_command_makes(records, tmp_path):
    question = json.loads((records / "courier.json").read_bytes())["question"]
    (tmp_path / "q.json").write_text(json.dumps(question), "utf-8")
    made = command("record", "make", tmp_path / "q.json", tmp_path / "r.json", "--data", records / "data")
    assert made[0] == 0, made[1]
    assert (tmp_path / "r.json").read_bytes() == (records / "courier.json").read_bytes()


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("alliance:-:OUC", "alliance:-:OUX", "INSTITUTION_UNKNOWN"),
        ("ouc-programme:2021:LOG-Z", "ouc-programme:2021:LOG-X", "PROGRAMME_UNKNOWN"),
        ("postal-cert:2019:COURIER-1", "postal-cert:2019:COURIER-9", "RESULT_UNKNOWN_CODE"),
    ],
)
def test_no_record_is_made_of_a_question_that_names_what_nobody_knows(records, tmp_path, right, wrong, code):
    question = json.dumps(json.loads((records / "courier.json").read_bytes())["question"])
    assert right in question
    (tmp_path / "q.json").write_text(question.replace(right, wrong), "utf-8")
    done = command("record", "make", tmp_path / "q.json", tmp_path / "r.json", "--data", records / "data")
    assert (done[0], f"{code}: " in done[1], CODES[code].remedy_zh in done[1]) == (1, True, True)
    assert not (tmp_path / "r.json").exists()


def test_a_tampered_record_is_told_by_its_code(records, tmp_path):
    text = (records / "courier.json").read_text("utf-8").replace("MEETS_RULE", "DENIED")
    (tmp_path / "bad.json").write_text(text, "utf-8")
    code, output = command("replay", tmp_path / "bad.json")
    assert code == 1
    assert "RECORD_HASH" in output
    assert "已被改动" in output


def test_stripped_records_are_a_question_file(records):
    code, output = command("replay", *(records / f"{name}.json" for name in ONE_OF_EACH), "--strip")
    assert code == 0
    lines = output.splitlines()
    assert len(lines) == len(ONE_OF_EACH)
    assert all('"r1"' not in line and "knownAt" not in line for line in lines)


def test_against_the_same_graph_nothing_differs(records):
    code, output = command("replay", records / "courier.json", "--against", "--data", records / "data")
    assert (code, "says the same today" in output) == (0, True)


def test_against_a_graph_with_a_changed_rule_the_verdict_and_the_rule_are_told(records):
    """As if the record were of an earlier book: there the courier's rule asked for a certificate of 2018."""
    body = json.loads((records / "courier.json").read_bytes())
    earlier = records / "earlier.json"
    rules = [one for one in body["book"]["rules"] if one["key"] == "OUC-LOG-COURIER"]
    rules[0]["validFrom"] = "2023-09-01"
    body["sha256"] = ""
    old = msgspec.convert(body, Record)
    index = compiled(old.book)
    answer = answered(index, old.question)
    earlier.write_bytes(written(old.question, cut(index, old.question), 0, answer))
    assert command("replay", earlier)[0] == 0
    code, output = command("replay", earlier, "--against", "--json", "--data", records / "data")
    assert code == 1
    told = json.loads(output)
    turns = [one for one in told["turns"] if one["rule"] == "OUC-LOG-COURIER"]
    assert {(one["before"], one["after"]) for one in turns} == {("OUT_OF_WINDOW", "MEETS_RULE")}
    assert "OUC-LOG-COURIER@1" in told["objects"]
    assert all("OUC-LOG-COURIER@1" in one["behind"] for one in turns)


@pytest.fixture
def keys(tmp_path):
    assert command("record", "key", tmp_path / "a.pem", tmp_path / "a.pub")[0] == 0
    return tmp_path


def test_a_record_is_signed_and_verified_offline(records, keys):
    (keys / "r.json").write_bytes((records / "courier.json").read_bytes())
    assert command("record", "sign", keys / "r.json", "--key", keys / "a.pem")[0] == 0
    assert command("record", "verify", keys / "r.json", "--key", keys / "a.pub")[0] == 0
    assert stat.S_IMODE((keys / "a.pem").stat().st_mode) == 0o600


def test_another_key_another_record_and_another_evaluator_are_told(records, keys):
    raw = (records / "courier.json").read_bytes()
    (keys / "r.json").write_bytes(raw)
    command("record", "sign", keys / "r.json", "--key", keys / "a.pem")
    command("record", "key", keys / "b.pem", keys / "b.pub")
    assert "SIGNATURE_WRONG" in command("record", "verify", keys / "r.json", "--key", keys / "b.pub")[1]
    body = {name: value for name, value in json.loads(raw).items() if name != "sha256"} | {"evaluator": 99}
    (keys / "o.json").write_bytes(rfc8785.dumps(body | {"sha256": digest(body)}))
    verified = command(
        "record", "verify", keys / "o.json", "--key", keys / "a.pub", "--signature", keys / "r.json.jws"
    )
    assert "SIGNATURE_WRONG" in verified[1]
    signed = command("record", "sign", keys / "o.json", "--key", keys / "a.pem")
    assert (signed[0], "EVALUATOR_OTHER" in signed[1]) == (1, True)
    assert "KEY_UNUSABLE" in command("record", "sign", keys / "r.json", "--key", keys / "a.pub")[1]
    private = command("record", "verify", keys / "r.json", "--key", keys / "a.pem")
    assert (private[0], "KEY_PRIVATE: This is a private key" in private[1]) == (1, True)


def test_nothing_is_ever_overwritten(records, keys):
    code, output = command("record", "key", keys / "a.pem", keys / "c.pub")
    assert code == 1
    assert "exists already" in output


def test_misuse_is_told(records):
    assert command("replay", records / "courier.json", "--strip", "--against")[0] == 2
    assert command("replay", records / "courier.json", "--data", records / "data")[0] == 2
    assert command("replay", records / "none.json")[0] == 1
