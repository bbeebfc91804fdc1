"""The search over the demo alliance, on both engines, beside a slow and obvious reading of its files."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.exchange.importing import import_bundle
from graph.moment import moment, today
from graph.publication import Publication
from graph.search.holdings import SEARCHED
from graph.search.index import FoundBy
from graph.search.searching import SearchAway, Searching
from schema.cursors import place_cursor
from schema.searching import COUNTED, _at_least, _total
from tests.alliance_in_a_box import WIPE, ask, code, data, load_demo
from tests.schema.obvious_search import Obvious, Thing, fold, is_han, live_things, pieces
from tests.schema.small_alliance import CFLP, COURIER, UNIT, outcome, text, things, write

QUERY = """query($text: String!, $kinds: [SearchKind!], $first: Int! = 200, $after: String, $asOf: AsOf) {
  search(text: $text, kinds: $kinds, first: $first, after: $after, asOf: $asOf) {
    nodes { key kind foundBy matched title { zh en } stub thing { __typename } }
    totalCount atLeastCount edges { cursor } pageInfo { hasNextPage endCursor } } }"""
LIVE = live_things()
obvious = Obvious(LIVE).found  # the set that both engines must give; so they give the same
TITLES = sorted({title for thing in LIVE for title in (thing.zh, thing.en) if title})
NAMES = ("Outcome", "AccreditationUnit", "Institution", "Industry", "ConversionRule")


@pytest.fixture(scope="module")
async def demo(shared_store):
    """The demo alliance, loaded once into each engine."""
    return await load_demo(shared_store)


@pytest.fixture(scope="module")
async def index(demo):
    """The search's index, read from each engine."""
    return await Searching(demo, first_patience=60).index(await Publication(demo).latest())


async def search(store, text, **more):
    return (await data(store, QUERY, text=text, **more))["search"]


async def everything(store, text, **more):
    """All hits, page after page."""
    found, after, more_pages = [], None, True
    while more_pages:
        page = await search(store, text, after=after, **more)
        found += page["nodes"]
        after, more_pages = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


def named(hits):
    return [(hit["thing"]["__typename"], hit["key"]) for hit in hits]


def runs(title, length):
    """Every run of so many Chinese characters."""
    whole = (piece for piece in pieces(fold(title)) if is_han(piece[0]))
    return {piece[place : place + length] for piece in whole for place in range(len(piece) - length + 1)}


def beginnings(title):
    """Every beginning of every word."""
    words = (piece for piece in pieces(fold(title)) if not is_han(piece[0]))
    return {word[:length] for word in words for length in range(1, len(word) + 1)}


PAIRS = sorted(set().union(*(runs(title, 2) for title in TITLES)))
LONGER = sorted(set().union(*(runs(title, length) for title in TITLES for length in (3, 5))))
BEGINNINGS = sorted(set().union(*map(beginnings, TITLES)))
CODES = sorted({name for thing in LIVE for name in (thing.code, thing.key)})


def found_in(index, text, first=100_000):
    at = moment(index.published)
    return [
        (NAMES[SEARCHED.index(find.struct)], find.key) for find in index.find(text, SEARCHED, at, first=first)
    ]


TITLE_OF = {(thing.type, thing.key): (thing.zh, thing.en) for thing in LIVE}


def check(index, texts):
    """Each text finds just the obvious set, and each title in it among the first 20 if there is room."""
    for sought in texts:
        found, expected = found_in(index, fold(sought)), obvious(sought)
        assert set(found) == expected, sought
        assert len(found) == len(expected), sought
        titles = {TITLE_OF[name] for name in expected}
        assert len({TITLE_OF[name] for name in found[:20]}) == min(20, len(titles)), sought


def test_every_pair_of_chinese_characters_finds_its_titles_among_the_first_twenty(index):
    assert len(PAIRS) > 700
    check(index, PAIRS)


def test_longer_chinese_runs_find_their_titles(index):
    check(index, LONGER[::4])


def test_every_beginning_of_every_word_finds_its_titles_among_the_first_twenty(index):
    assert len(BEGINNINGS) > 1000
    check(index, BEGINNINGS)


def test_every_code_and_every_key_finds_its_thing_among_the_first_twenty(index):
    for thing in LIVE:
        for name in (thing.code, thing.key, thing.key.lower()):
            found = found_in(index, fold(name), first=20)
            assert (thing.type, thing.key) in found, name
    for sought in CODES:
        assert set(found_in(index, fold(sought))) == obvious(sought), sought


