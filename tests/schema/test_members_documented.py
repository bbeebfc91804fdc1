"""What docs/members-federation.md shows is what the hub takes."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from connectors.consent import GrantFile, Wish
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
        "verifyCertificate(number:",
    ]


@pytest.mark.parametrize("query", ASKED)
async def test_a_documented_question_to_members_is_answered(demo, query):
    async with beside(demo, source("north", courier)[0], learners=[L1]) as hub:
        assert all((await hub.data(query)).values())


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
