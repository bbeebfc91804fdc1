"""What is true of tapes: they hold what is public, nothing of a person, and play to the same records."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from connectors.decoding.calendar import completion
from connectors.errors import SourceUnreadable
from connectors.masking import Mask
from connectors.records import LearnerKey, Record
from connectors.registry import Registry
from connectors.rig import Played
from connectors.rig import json as told
from connectors.tape import Tape, record, replay
from connectors.transport import Answer
from hub.connector_commands import connectors
from tests.connectors.processes import running
from tests.connectors.rest.test_rest import PAGED

COLLEGE = Path(__file__).parent / "rest" / "college.py"

NAME, NUMBER, PHONE = "阿卜杜拉·买买提", "2021-00731", "13900001234"
KEY = LearnerKey(scheme="student", code=NUMBER)
DECLARED = """
source: north
member: north
connector: rest
settings:
  url: https://north.example
  auth: {kind: api_key, header: X-Key, key: hush-hush}
  results:
    path: /students/{code}/results
    key_scheme: student
    rows: data.items
    paging: {kind: cursor, param: after, next: next}
    map:
      id: id
      learner: student.no
      outcome: {scheme: north, code: course.code}
      title: course.name
      credit: {scheme: cn, amount: credit}
      mark: score
      completed: finished
"""
ROW = {
    "id": f"{NUMBER}-1",
    "student": {"no": NUMBER, "name": NAME, "phone": int(PHONE)},
    "course": {"code": "C1", "name": "数据结构", "teacher": "李老师"},
    "credit": 2.5,
    "score": "85",
    "finished": "20230630",
}


def source(tmp_path, text=DECLARED):
    (tmp_path / "north.yaml").write_text(text)
    [found] = Registry(tmp_path).load().sources
    return found


def pages(*rows):
    answers = [
        json.dumps({"data": {"items": [row]}, "next": str(at + 1)}) for at, row in enumerate(rows[:-1])
    ]
    answers.append(json.dumps({"data": {"items": rows[-1:]}, "next": None}, ensure_ascii=False))
    left = [told(each) for each in answers]
    return Played(lambda _: left.pop(0))


def taped(tmp_path, *rows, keep=()):
    return asyncio.run(record(source(tmp_path), KEY, pages(*rows), keep))


def test_a_tape_keeps_what_is_public_and_nothing_of_the_learner(tmp_path):
    tape = taped(tmp_path, ROW, ROW | {"id": "2"})
    text = msgspec.json.encode(tape).decode()
    for personal in (NAME, NUMBER, PHONE, "李老师", "hush-hush"):
        assert personal not in text
    for public in ("C1", "数据结构", "2.5", "85", "20230630"):
        assert public in text
    assert len(tape.exchanges) == 2


def test_a_tape_keeps_nothing_that_a_declaration_sends(tmp_path):
    sends = DECLARED.replace(
        "    rows:",
        "    method: POST\n    params: {apikey: SEKRET9}\n    body: {token: s3cr3t, xh: '{code}'}\n    rows:",
    ).replace("  results:", "  headers: {X-Token: SEKRET8}\n  results:", 1)
    made = asyncio.run(record(source(tmp_path, sends), KEY, pages(ROW), ()))
    text = msgspec.json.encode(made).decode()
    assert not [secret for secret in ("SEKRET9", "s3cr3t", "SEKRET8") if secret in text]
    assert made.settings["results"]["body"]["xh"] == "{code}"
    assert len(made.records) == 1


def test_a_tape_plays_to_its_own_records_and_says_who_they_are_of(tmp_path):
    tape = taped(tmp_path, ROW, ROW | {"id": "2"})
    read = msgspec.json.decode(msgspec.json.encode(tape), type=Tape)
    again = asyncio.run(replay(read, source(tmp_path).manifest))
    assert again == tape.records
    assert {each.learner for each in again} == {tape.learner}
    assert [str(each.earned.amount) for each in again] == ["2.5", "2.5"]


def test_a_further_field_is_kept_where_one_asks_for_it(tmp_path):
    assert "李老师" in taped(tmp_path, ROW, keep=["data.items.course.teacher"]).exchanges[0].body


def test_the_learners_number_is_hidden_also_inside_what_is_kept(tmp_path):
    row = ROW | {"course": {"code": "C1", "name": f"数据结构 {NUMBER}"}}
    assert NUMBER not in msgspec.json.encode(taped(tmp_path, row)).decode()


def test_what_is_neither_json_nor_xml_is_not_taped(tmp_path):
    played = Played(lambda _: Answer(status=200, body=b"name=" + NAME.encode()))
    with pytest.raises(SourceUnreadable):
        asyncio.run(record(source(tmp_path), KEY, played, []))


@given(st.text(min_size=1, max_size=20))
def test_a_masked_text_has_the_length_of_the_first_and_is_masked_alike_each_time(text):
    mask = Mask([])
    assert mask.text(text) == mask.text(text)
    assert len(mask.text(text)) == len(text)


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5) | st.integers(0, 10**6), st.lists))
def test_only_leaves_are_masked_and_the_shape_stays(value):
    assert shape(Mask([]).tree({"a": value})) == shape({"a": value})


def shape(value):
    match value:
        case dict():
            return {name: shape(each) for name, each in value.items()}
        case list():
            return [shape(each) for each in value]
    return type(value)


def test_xml_is_masked_but_for_what_is_kept():
    text = '<r><row id="731"><name>张三</name><code v="C1">数据结构</code></row></r>'
    masked = Mask([("r", "row", "code", "_v"), ("r", "row", "code", "_text")]).xml(text)
    assert 'v="C1"' in masked
    assert "数据结构" in masked
    assert "张三" not in masked
    assert "731" not in masked


def run(*arguments):
    return CliRunner().invoke(connectors, [str(each) for each in arguments])


def test_replay_tells_when_a_record_is_no_longer_what_it_was(tmp_path):
    file = tmp_path / "tape.json"
    file.write_bytes(msgspec.json.encode(taped(tmp_path, ROW)))
    assert run("replay", file).stdout == "1 records, as they were\n"
    changed = json.loads(file.read_text("utf-8"))
    changed["settings"]["results"]["map"]["credit"]["scheme"] = "other"
    file.write_text(json.dumps(changed), "utf-8")
    told = run("replay", file)
    assert (told.exit_code, "different: record" in told.stdout) == (1, True)


@pytest.mark.parametrize(("text", "why"), [("{}", "is not a tape"), ("[", "is not a tape")])
def test_what_is_no_tape_is_told(tmp_path, text, why):
    file = tmp_path / "tape.json"
    file.write_text(text)
    assert why in run("replay", file).output


def test_record_asks_the_declared_source_and_writes_a_file(tmp_path):
    with running(COLLEGE) as port:
        (tmp_path / "north.yaml").write_text(PAGED % {"port": port})
        made = run("record", "north", "student:s1", tmp_path / "tape.json", "--folder", tmp_path)
        assert made.exit_code == 0, made.output
    told = json.loads((tmp_path / "tape.json").read_text("utf-8"))
    assert told["source"] == "north"
    assert run("replay", tmp_path / "tape.json").exit_code == 0


EXPORTS = """
source: files
member: m
connector: files
settings:
  folder: %s
  pattern: "*.csv"
  columns: [student, course]
  settled: 0
  key_scheme: student
  map: {id: course, learner: student, outcome: {scheme: c, code: course}}
