"""Items of a catalogue as they arrive: each one taken, or refused with its place and a code. Pure."""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from connectors.catalogues.runs import Refusals
from connectors.notices import NoticeCode
from connectors.offered import CatalogueChanges, CatalogueItem, Change, ChangeKind
from connectors.records import Identifier, Provenance
from connectors.records import identifier as read_identifier

LARGEST: Final = 32 * 1024
"""Bytes of one item."""


class Given(NamedTuple):
    """What an answer says: items that are there, keys that were removed, and keys of what was refused."""

    present: dict[str, CatalogueItem]
    removed: set[str]
    refused: set[str]


def given(sent: CatalogueChanges, issuers: frozenset[str], refusals: Refusals) -> Given:
    """Read an answer. Of several lines about one item the last counts, but a full answer has only one.

    An item's issuer must be one of ``issuers`` (``scheme:edition:code``); where it names none, the source
    must speak for one alone.
    """
    told = Given({}, set(), set())
    ours = {each.key: each for each in (plain(read_identifier(key)) for key in issuers)}
    for place, change in enumerate(sent.changes, 1):
        key = plain(change.outcome).key
        if change.kind is ChangeKind.REMOVED:
            _removed(told, key, sent.full)
            continue
        read = _read(change, ours)
        if isinstance(read, CatalogueItem) and sent.full and told.present.get(key, read) != read:
            read = NoticeCode.ITEM_TWICE
        if isinstance(read, NoticeCode):
            refusals.add(place, key, read)
            told.refused.add(key)
        else:
            told.present[key] = read
            told.removed.discard(key)
    return told


def plain(identifier: Identifier) -> Identifier:
    """Fold an identifier as the border does: NFKC, trimmed."""
    return Identifier(
        scheme=_folded(identifier.scheme), code=_folded(identifier.code), edition=_folded(identifier.edition)
    )


def _folded(part: str) -> str:
    return unicodedata.normalize("NFKC", part).strip()


def _removed(told: Given, key: str, full: bool) -> None:
    if not (full and key in told.present):
        told.present.pop(key, None)
        told.removed.add(key)


def _read(change: Change, issuers: dict[str, Identifier]) -> CatalogueItem | NoticeCode:
    item = change.item
    if item is None or plain(item.outcome) != plain(change.outcome):
        return NoticeCode.ITEM_EMPTY
    if not (item.title.zh.strip() or item.title.en.strip()):
        return NoticeCode.ITEM_TITLE_MISSING
    if item.issuer is None and len(issuers) != 1:
        return NoticeCode.ITEM_ISSUER_OPEN
    issuer = plain(item.issuer) if item.issuer else next(iter(issuers.values()))
    if issuer.key not in issuers:
        return NoticeCode.ITEM_ISSUER_FOREIGN
    parts = tuple(plain(part) for part in item.parts)
    bare = replace(item, outcome=plain(item.outcome), issuer=issuer, parts=parts, provenance=Provenance())
    return bare if len(msgspec.json.encode(bare)) <= LARGEST else NoticeCode.ITEM_TOO_LARGE
