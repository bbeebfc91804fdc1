"""docs/rule-shapes.md: a worked example of each shape of rules, caps and exclusions."""

import json
import re
from importlib.resources import files

import msgspec
import pytest

from graph.model import caps, rules
from graph.model.rules import Alternative, BlockGrant, Clause, Giving, Grant, Rule, Tests, Worth
from tests.asked import DOCS, rows
from tests.enumerations import values_of

PAGE = (DOCS / "rule-shapes.md").read_text("utf-8")
SHAPES = re.findall(r"^\| (.*?) \| `([\w-]+)` \| `(\{.*\})` \| (.*) \|$", PAGE, re.MULTILINE)
NAMED = {name for shape, *_ in SHAPES for name in re.findall(r"`(\w+)`", shape)}
NOT_SHAPES = {
    *("key", "version", "status", "valid_from", "valid_to", "source", "licence"),
    *("synthetic", "stub", "institution", "title", "programme", "blocks", "method", "article", "priority"),
    *("fee", "grants", "decision", "basis", "clauses", "recorded_at", "retracted_at", "loaded_by"),
    *("mode", "grade", "worth", "rule", "fixed", "ratio", "scheme", "block"),
}
"""What a rule is called, when it holds, what it cites; enumerations, whose values stand for them."""


def test_every_value_of_every_enumeration_of_rules_has_its_example():
    own = {value.name for value in values_of(rules, caps)}
    assert {"CARRIED", "SOURCE_CLASS"} <= own
    assert own - NAMED == set()


def test_every_kind_of_clause_and_of_grant_has_its_example():
    tags = {kind.__struct_config__.tag for kind in (*Clause.__args__, *Grant.__args__)}
    assert tags - NAMED == set()


@pytest.mark.parametrize("struct", [Rule, Alternative, Tests, Giving, Worth, BlockGrant])
def test_every_field_of_a_rule_that_is_a_shape_has_its_example(struct):
    fields = msgspec.structs.fields(struct)
    assert {one.encode_name for one in fields if one.name not in NOT_SHAPES} - NAMED == set()


def test_every_rule_of_the_page_is_one_of_the_demo_alliance():
    text = (files("hub.demo") / "alliance" / "rules.jsonl").read_text("utf-8")
    assert {rule for _, rule, *_ in SHAPES} <= {json.loads(line)["key"] for line in text.splitlines()}


def told(found):
    """Write the answer as the page does: each verdict, what it gives and why, told once."""
    cells = [
        " ".join(
            part for part in (f"`{verdict}`", given.removeprefix("-"), f"`{why}`" if why else "") if part
        )
        for _, _, verdict, given, why in found
    ]
    return "; ".join(dict.fromkeys(cells))


@pytest.mark.parametrize(
    ("rule", "question", "answer"), [one[1:] for one in SHAPES], ids=[one[0] for one in SHAPES]
)
async def test_a_shape_is_judged_as_its_example_shows(demo, rule, question, answer):
    assert told(await rows(demo, "whatIf", {"rules": [rule], **json.loads(question)})) == answer
