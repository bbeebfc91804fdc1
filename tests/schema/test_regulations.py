"""docs/regulations.md: each article of the demo's regulations, asked about on both sides of its limit."""

import json
import re
from importlib.resources import files

import pytest

from tests.asked import DOCS, rows

PAGE = (DOCS / "regulations.md").read_text("utf-8")
ALLIANCE = files("hub.demo") / "alliance"
SECTION = re.compile(r"^### `(M-\w+)` (\w+): .*?\n(.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE)
CASE = re.compile(r"```json (\w+)\n([^`]*)```\n\n\| rule .*\n\| --- .*\n((?:\|.*\n)+)")
SECTIONS = {(method, code): text for method, code, text in SECTION.findall(PAGE)}
CASES = [
    pytest.param(*case, id=f"{method}-{code}-{place}")
    for (method, code), text in SECTIONS.items()
    for place, case in enumerate(CASE.findall(text), 1)
]


def lines(name):
    return [json.loads(line) for line in (ALLIANCE / name).read_text("utf-8").splitlines()]


ARTICLES = {
    (method["key"], article["code"]): article["text"]
    for method in lines("methods.jsonl")  # versions in their order: the last one stays
    for article in method["articles"]
}


def shown(table):
    """Read the rows of a table."""
    return [
        tuple(cell.strip().strip("`") for cell in line.strip("|").split("|")) for line in table.splitlines()
    ]


def test_every_article_of_the_seven_regulations_stands_on_the_page_in_its_words():
    assert set(SECTIONS) == set(ARTICLES)
    assert (len({method for method, _ in ARTICLES}), len(ARTICLES)) == (7, 22)
    for article, text in ARTICLES.items():
        assert f"> {text['zh']}\n>\n> {text['en']}\n" in SECTIONS[article]


def test_every_article_is_cited_by_a_rule_or_a_cap_that_the_page_names():
    citing = {
        thing["key"]: (thing.get("method"), thing.get("article"))
        for name in ("rules.jsonl", "caps.jsonl")
        for thing in lines(name)
    }
    for article, text in SECTIONS.items():
        (named,) = re.findall(r"^In the data 数据: (.*)$", text, re.MULTILINE)
        for key in re.findall(r"`([\w-]+)`", named):
            assert citing[key] == article, key


def test_every_article_is_asked_about_on_both_sides_of_its_limit():
    for article, text in SECTIONS.items():
        answers = {str([row[2:] for row in shown(table)]) for _, _, table in CASE.findall(text)}
        assert len(answers) >= 2, article


@pytest.mark.parametrize(("kind", "variables", "table"), CASES)
async def test_a_question_about_an_article_is_answered_as_the_page_shows(demo, kind, variables, table):
    assert await rows(demo, kind, json.loads(variables)) == shown(table)
