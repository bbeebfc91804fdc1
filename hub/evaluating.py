"""Judging a table of results against a graph, some sets at a time, in bounded memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Final

from msgspec.structs import replace

from graph.library import Library
from graph.model.institutions import Institution
from graph.model.values import Key
from graph.model.verdicts import Judged
from graph.moment import moment
from graph.publication import Publication
from graph.records import answered, posed
from graph.store import Store
from hub.evaluate_cells import day
from hub.evaluate_rows import ASKED, Group, Spoilt
from schema.errors import Refusal
from schema.known import Known
from schema.recognition import Place, placed
from schema.results import demand_parts
from schema.scalars import read_key
from schema.steps import STEPS

TOLD: Final = (
    *("set", "ruleCode", "version", "targetKind", "targetKey", "verdict", "gives", "mode", "credit"),
    *("creditScheme", "preferred", "evidenceIds", "why", "nextStep", "line", "field", "code", "message"),
)
"""The columns of the answer: one row a verdict; one row a bad line, with its code."""
TOGETHER: Final = 200
"""Sets whose codes are looked up together."""
Ask = tuple[str, str, str, str]


class Evaluation:
    """A graph asked about many sets, as known at one moment."""

    def __init__(self, store: Store, given: dict[str, str]) -> None:
        self._library = Library(store)
        self._publication = Publication(store)
        self._given = given
        self._institutions: dict[str, bool] = {}
        self.bad = 0

    async def rows(self, some: list[Group]) -> AsyncIterator[tuple[str, ...]]:
        """Yield the answer's rows for some sets."""
        by_ask: dict[Ask, list[Group]] = {}
        for group in some:
            asked = {**self._given, **group.asked}
            institution, programme, scheme, on = (asked.get(name, "") for name in ASKED)
            by_ask.setdefault((institution, programme, scheme, on), []).append(group)
        for ask, ones in by_ask.items():
            await self._judge(ask, ones)
        for group in some:
            for row in self._told(group):
                yield row

    async def _judge(self, ask: Ask, ones: list[Group]) -> None:
        try:
            place = await self._place(ask)
        except Refusal as refusal:
            for group in ones:
                group.spoilt.append(Spoilt(group.first, refusal))
            return
        for group in ones:
            group.read_past(place.context)
        results = [result for group in ones for result in group.results]
        past = [row for group in ones for row in group.consumed]
        held = [one for group in ones for one in group.held]
        known = await Known.of(self._library, place.volume, place.at, results, past, held)
        for group in ones:
            if not group.spoilt:
                _answer(group, place, known)

    async def _place(self, ask: Ask) -> Place:
        institution, programme, scheme, on = ask
        valid_on: date | None = day({"validOn": on}, "validOn") if on else None
        key = Key(read_key(institution))
        at = moment(await self._publication.latest(), valid_on)
        if key not in self._institutions:
            self._institutions[key] = bool(await self._library.known(Institution, {key}, at))
        if not self._institutions[key]:
            raise Refusal("INSTITUTION_UNKNOWN", field="institution")
        return placed(await self._library.volume(key, at, whole=False), programme or None, scheme or None, at)

    def _told(self, group: Group) -> Iterator[tuple[str, ...]]:
        for spoilt in group.spoilt:
            self.bad += 1
            yield _refused(group, spoilt)
        for one in group.judged:
            yield _row(group, one)


def _answer(group: Group, place: Place, known: Known) -> None:
    spoil = group.spoil
    try:
        known.demand(group.results)
        demand_parts(group.results)
        spoil = group.spoil_past
        known.demand_consumed(group.consumed)
        group.demand_used()
        spoil = group.spoil_held
        known.demand_held(group.held)
    except Refusal as refusal:
        spoil(refusal)
        return
    context = replace(place.context, consumed=group.consumed, targets=tuple(group.held))
    question = posed(group.results, context, typed=True)
    group.judged = answered(known.volume.index, question).judged


def _row(group: Group, one: Judged) -> tuple[str, ...]:
    return (
        group.name,
        one.rule,
        str(one.version),
        one.target.kind.value,
        one.target.key,
        one.verdict.value,
        "yes" if one.gives else "no",
        one.mode.value,
        "" if one.credit is None else str(one.credit),
        one.scheme if one.credit is not None else "",
        "yes" if one.preferred else "no",
        " ".join(one.evidence),
        one.reason.value if one.reason else "",
        STEPS[one.verdict].step.value,
        *("", "", "", ""),
    )


def _refused(group: Group, spoilt: Spoilt) -> tuple[str, ...]:
    refusal = spoilt.refusal
    field, text = str(refusal.facts.get("field", "")), f"{refusal.en} {refusal.zh}"
    blank = ("",) * (len(TOLD) - 5)
    return (group.name, *blank, str(spoilt.line), field, refusal.code.name, text)
