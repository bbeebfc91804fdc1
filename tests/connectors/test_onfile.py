"""Links and grants on file: read again when they change, and closed when they cannot be read."""

import os

import pytest

from connectors.consent import GrantFile, Wish
from connectors.linkage import LinkFile, links_in
from connectors.records import LearnerKey

ANA = LearnerKey(scheme="hub", code="ana")
LINKS = "- learner: {scheme: hub, code: ana}\n  links: [{source: a, key: {scheme: s, code: '007'}}]\n"
GRANTS = "- {grant: g, learner: {scheme: hub, code: ana}, purpose: p, sources: [a]}\n"
BAO = LINKS.replace("ana", "bao").replace("'007'", "'1'")
CHEN = LINKS.replace("ana", "chen").replace("'007'", "'2'")
WISH = Wish(learner=ANA, source="a", purpose="p", basis="consent", grant="g")


def _hub(code):
    return LearnerKey(scheme="hub", code=code)


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
    ("text", "line", "says"),
    [
        ("- 7\n", 3, "Expected `object`, got `int`"),
        ("- learner: bao\n", 3, "learner"),
        (LINKS.replace("ana", "20230901"), 3, "learner.code: YAML reads this as int, not as text"),
        (LINKS.replace("'007'", "2023-09-01"), 4, "links[0].key.code: YAML reads this as date"),
        (LINKS.replace("'007'", "no"), 4, "a code is text: quote it"),
        (LINKS.replace("'007'", "2023-02-30"), 3, "a code is text: quote it"),
        (LINKS.replace("links:", "link:"), 3, "a field that is not known"),
        (LINKS.replace("ana}", "ana"), 4, "it is not YAML"),
        (LINKS.replace("[{", "[{source: a, key: {scheme: s, code: x}}, {"), 3, "one source stands twice"),
    ],
    ids=["number", "nobody", "code", "day", "bool", "no-day", "field", "no-YAML", "source-twice"],
)
async def test_a_wrong_entry_is_told_by_its_line_and_the_others_stand(path, caplog, text, line, says):
    path.write_text(BAO + text + CHEN, "utf-8")
    links = LinkFile(path)
    for _ in range(3):
        found = await links.find([_hub("bao"), _hub("chen")])
        assert {learner.code: linked["a"].code for learner, linked in found.items()} == {
            "bao": "1",
            "chen": "2",
        }
    [told] = caplog.messages
    assert told.startswith(f"{path}, line {line}: ")
    assert says in told
    assert listed_lines(path) == [line]


def listed_lines(path):
    return [each.line for each in links_in(path.read_text("utf-8")).wrong]


async def test_of_a_learner_whose_entry_is_wrong_the_links_are_not_known_and_nobody_is_asked(path):
    path.write_text(BAO + LINKS.replace("'007'", "7"), "utf-8")
    assert await LinkFile(path).find([ANA]) == {ANA: None}
    other = await LinkFile(path).find([_hub("bao"), _hub("nobody")])
    assert set(other) == {_hub("bao")}, "who stands in no entry is linked to nothing"


async def test_while_nobody_knows_whose_an_entry_is_no_links_are_known_of_those_not_named(path):
    path.write_text(BAO + LINKS.replace("ana", "7"), "utf-8")
    found = await LinkFile(path).find([ANA, _hub("bao")])
    assert found[ANA] is None
    assert found[_hub("bao")]["a"].code == "1"


async def test_a_learner_who_stands_twice_has_no_known_links_and_both_lines_are_told(path):
    path.write_text(LINKS + BAO + LINKS, "utf-8")
    found = await LinkFile(path).find([ANA, _hub("bao")])
    assert (found[ANA], found[_hub("bao")]["a"].code) == (None, "1")
    assert listed_lines(path) == [1, 5]


async def test_an_entry_gone_wrong_is_not_replaced_by_what_it_said_before(path):
    path.write_text(LINKS, "utf-8")
    links = LinkFile(path)
    assert (await links.find([ANA]))[ANA]
    path.write_text(LINKS.replace("'007'", "8"), "utf-8")
    assert await links.find([ANA]) == {ANA: None}
    path.write_text(LINKS, "utf-8")
    assert (await links.find([ANA]))[ANA]


@pytest.mark.parametrize("text", ["a: 1\n", "7"], ids=["an object", "a number"])
async def test_a_file_that_is_no_list_raises_and_is_told_once(path, caplog, text):
    path.write_text(text, "utf-8")
    links = LinkFile(path)
    for _ in range(3):
        with pytest.raises(ValueError):
            await links.find([ANA])
    assert caplog.messages == [f"{path} cannot be read: the file is not a list; nothing stands"]


async def test_of_many_wrong_entries_some_are_told_and_the_others_counted(path, caplog):
    path.write_text("- 7\n" * 50, "utf-8")
    await LinkFile(path).find([ANA])
    assert len(caplog.messages) == 21
    assert caplog.messages[-1] == f"{path}: 30 more entries are wrong"


async def test_a_file_that_is_gone_or_too_large_raises(path):
    with pytest.raises(OSError):
        await LinkFile(path).find([ANA])
    path.touch()
    os.truncate(path, 40 * 1024 * 1024)
    with pytest.raises(ValueError):
        await LinkFile(path).find([ANA])


@pytest.mark.parametrize(
    "wrong", [GRANTS.replace("ana", "bao").replace("g,", "2,"), "- {grant: x", GRANTS.replace("g,", "h,") * 2]
)
async def test_while_a_grant_is_wrong_what_the_others_do_not_grant_is_not_known(path, wrong):
    path.write_text(GRANTS + wrong, "utf-8")
    other = Wish(learner=ANA, source="b", purpose="p", basis="consent", grant="g")
    assert await GrantFile(path).decide([WISH, other]) == {WISH: True}


async def test_one_grant_twice_grants_nothing(path):
    path.write_text(GRANTS + GRANTS, "utf-8")
    assert await GrantFile(path).decide([WISH]) == {}


async def test_what_goes_wrong_quotes_nobody(path, caplog):
    wrong = [
        GRANTS.replace("purpose: p", "purpose: [阿依努尔]"),
        GRANTS.replace("purpose: p", "阿依努尔: p"),
        "- {grant: 阿依努尔",
    ]
    path.write_text("".join(f"{each}\n" for each in wrong), "utf-8")
    assert await GrantFile(path).decide([WISH]) == {}
    assert len(caplog.messages) == 3
    assert "阿依努尔" not in caplog.text
