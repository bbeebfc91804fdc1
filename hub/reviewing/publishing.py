"""Publishing what a reviewer chose of a member's catalogue: as a bundle, by the ordinary import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.catalogues.acts import NAMED, Act, Doing
from connectors.catalogues.mirror import State, released
from connectors.catalogues.staging import Kept, Staging
from connectors.source import Source
from graph.exchange.codec import body as canonical
from graph.exchange.importing import Imported, import_bundle
from graph.exchange.manifest import NAME, Manifest
from graph.model.outcomes import Outcome
from graph.model.values import Text
from graph.store import Store
from hub.reviewing.proposals import Proposal
from hub.reviewing.review import Review

FILE: Final = "outcomes.jsonl"


class Reviewer(Struct, frozen=True):
    """Who acts, by a role and never by name, and when."""

    by: str
    at: datetime

    def act(self, doing: Doing, chosen: Sequence[str], reason: str = "") -> Act:
        """Say what they do."""
        return Act(doing, self.by, self.at, len(chosen), tuple(chosen[:NAMED]), reason)


class NotProposed(ValueError):
    """Outcomes were chosen that are not proposed; ``keys`` names them."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(", ".join(keys[:10]))
        self.keys = keys


def chosen(found: Review, only: Iterable[str]) -> tuple[Proposal, ...]:
    """Give the proposals to act on: those of ``only``, or all where it names none."""
    wanted = set(only)
    strange = sorted(wanted - {each.key for each in found.proposals})
    if strange:
        raise NotProposed(strange)
    return tuple(each for each in found.proposals if not wanted or each.key in wanted)


async def publish(
    store: Store, staging: Staging, source: Source, some: Sequence[Proposal], reviewer: Reviewer
) -> Imported:
    """Publish proposals together, or none of them. Who asked for it is noted before anything is written.

    The bundle is the same bytes for the same proposals, so that an import that was interrupted goes on.
    """
    act = reviewer.act(Doing.PUBLISHED, [each.key for each in some])
    acts = staging.acts(source.code).noted(act)
    staging.note(source.code, acts)
    with TemporaryDirectory(prefix="alliance-sync-") as folder:
        write(Path(folder), source, (line for each in some for line in each.lines))
        done = await import_bundle(store, Path(folder))
    if done.loaded is not None and done.loaded.published:
        staging.note(source.code, acts.ended(done.loaded.moment))
    return done


def write(folder: Path, source: Source, lines: Iterable[Outcome]) -> None:
    """Write a bundle of outcomes, as the source's knowledge."""
    title = Text(zh=source.title.zh, en=source.title.en)
    if not (title.zh or title.en):
        title = Text(en=source.code)
    manifest = Manifest(bundle=1, source=source.code, title=title, synthetic=source.synthetic)
    (folder / NAME).write_bytes(msgspec.json.encode(manifest))
    (folder / FILE).write_bytes(b"".join(canonical(line) + b"\n" for line in lines))


def decline(staging: Staging, source: str, some: Sequence[Proposal], reviewer: Reviewer, reason: str) -> None:
    """Decline proposals: with this content they are not proposed again."""
    act = reviewer.act(Doing.DECLINED, [each.key for each in some], reason)
    acts = staging.acts(source).without([each.digest for each in some], reason)
    staging.note(source, acts.noted(act))


def release(staging: Staging, source: str, kept: Kept, reviewer: Reviewer) -> int:
    """Believe the removals that were held: from now on they are proposed. Gives how many there were."""
    held = sorted(each.key for each in kept.entries.values() if each.state is State.HELD)
    if kept.head is not None and held:
        staging.note(source, staging.acts(source).noted(reviewer.act(Doing.RELEASED, held)))
        head = replace(kept.head, run=replace(kept.head.run, held=0))
        staging.save(source, head, released(kept.entries))
    return len(held)


def forget(staging: Staging, source: str, kept: Kept, settled: Iterable[str]) -> None:
    """Forget removals there is nothing more to do about."""
    gone = set(settled)
    if gone and kept.head is not None:
        rest = {key: entry for key, entry in kept.entries.items() if key not in gone}
        staging.save(source, kept.head, rest)