def test_every_title_finds_itself_before_any_other_title(index):
    at = moment(index.published)
    for title in (title for title in TITLES if title not in CODES):
        finds = index.find(fold(title), SEARCHED, at, first=200)
        first = next(find for find in finds if find.found_by not in (FoundBy.CODE, FoundBy.CODE_PREFIX))
        assert first.found_by is FoundBy.TITLE, title
        assert fold(title) in map(fold, TITLE_OF[NAMES[SEARCHED.index(first.struct)], first.key])


async def test_a_single_character_finds_just_the_titles_that_begin_with_it(demo):
    for character in sorted({title[0] for title in TITLES if is_han(title[0])})[::15]:
        found = await everything(demo, character, first=50)
        titles = [
            (hit["title"]["zh"], hit["foundBy"]) for hit in found if not hit["foundBy"].startswith("CODE")
        ]
        assert titles
        assert all(title.startswith(character) for title, _ in titles)
        assert set(named(found)) == obvious(character)


slices = st.sampled_from(TITLES).flatmap(
    lambda title: st.tuples(st.integers(0, len(title) - 1), st.integers(1, len(title))).map(
        lambda cut: title[cut[0] : cut[0] + cut[1]]
    )
)


@settings(max_examples=60, deadline=None)
@given(sought=st.one_of(slices, st.tuples(slices, slices).map(" ".join), st.sampled_from(CODES)))
async def test_any_pieces_of_titles_find_through_the_api_just_what_is_obvious(demo, sought):
    if fold(sought):
        hits = await everything(demo, sought)
        assert len(hits) == len(set(named(hits)))
        assert set(named(hits)) == obvious(sought)


HOSTILE = [
    *"()*?~!{}%_😀⁂\0\"'\\",
    *("AND", "OR", "NOT", "a/b", "/.*/", "title:x", "[a TO z]", "软~2", "+软件 -工程", "!软件", "软件^4"),
    *(
        "&&",
        "||",
        "$text",
        "') RETURN 1 //",
        "<script>",
        "مرحبا",
        "\u202eabc",
        "\ud7ff",
        "a\0b",
        "👩\u200d👧",
    ),
    *("é" * 400, "ﷺ" * 400, "中" * 400, "软 件 工 程", "a b c d e f g h i j k l m"),
    " ".join("abcdefghijklmnopqrstuvwxyz0123456789"),
]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_sign_has_a_meaning_and_no_text_fails(demo, hostile):
    hits = await everything(demo, hostile)
    assert set(named(hits)) == obvious(hostile)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
async def test_any_text_is_answered_or_refused_as_empty(demo, anything):
    body = await ask(demo, QUERY, text=anything)
    if "errors" in body:
        assert body["errors"][0]["extensions"]["code"] == "SEARCH_TEXT_EMPTY"


@pytest.mark.parametrize("signs", ["软件*", "软件~", '"软件"', "(软件)", "软件 AND", "+软件"])
async def test_signs_around_a_word_change_nothing_but_what_words_they_are(demo, signs):
    plain = set(named(await everything(demo, signs.strip('*~"()+ '))))
    if "AND" not in signs:
        assert set(named(await everything(demo, signs))) == plain


async def test_an_empty_text_and_an_over_long_one_are_refused_before_the_graph_is_asked(demo):
    before = demo.round_trips
    for empty in ("", " \u3000\n", "\u200b"):
        assert await code(demo, QUERY, text=empty) == "SEARCH_TEXT_EMPTY"
    assert await code(demo, QUERY, text="中" * 401) == "SEARCH_TEXT_TOO_LONG"
    assert await code(demo, QUERY, text="x" * 10_000) == "SEARCH_TEXT_TOO_LONG"
    assert await code(demo, QUERY, text="软件", first=201) == "BAD_PAGE"
    assert await code(demo, QUERY, text="软件", after="x") == "BAD_CURSOR"
    assert demo.round_trips == before


async def test_full_width_letters_and_capitals_find_the_same(demo):
    plain = named(await everything(demo, "java"))
    assert plain
    assert plain == named(await everything(demo, "ＪＡＶＡ")) == named(await everything(demo, " JaVa "))


async def test_better_ways_come_first_and_say_what_they_found(demo):
    order = [way.value for way in FoundBy]
    hits = await everything(demo, "物流")
    ranks = [order.index(hit["foundBy"]) for hit in hits]
    titles = [hit["title"]["zh"] for hit in hits]
    once = len(set(titles))
    assert ranks[:once] == sorted(ranks[:once])
    assert len(set(titles[:once])) == once
    assert all("物流" in hit["matched"] for hit in hits)
    [first, *_] = await everything(demo, "alliance:-:aptech")
    assert (first["foundBy"], first["matched"]) == ("CODE", "APTECH")


