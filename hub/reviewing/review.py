"""A review: what differs between a member's catalogue, as last synchronised, and what is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from connectors.catalogues.acts import Acts
from connectors.catalogues.items import plain
from connectors.catalogues.mirror import Entry, State
from connectors.catalogues.runs import Run
from connectors.catalogues.staging import Kept
from connectors.notices import NoticeCode
from connectors.records import Identifier, identifier
from connectors.source import Source
from graph.directory import Directory
from graph.inventory import Inventory
from graph.model.values import Key
from graph.moment import moment
from graph.publication import Publication
from graph.search.searching import Searching
from graph.store import Store
from hub.reviewing.placement import Placed, Placer
from hub.reviewing.proposals import Drawn, Proposal, Unplaced, proposed, retiring
from schema.desk import Desk
from schema.loaders import Loaders


class Review(Struct, frozen=True):
    """What differs. ``last`` is the run it is of (None: never synchronised).

    ``held`` are the source's own keys of items whose removal a reviewer must believe first, ``settled`` of
    removals that change nothing (any more). ``declined`` counts what differs and was declined with this
    content before, ``unchanged`` what is published as the source has it.
    """

    source: str
    last: Run | None
    proposals: tuple[Proposal, ...]
    unplaced: tuple[Unplaced, ...]
    held: tuple[str, ...]
    declined: int
    unchanged: int
    settled: tuple[str, ...] = ()


async def review(store: Store, source: Source, kept: Kept, acts: Acts) -> Review:
    """Compare a catalogue with what is published now; in order of keys."""
    placer = await _placer(store, source.code)
    standing = [entry for entry in kept.entries.values() if entry.state is not State.HELD]
    placed = await placer.place(_named(standing))
    drawn = Drawn(placed, await _issuers(placer, source), source.sync)
    present = _present(standing, placed)
    found = {entry.key: _difference(entry, drawn, present) for entry in standing}
    proposals = [each for each in found.values() if isinstance(each, Proposal)]
    wanted = [each for each in proposals if each.digest not in acts.declined]
    return Review(
        source=source.code,
        last=kept.head.run if kept.head else None,
        proposals=tuple(sorted(wanted, key=lambda each: each.key)),
        unplaced=tuple(
            sorted(
                (each for each in found.values() if isinstance(each, Unplaced)), key=lambda each: each.item
            )
        ),
        held=tuple(sorted(each.key for each in kept.entries.values() if each.state is State.HELD)),
        declined=len(proposals) - len(wanted),
        unchanged=sum(found[entry.key] is None for entry in standing if entry.state is State.PRESENT),
        settled=_settled(standing, found, acts),
    )


async def _placer(store: Store, source: str) -> Placer:
    publication, directory = Publication(store, lasts=0), Directory(store)
    stock = Inventory(store, directory)
    loaders = Loaders(store, publication, directory, stock, Desk(store, stock), Searching(store))
    return Placer(store, loaders, source, moment(await publication.latest()))


async def _issuers(placer: Placer, source: Source) -> Mapping[str, Key]:
    keys = [plain(identifier(each)).key for each in source.issuers]
    return dict(zip(keys, await placer.spelt(keys), strict=True))


def _named(entries: Iterable[Entry]) -> Iterable[Identifier]:
    for entry in entries:
        yield _identifier(entry)
        if entry.state is State.PRESENT and entry.item is not None:
            yield from entry.item.parts


def _identifier(entry: Entry) -> Identifier:
    return entry.item.outcome if entry.item else identifier(entry.key)


def _present(standing: Sequence[Entry], placed: Mapping[Identifier, Placed]) -> Counter[Key]:
    """Count, for each outcome, the present items that are placed at it."""
    at = (placed[_identifier(entry)].key for entry in standing if entry.state is State.PRESENT)
    return Counter(key for key in at if key)


def _difference(entry: Entry, drawn: Drawn, present: Counter[Key]) -> Proposal | Unplaced | None:
    found = drawn.placed[_identifier(entry)]
    others = present[found.key] if found.key else 0
    if entry.state is State.GONE:  # perhaps only under another code now
        return None if others else retiring(entry, found, drawn)
    if found.key and others > 1:
        return Unplaced(entry.key, NoticeCode.ITEM_SHARED, (found.key,))
    return proposed(entry, found, drawn)


def _settled(
    standing: Sequence[Entry], found: Mapping[str, Proposal | Unplaced | None], acts: Acts
) -> tuple[str, ...]:
    """Name the removals there is nothing more to do about."""
    gone = [entry.key for entry in standing if entry.state is State.GONE]
    return tuple(key for key in gone if found[key] is None or _declined(found[key], acts))


def _declined(found: Proposal | Unplaced | None, acts: Acts) -> bool:
    return isinstance(found, Proposal) and found.digest in acts.declined
