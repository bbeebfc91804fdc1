"""The documents' examples, as a newcomer would try them: each query is asked, each answer is the real one."""

import json
import re
from pathlib import Path

import pytest

from graph.model.verdicts import Verdict
from hub.demo.tour import stops
from tests.alliance_in_a_box import data, load_demo

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
ALONE = r"(?<!<!-- with members -->\n)```graphql\n(.*?)```"  # the others: tests/schema/test_members_guide.py
PAIR = re.compile(ALONE + r"\n\n```json\n(.*?)```", re.DOTALL)
QUERY = re.compile(ALONE, re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")

PAIRS = [(page.name, *pair) for page in PAGES for pair in PAIR.findall(page.read_text("utf-8"))]
QUERIES = [(page.name, query) for page in PAGES for query in QUERY.findall(page.read_text("utf-8"))]


@pytest.fixture(scope="module")
async def demo(shared_store):
    return await load_demo(shared_store)


def test_the_readme_asks_a_question_and_shows_its_answer():
    assert [page for page, *_ in PAIRS].count("README.md") == 1


@pytest.mark.parametrize(("page", "query", "answer"), PAIRS)
async def test_a_documented_answer_is_the_real_one(demo, page, query, answer):
    assert await data(demo, query) == json.loads(answer)


@pytest.mark.parametrize(("page", "query"), QUERIES)
async def test_a_documented_query_is_answered(demo, page, query):
    assert await data(demo, query)


@pytest.mark.parametrize("stop", stops(), ids=lambda stop: stop.name)
async def test_every_stop_of_the_tour_finds_what_it_asks_for(demo, stop):
    answer = await data(demo, stop.query)
    assert all(answer.values())


async def test_the_stops_of_the_tour_show_every_verdict_together(demo):
    seen = set()
    for stop in stops():
        seen |= set(re.findall(r'"verdict": "(\w+)"', json.dumps(await data(demo, stop.query))))
    assert seen == {verdict.value for verdict in Verdict}


async def test_the_tour_takes_the_courier_from_the_certificate_to_a_plan_of_eight_credits(demo):
    (stop,) = [stop for stop in stops() if stop.name == "9-plan"]
    answer = await data(demo, stop.query)
    (used,) = answer["plan"]["applications"]["nodes"]
    met = {
        one["target"]["targetKey"]
        for one in answer["whatIf"]["targets"]["nodes"]
        if one["verdict"] == "MEETS_RULE"
    }
    assert answer["plan"]["numbers"]["credit"]["amount"] == "8"
    assert (used["ruleCode"], answer["plan"]["isOptimal"]) == ("OUC-LOG-COURIER", True)
    assert {grant["target"]["targetKey"] for grant in used["grants"]} == met
    moved = [one for one in answer["compareAsOf"]["moved"]["nodes"] if one["ruleCode"] == "OUC-LOG-COURIER"]
    assert {(one["before"]["verdict"], one["after"]["verdict"]) for one in moved} == {
        ("NOT_MET", "MEETS_RULE")
    }
    assert len(moved) == len(met) == 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page):
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