"""
STRANGER = """
source: north
member: m
connector: rest
traffic: {private: [127.0.0.0/8]}
settings:
  url: http://127.0.0.1:%s
  auth: {kind: api_key, header: X-Key, key: hush-hush}
  results:
    path: /students/{code}/results
    key_scheme: student
    params: {page: "1", size: "9"}
    rows: data.items
    map: {record: "tests.connectors.test_tape:whole", learner: student.no}
"""


def whole(row, learner):
    """Make the record in Python, so that nobody knows what it reads of the row."""
    day = completion(row["finished"])
    return Record(id=row["id"], learner=learner, completion=day)


def test_a_kind_that_speaks_no_http_says_what_a_tape_holds_and_what_to_do_instead(tmp_path):
    (tmp_path / "a.csv").write_text("student,course\n1,C1\n", "utf-8")
    (tmp_path / "files.yaml").write_text(EXPORTS % tmp_path, "utf-8")
    made = CliRunner().invoke(
        connectors, ["record", "files", "student:1", str(tmp_path / "t"), "--folder", str(tmp_path)]
    )
    assert (made.exit_code, (tmp_path / "t").exists()) == (1, False)
    assert "a tape holds answers of HTTP only" in made.stderr
    assert "For files keep a small export" in made.stderr


def test_what_cannot_be_read_again_once_masked_says_to_name_what_is_public(tmp_path):
    with running(COLLEGE) as port:
        (tmp_path / "north.yaml").write_text(STRANGER % port, "utf-8")
        told = ["record", "north", "student:s1", str(tmp_path / "t"), "--folder", str(tmp_path)]
        made = CliRunner().invoke(connectors, told)
        assert (made.exit_code, "name with --keep what else is public" in made.stderr) == (1, True), (
            made.output
        )
        kept = CliRunner().invoke(connectors, [*told, "--keep", "data.items.finished"])
        assert (kept.exit_code, "5 records" in kept.stderr) == (0, True), kept.output


def test_names_that_are_data_are_masked_and_kept_only_where_it_is_said():
    value = {"by": {"2023-2024-1": [{"mark": "85", "who": NUMBER}], NUMBER: []}, "no2": "1", "a-12345": "x"}
    masked = Mask([("by", "*", "mark")], [NUMBER]).tree(value)
    assert NUMBER not in json.dumps(masked)
    assert "2023-2024-1" not in json.dumps(masked)
    assert {"by", "no2"} < set(masked)
    assert "a-12345" not in masked
    assert [row["mark"] for rows in masked["by"].values() for row in rows] == ["85"]
    kept = Mask([("by", "*")], [NUMBER]).tree(value)["by"]
    assert "2023-2024-1" in kept
    assert NUMBER not in kept, "the learner's own code is masked wherever it stands"


BY_XPATH = """
source: north
member: m
connector: rest
settings:
  url: https://north.example
  format: xpath
  results:
    path: /p/{code}
    key_scheme: student
    rows: "xpath:/r/p/c"
    map: {id: "xpath:@k", learner: "xpath:../@no", outcome: {scheme: c, code: "xpath:@k"}, title: "xpath:t",
          completed: "xpath:../on/text()", mark: "xpath:@s"}
"""


def test_what_a_plain_xpath_reads_is_kept_and_nothing_else(tmp_path):
    row = '<c k="C1" s="85" by="李老师"><t>数据结构</t></c>'
    body = f'<r><p no="{NUMBER}" name="{NAME}"><on>20230630</on>{row}</p></r>'
    played = Played(lambda _: Answer(status=200, headers={"content-type": "text/xml"}, body=body.encode()))
    tape = asyncio.run(record(source(tmp_path, BY_XPATH), KEY, played, ()))
    (one,) = tape.records
    assert (one.outcome.code, one.title.zh, one.grade.value) == ("C1", "数据结构", "85")
    assert str(one.completion.last) == "2023-06-30"
    assert not any(each in tape.exchanges[0].body for each in (NUMBER, NAME, "李老师"))
