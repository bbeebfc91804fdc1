"""The clauses C1 to C17: what every connector must do, each as one check that can fail."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping

from msgspec import ValidationError, convert, to_builtins

from connectors.errors import SourceError, SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.notices import NoticeCode
from connectors.records import LearnerKey, Record
from connectors.scenes import Opened, Sample, Scene, Subject, Untested, staged

Check = Callable[[Subject, Sample], Awaitable[None]]

_PATIENCE = 2.0


class Broken(AssertionError):
    """A clause does not hold; the text says how, without any value."""


def _hold(fact: bool, otherwise: str) -> None:
    if not fact:
        raise Broken(otherwise)


async def known_learner(subject: Subject, sample: Sample) -> None:
    """C1: a known learner yields something."""
    async with staged(subject, Scene.HEALTHY) as on:
        _hold(bool((await on.ask(sample.known)).get(sample.known)), "the known learner has no records")


async def canonical(subject: Subject, sample: Sample) -> None:
    """C2: only canonical records, with what they declare in every field."""
    async with staged(subject, Scene.HEALTHY) as on:
        for records in (await on.raw(sample.known)).values():
            for each in records:
                _hold(isinstance(each, Record), f"a {type(each).__name__} is no Record")
                _hold(_round(each), "a record does not survive its own encoding: a field has another type")


def _round(record: Record) -> bool:
    try:
        return convert(to_builtins(record), Record) == record
    except (ValidationError, TypeError, ValueError):
        return False


async def unknown_learner(subject: Subject, sample: Sample) -> None:
    """C3: an unknown learner is empty, never an error."""
    async with staged(subject, Scene.HEALTHY) as on:
        try:
            found = await on.raw(sample.unknown)
        except SourceError as error:
            raise Broken(f"an unknown learner raised {type(error).__name__}") from None
        _hold(not found.get(sample.unknown), "an unknown learner has records")


async def unreachable(subject: Subject, sample: Sample) -> None:
    """C4: unreachable is ``SourceUnavailable``."""
    await _raises(subject, sample, Scene.UNREACHABLE, SourceUnavailable)


async def refused(subject: Subject, sample: Sample) -> None:
    """C5: refused credentials are ``SourceRefused``."""
    await _raises(subject, sample, Scene.REFUSED, SourceRefused)


async def unreadable(subject: Subject, sample: Sample) -> None:
    """C6: an unreadable answer is ``SourceUnreadable``."""
    await _raises(subject, sample, Scene.GARBLED, SourceUnreadable)
    await _raises(subject, sample, Scene.CUT_SHORT, SourceUnreadable)


async def _raises(subject: Subject, sample: Sample, scene: Scene, wanted: type[SourceError]) -> None:
    try:
        async with staged(subject, scene) as on:
            await on.ask(sample.known)
    except wanted:
        return
    except Untested:
        raise
    except Exception as error:  # noqa: BLE001  (that it is another error is the finding)
        raise Broken(f"{scene.value} raised {type(error).__name__}, not {wanted.__name__}") from None
    raise Broken(f"{scene.value} raised nothing, not {wanted.__name__}")


async def same_twice(subject: Subject, sample: Sample) -> None:
    """C7: asking twice gives the same identifiers."""
    async with staged(subject, Scene.HEALTHY) as on:
        first, second = await on.raw(sample.known), await on.raw(sample.known)
        _hold(_ids(first) == _ids(second), "asked twice, the identifiers differ")
        _hold(len(set(_ids(first))) == len(_ids(first)), "one identifier names two records")


def _ids(found: Mapping[LearnerKey, tuple[Record, ...]]) -> list[str]:
    return sorted(each.id for records in found.values() for each in records)


async def no_mixing(subject: Subject, sample: Sample) -> None:
    """C8: two learners asked at once never mix, and a record of another learner is dropped and reported."""
    async with staged(subject, Scene.HEALTHY) as on:
        alone = [(await on.ask(each)).get(each, ()) for each in (sample.known, sample.other)]
        both = await on.ask(sample.known, sample.other)
        at_once = await asyncio.gather(on.ask(sample.known), on.ask(sample.other))
        together = [both.get(each, ()) for each in (sample.known, sample.other)]
        apart = [
            found.get(each, ()) for found, each in zip(at_once, (sample.known, sample.other), strict=True)
        ]
        _own(both)
    _hold(_id_lists(alone) == _id_lists(together) == _id_lists(apart), "asked together, records differ")
    async with staged(subject, Scene.FOREIGN) as on:
        _own(await on.ask(sample.known))
        _hold(on.call.remarks[NoticeCode.FOREIGN_RECORDS] > 0, "a record of another was not reported")


def _own(found: Mapping[LearnerKey, tuple[Record, ...]]) -> None:
    strays = [each for key, records in found.items() for each in records if each.learner != key]
    _hold(not strays, "a learner has a record of another")


def _id_lists(found: list[tuple[Record, ...]]) -> list[list[str]]:
    return [sorted(each.id for each in records) for records in found]


async def cancelled(subject: Subject, sample: Sample) -> None:
    """C9: a cancelled question stops its traffic."""
    async with staged(subject, Scene.HANGING) as on:
        asking = asyncio.create_task(on.ask(sample.known))
        _hold(await _working(on, True), "the source was not asked, or answered")
        asking.cancel()
        await asyncio.wait([asking], timeout=_PATIENCE)
        before = on.wire.requests
        _hold(asking.done() and asking.cancelled(), "a cancelled question went on, or hid that it was")
        _hold(await _working(on, False), "its traffic went on")
        await asyncio.sleep(0.05)
        _hold(on.wire.requests == before, "its traffic went on")


async def _working(on: Opened, wanted: bool) -> bool:
    """Wait until the source is at work for a question, or is no more; tell whether it came to that."""
    for _ in range(int(_PATIENCE / 0.02)):
        busy = await on.working() if on.working else on.wire.begun.is_set() and on.wire.cancelled == 0
        if busy is wanted:
            return True
        await asyncio.sleep(0.02)
    return False


class _Ear(logging.Handler):
    """Hears everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage() + str(record.exc_info and record.exc_info[1]))


