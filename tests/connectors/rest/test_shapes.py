"""REST beyond the usual: forms, rows inside rows, secrets anywhere, holes. The documented examples, run."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import yaml
from click.testing import CliRunner
from msgspec.structs import replace

from connectors.contract import settings_of
from connectors.errors import Misdeclared, SourceRefused, SourceUnreadable
from connectors.expressions import field
from connectors.mapping import Amount, Coded, ResultMap, Rows
from connectors.notices import NoticeCode, Status
from connectors.published import published
from connectors.records import Provenance, ResultStatus
from connectors.registry import Registry, find
from connectors.rest.connector import Rest
from connectors.rest.filling import placed
from connectors.tape import Tape
from hub.connector_commands import connectors
from tests.connectors.rest.test_rest import S1, S2, S3, asked, declared, port  # noqa: F401  (a fixture)

PAGE = (Path(__file__).parents[3] / "docs" / "connectors" / "rest.md").read_text("utf-8")
FORM, CLASSES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("WEST_TOKEN", "hush-hush")


def shown(text: str, port: str) -> dict:  # noqa: F811 - a fixture
    said = yaml.safe_load(text)
    said["settings"]["url"] = f"http://127.0.0.1:{port}"
    return said | {"source": "north", "traffic": {"private": ["127.0.0.0/8"]}}


async def test_a_form_is_sent_page_by_page_and_rows_know_whose_they_are_from_above(port, tmp_path):  # noqa: F811 - a fixture
    first, third = await asked(tmp_path, shown(FORM, port), S1, S3)
    assert [each.id for each in first.records] == [f"s1-{n}" for n in range(5)]
    assert {(each.learner.code, str(each.completion.last)) for each in first.records} == {
        ("s1", "2023-06-30")
    }
    assert first.records[0].grade.value == "85.5"
    assert (third.status, third.records) == (Status.EMPTY, ())


async def test_of_many_students_each_has_the_rows_that_are_below_theirs(port, tmp_path):  # noqa: F811 - a fixture
    first, second, third = await asked(tmp_path, shown(CLASSES, port), S1, S2, S3)
    assert [len(each.records) for each in (first, second, third)] == [5, 3, 0]
    assert {each.learner.code for each in second.records} == {"s2"}


async def test_a_parent_that_names_somebody_else_has_its_rows_dropped(port, tmp_path):  # noqa: F811 - a fixture
    said = shown(FORM, port)
    said["settings"]["results"]["form"]["xh"] = "s2"
    (reply,) = await asked(tmp_path, said, S1)
    assert (reply.records, reply.notice.code) == ((), NoticeCode.FOREIGN_RECORDS)


@pytest.mark.parametrize("rows", ["results[].id", "student", "'text'"], ids=["texts", "one", "text"])
async def test_nested_rows_that_are_no_rows_are_not_readable(port, tmp_path, rows):  # noqa: F811 - a fixture
    said = shown(FORM, port)
    said["settings"]["results"]["nested"] = {"rows": rows}
    (reply,) = await asked(tmp_path, said, S1)
    assert (reply.status, reply.notice.code) == (Status.UNREADABLE, NoticeCode.NOT_READABLE)


async def test_a_secret_sent_is_in_no_log_error_or_repr(port, tmp_path, monkeypatch, caplog):  # noqa: F811 - a fixture
    monkeypatch.setenv("WEST_TOKEN", "another-secret")
    (reply,) = await asked(tmp_path, shown(FORM, port), S1)
    assert reply.notice.code is NoticeCode.CREDENTIALS_REFUSED
    (source,) = Registry(tmp_path).load().sources
    assert "another-secret" not in caplog.text + repr(reply) + repr(source.settings)


def test_a_tape_names_neither_the_secret_nor_where_it_stands(port, tmp_path):  # noqa: F811 - a fixture
    (tmp_path / "north.yaml").write_text(yaml.safe_dump(shown(FORM, port)), "utf-8")
    into = tmp_path / "tape.json"
    told = CliRunner().invoke(
        connectors, ["record", "north", "student:s1", str(into), "--folder", str(tmp_path)]
    )
    assert told.exit_code == 0, told.output
    tape = msgspec.json.decode(into.read_bytes(), type=Tape)
    assert (len(tape.exchanges), len(tape.records)) == (3, 5)
    assert {each.outcome.code for each in tape.records} == {f"C{n}" for n in range(5)}
    assert tape.records[0].learner.code != "s1"
    assert not re.search("hush|WEST_TOKEN", into.read_text("utf-8"))
    assert CliRunner().invoke(connectors, ["replay", str(into)]).exit_code == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"params": {"sig": {"env": "NOT_THERE"}}}, r"line \d+: the environment has no variable NOT_THERE"),
        ({"body": {"a": [{"env": "NOT_THERE"}]}, "form": None}, "the environment has no variable NOT_THERE"),
        ({"params": {"sig": {"env": "WEST_TOKEN", "file": "x"}}}, "a secret is text, {env: NAME}"),
        ({"params": {"sig": {"evn": "WEST_TOKEN"}}}, "unknown field `evn`"),
        ({"params": {"year": 2024}}, r"line \d+: .*YAML reads this as int, not as text; .*: quote it"),
        ({"body": {}}, "a body or a form, not both"),
        ({"method": "GET"}, "a form is sent by method: POST"),
    ],
)
def test_what_cannot_be_sent_is_refused_when_the_file_is_read(tmp_path, change, says):
    said = shown(FORM, "1")
    said["settings"]["results"] |= change
    (tmp_path / "north.yaml").write_text(yaml.safe_dump(said), "utf-8")
    (aside,) = Registry(tmp_path).load().quarantined
    assert re.search(says, aside.reason), aside.reason


@pytest.mark.parametrize("kind", ["rest", "graphql", "elmo", "credentials", "oneroster"])
def test_the_schema_of_a_kind_lets_headers_be_secret(kind):
    headers = (
        published(find().manifests[kind])["$defs"][f"{kind.title()}Settings"] if kind == "rest" else None
    )
    told = str(published(find().manifests[kind])["$defs"])
    assert "Reference" in told
    if headers:
        assert "Reference" in str(headers["properties"]["headers"])


def test_nested_rows_by_xpath_are_refused_with_what_to_write_instead(port):  # noqa: F811 - a fixture
    said = declared(port, format="xpath")["settings"]
    said["results"]["nested"] = {"rows": "xpath:a"}
    with pytest.raises(Misdeclared, match=r"xpath:\.\./@no"):
        Rest(settings_of(find().manifests["rest"], said), None)


MAP = ResultMap(
    id="id",
    outcome=Coded(code="code", scheme="c"),
    credit=Amount(amount="credit != '-' && credit || null", scheme="cn"),
    mark="mark",
    completed="day",
)
WHOLE = {"id": "1", "code": "C1", "credit": "2.5", "mark": "85", "day": "20230901"}


@pytest.mark.parametrize("hole", [{}, {"credit": None}, {"credit": ""}, {"credit": "-"}], ids=str)
def test_where_nothing_stands_a_part_of_the_record_is_left_out(hole):
    row = WHOLE | hole
    if not hole:
        del row["credit"]
    (record,) = Rows(MAP, Provenance()).records([row], S1)
    assert record == replace(Rows(MAP, Provenance()).records([WHOLE], S1)[0], earned=None)


def test_without_a_mark_a_result_counts_as_completed():
    (record,) = Rows(MAP, Provenance()).records([WHOLE | {"mark": None}], S1)
    assert (record.grade, record.status) == (None, ResultStatus.COMPLETED)


@pytest.mark.parametrize(
    ("wrong", "where"), [({"id": ""}, "id"), ({"credit": "abc"}, "credit"), ({"day": "2023-13"}, "completed")]
)
def test_what_must_be_there_or_cannot_be_read_is_named_by_its_field(wrong, where):
    with pytest.raises(SourceUnreadable) as told:
        Rows(MAP, Provenance()).records([WHOLE | wrong], S1)
    assert told.value.where == where


async def test_the_functions_shown_stand_for_rows_and_for_credentials(
    port,  # noqa: F811 - a fixture
    tmp_path,
    monkeypatch,
):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    signs = 'headers={**request.headers, "X-Sign": "..."}'
    assert signs in code
    tokened = signs.replace('"X-Sign": "..."', '"X-Tenant": "hush-hush"')
    (tmp_path / "west_rules.py").write_text(code.replace(signs, tokened), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    said = shown(FORM, port)
    del said["settings"]["headers"]
    said["settings"]["auth"] = {"kind": "python", "function": "west_rules:signed"}
    results = said["settings"]["results"]
    results |= {"rows": "py:west_rules:rows_of"}
    results["map"] |= {"learner": "no", "completed": ""}
    del results["nested"]
    (reply,) = await asked(tmp_path, said, S1)
    assert len(reply.records) == 5


@pytest.mark.parametrize("code", [".", ".."])
def test_nothing_asked_leaves_its_place_in_a_path(code):
    with pytest.raises(SourceRefused):
        placed("/students/{code}/results", {"code": code})
    assert placed("/s/{code}/x", {"code": "../a?b#c"}) == "/s/..%2Fa%3Fb%23c/x"


@pytest.mark.parametrize("hostile", ["(" * 5000 + "a" + ")" * 5000, "[" * 3000, "a[?" * 500])
def test_an_expression_that_would_run_a_parser_out_of_its_stack_is_refused_as_none(hostile):
    with pytest.raises(Misdeclared, match="not a JMESPath"):
        field(hostile)


def test_an_expression_too_deep_to_follow_is_not_readable_and_no_defect():
    with pytest.raises(SourceUnreadable):
        field("a" + "[]" * 5000)({"a": [1]})


@pytest.mark.parametrize(
    "text", ["results:\n  a: 1\n  a: 2\n", "a: [" + "[" * 5000 + "]" * 5001, "? [a, b]\n: 1\n"]
)
def test_a_declaration_that_says_one_thing_twice_or_nests_without_end_is_set_aside(tmp_path, text):
    good = shown(FORM, "1") | {"source": "good"}
    (tmp_path / "good.yaml").write_text(yaml.safe_dump(good), "utf-8")
    (tmp_path / "north.yaml").write_text(text, "utf-8")
    found = Registry(tmp_path).load()
    assert [each.code for each in found.sources] == ["good"]
    (aside,) = found.quarantined
    assert "line 3: a stands twice" in aside.reason or "not YAML" in aside.reason
