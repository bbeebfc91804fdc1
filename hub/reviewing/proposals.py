"""Proposals: what publishing an item of a member's catalogue would change, field by field. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.catalogues.mirror import Entry
from connectors.catalogues.syncing import Syncing
from connectors.notices import NoticeCode
from connectors.offered import CatalogueItem
from connectors.records import Identifier
from graph.exchange.comparing import Change, fields_changed
from graph.model.outcomes import Outcome, OutcomeClass, OutcomeKind
from graph.model.values import FIRST_DAY, NEVER, Key, Status, Text
from graph.projections import content
from hub.reviewing.placement import Placed
from schema.placing import credit


class Fate(StrEnum):
    """What would become of an outcome."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    GONE = "GONE"


class Proposal(Struct, frozen=True):
    """One outcome that would change: the lines an import would load, and a digest to remember it by.

    ``item`` is the source's own key of it. The digest is of what the source says, not of what is published.
    """

    key: str
    item: str
    fate: Fate
    title: Text
    changes: tuple[Change, ...]
    lines: tuple[Outcome, ...]
    digest: str


class Unplaced(Struct, frozen=True):
    """An item that cannot be proposed, and why; ``candidates`` are the outcomes it might be."""

    item: str
    code: NoticeCode
    candidates: tuple[str, ...] = ()


class Drawn(Struct, frozen=True):
    """What items are turned into outcomes with; ``spelt`` are the source's issuers, by their plain keys."""

    placed: Mapping[Identifier, Placed]
    spelt: Mapping[str, Key]
    syncing: Syncing


def proposed(entry: Entry, found: Placed, drawn: Drawn) -> Proposal | Unplaced | None:
    """Tell what publishing a present item would do; None where nothing would change."""
    item = entry.item
    if item is None or found.key is None:
        return Unplaced(entry.key, found.why or NoticeCode.ITEM_UNMAPPED, found.candidates)
    parts = [drawn.placed[each].key for each in item.parts]
    if None in parts:
        return Unplaced(entry.key, NoticeCode.ITEM_PART_UNMAPPED)
    said = said_of(item, tuple(part for part in parts if part), drawn.syncing)
    if found.published is None:
        return _new(entry, found.key, item, drawn, said)
    return _changed(entry, found.key, found.published, drawn, said)


def retiring(entry: Entry, found: Placed, drawn: Drawn) -> Proposal | Unplaced | None:
    """Tell what publishing a removal would do; None where nothing of it is published."""
    before = found.published
    if before is None or found.key is None or before.status is Status.RETIRED:
        return None
    if before.issuer not in drawn.spelt.values():
        return Unplaced(entry.key, NoticeCode.ITEM_OF_OTHERS, (found.key,))
    after = replace(_bare(before), status=Status.RETIRED)
    return _proposal(entry, Fate.GONE, before, after, (after,))


def said_of(item: CatalogueItem, parts: tuple[Key, ...], syncing: Syncing) -> dict[str, Any]:
    """Give the fields of an outcome that an item speaks of."""
    kind = _kind(item.kind.strip(), syncing)
    said = {
        "title": Text(zh=item.title.zh.strip(), en=item.title.en.strip()),
        "kind": kind,
        "credit": credit(item.credit),
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
        "parts": parts or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _kind(word: str, syncing: Syncing) -> OutcomeKind | None:
    """Read the source's word for a kind: as its declaration says, or one of our own."""
    name = syncing.kinds.get(word) or word.upper()
    return OutcomeKind(name) if name in OutcomeKind.__members__ else None


def _new(
    entry: Entry, key: Key, item: CatalogueItem, drawn: Drawn, said: dict[str, Any]
) -> Proposal | Unplaced:
    syncing = drawn.syncing
    issuer = drawn.spelt.get(item.issuer.key) if item.issuer else None
    if issuer is None:  # the declaration named it when the item was taken, and names it no more
        return Unplaced(entry.key, NoticeCode.ITEM_ISSUER_FOREIGN)
    kind = said.get("kind") or (OutcomeKind(syncing.kind) if syncing.kind else None)
    if kind is None or syncing.outcome_class is None:
        return Unplaced(entry.key, NoticeCode.ITEM_KIND_OPEN)
    after = Outcome(
        key=key,
        issuer=issuer,
        outcome_class=OutcomeClass(syncing.outcome_class),
        **(said | {"kind": kind}),
    )
    return _proposal(entry, Fate.NEW, None, after, (after,))


def _changed(
    entry: Entry, key: Key, before: Outcome, drawn: Drawn, said: dict[str, Any]
) -> Proposal | Unplaced | None:
    if before.issuer not in drawn.spelt.values():
        return Unplaced(entry.key, NoticeCode.ITEM_OF_OTHERS, (key,))
    after = _after(before, said)
    lines = _lines(before, after)
    return _proposal(entry, Fate.CHANGED, before, after, lines) if lines else None


def _after(before: Outcome, said: dict[str, Any]) -> Outcome:
    """Give the outcome as the source has it; what it says nothing of stays."""
    title: Text = said["title"]
    both = Text(zh=title.zh or before.title.zh, en=title.en or before.title.en)
    back = {"status": Status.PUBLISHED} if before.status is Status.RETIRED else {}
    return replace(_bare(before), **(said | {"title": both} | back))


def _lines(before: Outcome, after: Outcome) -> tuple[Outcome, ...]:
    """Give the lines that make ``after`` of what is published; none where nothing changes.

    What was published is never rewritten (decision 0001): where only its end moves it is closed under its
    number, else there is a new version, and where that has another window the old one ends with it.
    """
    old = _bare(before)
    if after == old:
        return ()
    if replace(after, valid_to=old.valid_to) == old:
        return (after,)
    fresh = replace(after, version=0, source="", synthetic=False)
    if (after.valid_from, after.valid_to) == (old.valid_from, old.valid_to):
        return (fresh,)
    end = _end(old, after)
    return (fresh,) if end is None else (fresh, replace(old, valid_to=end))


def _end(old: Outcome, after: Outcome) -> date | None:
    """Tell when the old version must end, so that it does not outlive the new one; None: it need not."""
    first, last = old.valid_from or FIRST_DAY, old.valid_to or NEVER
    begins, ends = after.valid_from or FIRST_DAY, after.valid_to or NEVER
    wanted = begins if begins > first else ends
    return wanted if first < wanted < last else None


def _bare(one: Outcome) -> Outcome:
    """Give a version as an import reads it."""
    return replace(one, recorded_at=None, retracted_at=None, loaded_by="")


def _proposal(
    entry: Entry, fate: Fate, before: Outcome | None, after: Outcome, lines: tuple[Outcome, ...]
) -> Proposal:
    old = content(_bare(before)) if before else b"{}"
    told = old if fate is Fate.GONE else msgspec.json.encode(entry.item)
    return Proposal(
        key=after.key,
        item=entry.key,
        fate=fate,
        title=after.title,
        changes=tuple(fields_changed(old, content(after))),
        lines=lines,
        digest=hashlib.sha256(
            b"\0".join((Fate.GONE.encode() if fate is Fate.GONE else b"", after.key.encode(), told))
        ).hexdigest(),
    )
