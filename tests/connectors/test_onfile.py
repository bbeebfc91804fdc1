"""Links and grants on file: read again when they change, and closed when they cannot be read."""

import os

import pytest

from connectors.consent import GrantFile, Wish
from connectors.linkage import LinkFile
from connectors.records import LearnerKey

ANA = LearnerKey(scheme="hub", code="ana")
LINKS = "- learner: {scheme: hub, code: ana}\n  links: [{source: a, key: {scheme: s, code: '007'}}]\n"
GRANTS = "- {grant: g, learner: {scheme: hub, code: ana}, purpose: p, sources: [a]}\n"
WISH = Wish(learner=ANA, source="a", purpose="p", basis="consent", grant="g")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.yaml"


async def test_links_are_found_by_learner_and_source(path):
    path.write_text(LINKS, "utf-8")
    found = await LinkFile(path).find([ANA, LearnerKey(scheme="hub", code="bao")])
    assert {learner.code: linked["a"].code for learner, linked in found.items()} == {"ana": "007"}


async def test_a_grant_taken_back_is_gone_with_the_next_question(path):
    path.write_text(GRANTS, "utf-8")
    consent = GrantFile(path)
    assert await consent.decide([WISH]) == {WISH: True}
    path.write_text("[]", "utf-8")
    assert await consent.decide([WISH]) == {WISH: False}
    path.write_text(GRANTS, "utf-8")
    assert await consent.decide([WISH]) == {WISH: True}


async def test_an_empty_file_links_nobody(path):
    path.write_text("", "utf-8")
    assert await LinkFile(path).find([ANA]) == {}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "- 7",
        "- learner: ana",
        LINKS + LINKS,
        LINKS.replace("[{", "[{source: a, key: {scheme: s, code: x}}, {"),
    ],
    ids=["no YAML", "no object", "no key", "a learner twice", "a source twice"],
)
async def test_a_wrong_file_raises_each_time_and_what_was_good_before_is_not_used(path, text):
    path.write_text(LINKS, "utf-8")
    links = LinkFile(path)
    assert await links.find([ANA])
    path.write_text(text, "utf-8")
    for _ in range(2):
        with pytest.raises(ValueError):
            await links.find([ANA])
    path.write_text(LINKS, "utf-8")
    assert await links.find([ANA])


async def test_a_file_that_is_gone_or_too_large_raises(path):
    with pytest.raises(OSError):
        await LinkFile(path).find([ANA])
    path.touch()
    os.truncate(path, 40 * 1024 * 1024)
    with pytest.raises(ValueError):
        await LinkFile(path).find([ANA])


async def test_one_grant_twice_is_no_file(path):
    path.write_text(GRANTS + GRANTS, "utf-8")
    with pytest.raises(ValueError):
        await GrantFile(path).decide([WISH])


async def test_what_goes_wrong_quotes_nobody(path):
    path.write_text(GRANTS.replace("purpose: p", "purpose: [阿依努尔]"), "utf-8")
    with pytest.raises(ValueError) as wrong:
        await GrantFile(path).decide([WISH])
    assert "阿依努尔" not in str(wrong.value)