@pytest.mark.parametrize("sought", ["530801", "OUC-LOG", "ouc-log-", "onex:2021:5308", "SW-WEB-0"])
async def test_exact_codes_come_first_and_then_codes_that_begin_so(demo, sought):
    hits = await everything(demo, sought)
    ways = [hit["foundBy"] for hit in hits]
    begun = [hit for hit in hits if hit["foundBy"] == "CODE_PREFIX"]
    assert len(begun) > 2
    assert all(fold(hit["matched"]).startswith(fold(sought).split(":")[-1]) for hit in begun)
    assert ways[0].startswith("CODE")
    once = len({(hit["title"]["zh"], hit["title"]["en"]) for hit in hits})
    order = [way.value for way in FoundBy]
    assert ways[:once] == sorted(ways[:once], key=order.index)


async def test_a_word_without_digit_or_sign_is_no_beginning_of_a_code(demo):
    assert any(thing.code.startswith("OUC-LOG") for thing in LIVE)
    assert {hit["foundBy"] for hit in await everything(demo, "ouc")} <= {"CODE", "PREFIX", "WORDS", "TITLE"}


def test_a_code_that_only_lacks_its_end_finds_its_thing(index):
    for thing in LIVE[::7]:
        for name in filter(None, (thing.code[:-1], thing.key[:-1])):
            assert set(found_in(index, fold(name))) == obvious(name), name


async def test_what_is_found_is_counted_exactly_and_no_further_than_told(demo, index):
    for sought in ("物流", "530801", "a", "nothing at all"):
        page = await search(demo, sought, first=1)
        assert page["totalCount"] == page["atLeastCount"] == len(obvious(sought))
    at = moment(index.published)
    assert index.count("a", SEARCHED, at, 7) == 7 < len(obvious("a"))
    assert await _total(SimpleNamespace(counting=_gives(COUNTED + 1))) is None
    assert await _at_least(SimpleNamespace(counting=_gives(COUNTED + 1))) == COUNTED
    assert await _total(SimpleNamespace(counting=_gives(COUNTED))) == COUNTED


def _gives(number):
    async def counting():
        return number

    return counting


async def test_the_list_is_paged_without_gap_or_repetition(demo):
    whole = named(await everything(demo, "a"))
    assert len(whole) > 60
    assert named(await everything(demo, "a", first=7)) == whole
    page = await search(demo, "a", first=7, after=place_cursor(7))
    assert [edge["cursor"] for edge in page["edges"]] == [place_cursor(8 + place) for place in range(7)]


async def test_only_the_kinds_asked_for_are_found(demo):
    for kind, name in zip(("OUTCOME", "UNIT", "INSTITUTION", "INDUSTRY", "RULE"), NAMES, strict=True):
        found = named(await everything(demo, "物流", kinds=[kind]))
        assert set(found) == {thing for thing in obvious("物流") if thing[0] == name}
    assert await everything(demo, "物流", kinds=[]) == []


async def test_a_page_costs_a_round_trip_for_each_kind_on_it_at_most(demo):
    await search(demo, "物流", first=5)
    for first in (5, 50):
        before = demo.round_trips
        hits = (await search(demo, "物流", first=first))["nodes"]
        kinds = {hit["thing"]["__typename"] for hit in hits}
        assert demo.round_trips - before == 1 + len(kinds)  # the moment, and each kind's things


@pytest.fixture
async def small(shared_store, tmp_path):
    """The small alliance in a graph of its own, for tests that change it."""
    await shared_store.write(WIPE, within=60)
    assert (await import_bundle(shared_store, write(tmp_path / "small", things()))).ok
    return shared_store


async def delta(store, folder, *outcomes):
    done = await import_bundle(store, write(folder, {"outcomes": outcomes}, mode="delta", source="other"))
    assert done.ok, done.report
    return done


def certificate(key, title, **more):
    return {**outcome(key, CFLP, "EXAM", "NON_DEGREE", title), **more}


