"""What is true of finding connectors and declared sources."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint

import pytest
from msgspec.structs import replace

from connectors import memory
from connectors.contract import CONTRACT, Manifest, Offers, Secret, Settings, Verb, settings_of
from connectors.dispatch import Dispatch
from connectors.notices import NoticeCode
from connectors.registry import Registry, Shelf, find
from connectors.roster import Declared, Roster
from tests.connectors.alliance import consenting, dispatching, everywhere, question, source


class Keyed(Settings, frozen=True):
    url: str
    key: Secret
    pages: int = 1


@asynccontextmanager
async def opens(settings, http):
    yield memory.Memory(memory.Book())


def manifest(**fields) -> Manifest:
    offers = Offers(verbs=frozenset({Verb.RESULTS}))
    return Manifest(
        **({"name": "keyed", "version": "1", "settings": Keyed, "offers": offers, "opens": opens} | fields)
    )


GOOD = manifest()
FROM_LATER = manifest(contract=CONTRACT + 1)
NOT_ONE = "a string"


def point(name: str) -> EntryPoint:
    return EntryPoint(
        name=name, value=f"tests.connectors.test_registry:{name}", group="alliance_hub.connectors"
    )


def test_a_connector_is_checked_when_found_and_the_refusal_names_it():
    shelf = find([point("GOOD"), point("FROM_LATER"), point("NOT_ONE"), point("MISSING")])
    assert list(shelf.manifests) == ["keyed"]
    assert {each.code for each in shelf.quarantined} == {"FROM_LATER", "NOT_ONE", "MISSING"}
    assert "contract 2" in next(each.reason for each in shelf.quarantined if each.code == "FROM_LATER")


def test_two_connectors_of_one_name_do_not_replace_each_other():
    shelf = find([point("GOOD"), point("GOOD")])
    assert len(shelf.manifests) == 1
    assert "already" in shelf.quarantined[0].reason


def test_the_built_in_connectors_are_found():
    assert "memory" in find().manifests


def test_a_secret_is_never_shown_and_may_come_from_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv("A_KEY", "hush")
    (tmp_path / "key").write_text("hush\n")
    for given in ("hush", {"env": "A_KEY"}, {"file": str(tmp_path / "key")}):
        settings = settings_of(GOOD, {"url": "https://a", "key": given})
        assert settings.key.reveal() == "hush"
        assert "hush" not in repr(settings) + f"{settings}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "u"}, "key"),
        ({"url": "u", "key": {"env": "NOT_SET_ANYWHERE"}}, "no variable NOT_SET_ANYWHERE"),
        ({"url": "u", "key": "hush", "pages": "many"}, "pages"),
        ({"url": "u", "key": "hush", "extra": 1}, "extra"),
        ({"url": "u", "key": {"sh": "hush"}}, "a secret is"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_with_it(given, said):
    with pytest.raises(ValueError, match=said) as told:
        settings_of(GOOD, given)
    assert "hush" not in str(told.value)


DECLARED = "{source: %s, member: m, connector: keyed, settings: {url: u, key: k}}"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "one.yaml").write_text(DECLARED % "one")
    (tmp_path / "two.yaml").write_text(DECLARED % "two")
    return tmp_path


def registry(folder) -> Registry:
    return Registry(folder, lambda: Shelf({"keyed": GOOD}))


@pytest.mark.parametrize(
    "wrong",
    ["{", "[]", "{source: x}", "{source: x, member: m, connector: none}", DECLARED % "two",
     "{source: x, member: m, connector: keyed, settings: {}}", DECLARED % "x, traffic: {deadline: -1}",
     DECLARED % "x, issuers: [nonsense]", DECLARED % "x, isuers: []"],
)  # fmt: skip
def test_a_wrong_file_is_quarantined_and_the_rest_is_served(folder, wrong):
    (folder / "wrong.yaml").write_text(wrong)
    read = registry(folder).load()
    assert [each.code for each in read.sources] == ["one", "two"]
    assert [each.code for each in read.quarantined] == ["wrong"]


def test_a_file_not_in_utf_8_is_quarantined(folder):
    (folder / "wrong.yaml").write_bytes("{source: 学院}".encode("gb18030"))
    assert registry(folder).load().quarantined[0].code == "wrong"


def test_the_last_good_reading_stays_when_a_file_goes_wrong(folder):
    reading = registry(folder)
    before = reading.load()
    (folder / "one.yaml").write_text("{")
    after = reading.load()
    assert after.sources == before.sources
    assert [each.code for each in after.quarantined] == ["one"]
    (folder / "one.yaml").unlink()
    assert [each.code for each in reading.load().sources] == ["two"]


async def test_a_source_that_does_not_open_is_quarantined_and_the_rest_serve():
    @asynccontextmanager
    async def closed(settings, http):
        raise OSError("the password is hush")
        yield

    bad, _ = source("bad")
    bad = type(bad)(
        code="bad", member="m", manifest=manifest(opens=closed), settings=Settings(), offers=GOOD.offers
    )
    async with Roster(Declared(bad, source("good")[0])) as roster:
        assert [each.source.code for each in roster.open] == ["good"]
        assert "hush" not in roster.quarantined[0].reason


async def test_not_even_a_value_error_of_a_strangers_connector_is_repeated():
    @asynccontextmanager
    async def closed(settings, http):
        raise ValueError("the password hush is wrong")
        yield

    made = type(source("a")[0])(
        code="a", member="m", manifest=manifest(opens=closed), settings=Settings(), offers=GOOD.offers
    )
    async with Roster(Declared(made)) as roster:
        assert "ValueError" in roster.quarantined[0].reason
        assert "hush" not in roster.quarantined[0].reason


async def test_a_connector_without_what_it_offers_is_quarantined():
    @asynccontextmanager
    async def empty(settings, http):
        yield object()

    made = type(source("a")[0])(
        code="a", member="m", manifest=manifest(opens=empty), settings=Settings(), offers=GOOD.offers
    )
    async with Roster(Declared(made)) as roster:
        assert "results" in roster.quarantined[0].reason


class Changing:
    def __init__(self, *sources):
        self.sources = sources

    def load(self):
        return Declared(*self.sources).load()


async def test_what_is_set_aside_is_logged_once_with_its_reason_and_so_is_its_return(folder, caplog):
    async with Roster(Registry(folder, lambda: Shelf({"keyed": GOOD}))) as roster:
        caplog.clear()
        bad = folder / "late.yaml"
        bad.write_text("{source: late, member: m, connector: nowhere, settings: {}}")
        for _ in range(3):
            await roster.refresh()
        assert [each.getMessage() for each in caplog.records] == [
            "source late is set aside: Misdeclared: there is no connector named nowhere"
        ]
        bad.unlink()
        caplog.clear()
        for _ in range(2):
            await roster.refresh()
    assert [each.getMessage() for each in caplog.records] == ["source late is set aside no more"]


async def test_reloading_opens_the_new_closes_the_gone_and_leaves_the_rest():
    one, two, three = (source(code)[0] for code in ("one", "two", "three"))
    changing = Changing(one, two)
    async with Roster(changing) as roster:
        standing = roster.find("two")
        changing.sources = (two, three)
        await roster.refresh()
        assert [each.source.code for each in roster.open] == ["three", "two"]
        assert roster.find("two") is standing


async def test_a_linked_source_that_failed_to_load_is_shown_in_the_answer():
    async with dispatching(source("a")[0], links=everywhere("a", "gone")) as dispatch:
        (held,) = await dispatch.results(question())
    assert held.replies[1].notice.code == "QUARANTINED"
    assert held.coverage.missing == ("gone",)


async def test_a_source_still_being_opened_is_told_as_such_and_a_failed_one_as_set_aside():
    begun, held, slow = asyncio.Event(), asyncio.Event(), source("slow")[0]
    opened = slow.manifest.opens

    @asynccontextmanager
    async def opens(settings, http):
        begun.set()
        await held.wait()
        async with opened(settings, http) as connector:
            yield connector

    slow = replace(slow, manifest=replace(slow.manifest, opens=opens))
    roster = Roster(Changing(source("a")[0], slow))
    assert roster.absence("gone") is NoticeCode.OPENING, "nobody has looked yet"
    looking = asyncio.create_task(roster.refresh())
    await begun.wait()
    dispatch = Dispatch(roster, everywhere("a", "slow"), consenting("a", "slow"))
    (early,) = await dispatch.results(question())
    assert [each.status for each in early.replies] == ["ANSWERED", "SILENT"], (
        "one that opens holds up no other"
    )
    assert early.replies[1].notice.code is NoticeCode.OPENING
    assert (early.coverage.asked, early.coverage.missing) == (1, ("slow",))
    held.set()
    await looking
    (later,) = await dispatch.results(question())
    assert [each.status for each in later.replies] == ["ANSWERED", "ANSWERED"]
    assert roster.absence("gone") is NoticeCode.QUARANTINED
    await roster.close()