async def discreet(subject: Subject, sample: Sample) -> None:
    """C10: no secret and no personal datum in any repr, log or message."""
    ear, root = _Ear(), logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        shown = [await _shown(subject, sample, scene) for scene in Scene if scene is not Scene.HANGING]
    finally:
        root.removeHandler(ear)
        root.setLevel(level)
    told = "\n".join([*shown, *ear.heard])
    _hold(not any(each in told for each in sample.hidden), "a secret or personal datum was shown")


async def _shown(subject: Subject, sample: Sample, scene: Scene) -> str:
    try:
        async with staged(subject, scene) as on:
            found = await on.ask(sample.known)
            return repr(
                (on.connector, vars(on.connector) if hasattr(on.connector, "__dict__") else "", found)
            )
    except Untested:
        return ""
    except Exception as error:  # noqa: BLE001  (what it says is looked at)
        return repr(error) + "".join(traceback.format_exception(error))


async def by_key(subject: Subject, sample: Sample) -> None:
    """C11: a batch is answered by key: reordered, missing, duplicate and null keys are survived."""
    async with staged(subject, Scene.HEALTHY) as on:
        healthy = await on.ask(sample.known, sample.other)
    async with staged(subject, Scene.SHUFFLED) as on:
        shuffled = await on.ask(sample.known, sample.other)
    _own(shuffled)
    for key in (sample.known, sample.other):
        wanted = {each.id for each in healthy.get(key, ())}
        _hold({each.id for each in shuffled.get(key, ())} == wanted, "reordered, the records differ")


async def paging_ends(subject: Subject, sample: Sample) -> None:
    """C12: paging ends, even where the source's does not."""
    try:
        async with staged(subject, Scene.ENDLESS) as on, asyncio.timeout(_PATIENCE):
            await on.ask(sample.known)
    except SourceUnreadable:
        return
    except TimeoutError:
        raise Broken("endless paging was followed for ever") from None
    raise Broken("endless paging was taken for an answer")


async def cut_off(subject: Subject, sample: Sample) -> None:
    """C13: an answer over the size cap is cut off while reading."""
    await _raises(subject, sample, Scene.HUGE, SourceUnreadable)


async def damage(subject: Subject, sample: Sample) -> None:
    """C14: damaged text is counted and named."""
    async with staged(subject, Scene.DAMAGED) as on:
        try:
            await on.ask(sample.known)
        except SourceUnreadable as error:
            _hold(error.code is NoticeCode.TEXT_DAMAGED, f"damaged text is called {error.code.value}")
            return
        _hold(on.call.remarks[NoticeCode.TEXT_DAMAGED] > 0, "damaged text passed without a word")


async def resits(subject: Subject, sample: Sample) -> None:
    """C15: resits are attempts, not duplicates."""
    if sample.resit is None:
        raise Untested("no learner with a resit was given")
    async with staged(subject, Scene.HEALTHY) as on:
        records = (await on.ask(sample.resit)).get(sample.resit, ())
    outcomes = [each.outcome for each in records if each.outcome]
    _hold(len(set(outcomes)) == len(outcomes), "one outcome has several records")
    _hold(any(len(each.attempts) > 1 for each in records), "no record has several attempts")


async def vanished(subject: Subject, sample: Sample) -> None:
    """C16: a record that vanished upstream is reported, not forgotten."""
    async with staged(subject, Scene.SHRUNK) as on:
        found = await on.ask(sample.known)
    marked = any(each.vanished for records in found.values() for each in records)
    _hold(marked or on.call.remarks[NoticeCode.RECORDS_VANISHED] > 0, "a vanished record was forgotten")


async def staleness(subject: Subject, sample: Sample) -> None:
    """C17: staleness is declared."""
    async with staged(subject, Scene.OLD) as on:
        await on.ask(sample.known)
        _hold(on.call.as_of is not None, "the source's own date of its data was not told")


CLAUSES: Mapping[str, Check] = {
    "C1": known_learner,
    "C2": canonical,
    "C3": unknown_learner,
    "C4": unreachable,
    "C5": refused,
    "C6": unreadable,
    "C7": same_twice,
    "C8": no_mixing,
    "C9": cancelled,
    "C10": discreet,
    "C11": by_key,
    "C12": paging_ends,
    "C13": cut_off,
    "C14": damage,
    "C15": resits,
    "C16": vanished,
    "C17": staleness,
}