async def test_a_corrected_title_is_found_as_it_was_known(small, tmp_path):
    sought = "cert:2020:corrected"
    await delta(small, tmp_path / "a", certificate(sought, text("甲乙", "First")))
    query = '{ outcome(key: "cert:2020:corrected") { recordedAt } }'
    first = (await data(small, query))["outcome"]["recordedAt"]
    assert named(await everything(small, "甲乙")) == [("Outcome", sought)]
    await delta(small, tmp_path / "b", certificate(sought, text("丙丁", "Second")))
    assert named(await everything(small, "丙丁")) == [("Outcome", sought)]
    assert await everything(small, "甲乙") == []
    then = {"knownAt": first}
    assert named(await everything(small, "甲乙", asOf=then)) == [("Outcome", sought)]
    assert await everything(small, "丙丁", asOf=then) == []
    assert named(await everything(small, sought, asOf=then)) == [("Outcome", sought)]


async def test_what_is_not_yet_or_no_longer_valid_is_not_found(small, tmp_path):
    day = today() + timedelta(days=2)
    coming = certificate("cert:2020:coming", text("将来", "Coming"), validFrom=day.isoformat())
    gone = certificate("cert:2020:gone", text("过去", "Gone"), validTo="2020-01-01")
    await delta(small, tmp_path / "b", coming, gone)
    assert await everything(small, "将来") == await everything(small, "过去") == []
    assert len(await everything(small, "将来", asOf={"validOn": day.isoformat()})) == 1
    assert len(await everything(small, "过去", asOf={"validOn": "2019-12-31"})) == 1


async def test_only_the_live_version_of_several_is_found(small, tmp_path):
    one = certificate("cert:2020:two", text("旧名称", "Old"), version=1, validFrom="2010-01-01")
    two = certificate("cert:2020:two", text("新名称", "New"), version=2, validFrom="2020-01-01")
    await delta(small, tmp_path / "b", one, two)
    assert await everything(small, "旧名称") == []
    [hit] = await everything(small, "名称")
    assert hit["matched"] == "新名称"
    [hit] = await everything(small, "名称", asOf={"validOn": "2015-01-01"})
    assert hit["matched"] == "旧名称"


async def test_a_stub_is_found_by_its_code_and_says_that_it_is_one(small, tmp_path):
    naming = certificate("cert:2020:naming", text("引用", "Naming"), prerequisites=["cert:2020:unheard"])
    await delta(small, tmp_path / "b", naming)
    [hit] = await everything(small, "unheard")
    assert (hit["stub"], hit["foundBy"]) == (True, "CODE")
    assert [hit["stub"] for hit in await everything(small, "引用")] == [False]


async def test_many_bearers_of_one_title_do_not_crowd_out_another(small, tmp_path):
    same = [certificate(f"cert:2020:same{n:02}", text("会计", "Accounting")) for n in range(40)]
    other = certificate("cert:2020:zz", text("基础会计", "Basics"))
    await delta(small, tmp_path / "b", *same, other)
    found = named(await everything(small, "会计", first=20))
    assert found.index(("Outcome", "cert:2020:zz")) == 1
    assert len(found) == 41
    assert found[2:] == sorted(found[2:])


async def test_an_index_that_would_be_too_large_is_not_made(small):
    published = await Publication(small).latest()
    with pytest.raises(SearchAway, match="at most 1"):
        await Searching(small, most=1).index(published)


async def test_while_a_new_index_is_made_the_former_one_answers_as_of_its_publication(small, tmp_path):
    searching = Searching(small, patience=0)
    former = await searching.index(await Publication(small).latest())
    await delta(small, tmp_path / "b", certificate("cert:2020:fresh", text("新鲜", "Fresh")))
    later = await Publication(small).latest()
    assert await searching.index(later) is former
    async with asyncio.timeout(20):
        while (renewed := await searching.index(later)) is former:
            pass  # asking yields to the making
    assert renewed.published == later > former.published
    assert not former.find("新鲜", SEARCHED, moment(later), first=1)
    assert renewed.find("新鲜", SEARCHED, moment(later), first=1)
    await searching.close()


async def test_the_small_alliances_things_are_found_by_kind_and_code(small):
    assert named(await everything(small, COURIER)) == [("Outcome", COURIER)]
    assert named(await everything(small, "lg-01")) == [("AccreditationUnit", UNIT)]
    assert named(await everything(small, "r1")) == [("ConversionRule", "R1")]


def test_the_obvious_search_knows_its_own_language():
    found = Obvious([Thing("Outcome", "a:-:X-1", "软件A级", "Class A")]).found
    assert all(found(sought) for sought in ("软件", "x-1", "A级", "cla", "软", "件A"))
    assert not any(found(sought) for sought in ("件", "级", "lass", "x"))
