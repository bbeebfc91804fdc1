"""What docs/members-federation.md shows is what the hub takes."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from connectors.consent import GrantFile, Wish
from connectors.errors import SourceUnavailable
from connectors.linkage import LinkFile
from connectors.records import LearnerKey
from hub.config import Config
from tests.connectors.alliance import source
from tests.members_beside import beside, record

PAGE = (Path(__file__).parents[2] / "docs" / "members-federation.md").read_text("utf-8")
ASKED = re.findall(r"```\n((?:query|mutation) \{.*?)```", PAGE, re.DOTALL)
L1 = LearnerKey(scheme="hub", code="L1")


def shown(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


async def courier(learners, call):
    return {key: [record(key, "postal-cert:2019:COURIER-1")] for key in learners}


def test_the_page_shows_questions_and_a_change():
    assert [query.split()[2] for query in ASKED] == [
        "learner(key:",
        "proposeTie(tie:",
        "whatIf(institution:",
        "whatIf(institution:",
        "verifyCertificate(number:",
    ]


@pytest.mark.parametrize("query", ASKED)
async def test_a_documented_question_to_members_is_answered(demo, query):
    async with beside(demo, source("north", courier)[0], learners=[L1]) as hub:
        assert all((await hub.data(query)).values())


async def test_what_the_page_says_of_a_silent_source_is_so(demo):
    """Unnamed, the rule is counted and has no verdict; named, it is UNDECIDED."""

    async def down(learners, call):
        raise SourceUnavailable

    north = replace(source("north", down)[0], issuers=("alliance:-:YZPJ",))
    async with beside(demo, north, learners=[L1]) as hub:
        counted, named = [(await hub.data(query))["whatIf"] for query in ASKED if "whatIf" in query]
    assert counted["incomplete"] is True
    assert [each["source"] for each in counted["mightConcern"]] == ["north"]
    assert "OUC-LOG-COURIER" not in {each["ruleCode"] for each in counted["judged"]["nodes"]}
    told = {(each["ruleCode"], each["verdict"], *each["deciding"]) for each in named["judged"]["nodes"]}
    assert ("OUC-LOG-COURIER", "UNDECIDED", "north") in told


def test_the_settings_shown_are_settings():
    (settings,) = shown("toml")
    assert msgspec.convert(tomllib.loads(settings), Config).members.demo


async def test_the_files_shown_link_and_grant(tmp_path):
    links, grants = shown("yaml")
    (tmp_path / "links").write_text(links, "utf-8")
    (tmp_path / "grants").write_text(grants, "utf-8")
    found = await LinkFile(tmp_path / "links").find([L1])
    assert found[L1]["north"].code == "S-2023-17"
    wish = Wish(learner=L1, source="north", purpose="recognition", basis="consent", grant="g-1")
    assert await GrantFile(tmp_path / "grants").decide([wish]) == {wish: True}
