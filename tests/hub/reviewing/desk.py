"""A reviewer's desk for tests: the small alliance in a graph, and a source's catalogue in staging."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from connectors.catalogues.mirror import folded
from connectors.catalogues.runs import Run, SyncOutcome
from connectors.catalogues.staging import Head, Staging
from connectors.catalogues.syncing import Syncing
from connectors.memory import MANIFEST, Book
from connectors.offered import CatalogueChanges, CatalogueItem, Change, ChangeKind
from connectors.records import Credit, Identifier, Text, identifier
from connectors.source import Source
from graph.exchange.importing import Imported, import_bundle
from graph.model.outcomes import Outcome
from graph.moment import moment
from graph.publication import Publication
from graph.store import Store
from graph.things import versions
from hub.reviewing.publishing import Reviewer, chosen, decline, forget, publish, release
from hub.reviewing.review import Review, review
from tests.schema.small_alliance import OUC, things, write

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SYNCING = Syncing(kind="COURSE", outcome_class="NON_DEGREE")


def item(code: str, title: str, credit: str | None = "3", **more) -> CatalogueItem:
    """An item under `ouc-course:2020:CODE`, or under a whole key."""
    named = identifier(code if code.count(":") == 2 else f"ouc-course:2020:{code}")
    worth = Credit(amount=Decimal(credit), scheme="ouc") if credit else None
    return CatalogueItem(outcome=named, title=Text(zh=title), credit=worth, **more)


def full(*items: CatalogueItem) -> CatalogueChanges:
    return CatalogueChanges(changes=tuple(Change(outcome=one.outcome, item=one) for one in items), full=True)


def gone(code: str) -> CatalogueChanges:
    named = Identifier(scheme="ouc-course", edition="2020", code=code)
    return CatalogueChanges(changes=(Change(outcome=named, kind=ChangeKind.REMOVED),), full=False)


class Desk:
    """Everything a reviewer does, on one source called north."""

    def __init__(self, store: Store, folder: Path, **source) -> None:
        self.store = store
        self.folder = folder
        self.staging = Staging(folder / "staging")
        given = {"issuers": (OUC,), "sync": SYNCING, "synthetic": True}
        self.source = Source(
            code="north",
            member="m",
            manifest=MANIFEST,
            settings=Book(),
            offers=MANIFEST.offers,
            **(given | source),
        )

    def sends(self, sent: CatalogueChanges) -> None:
        kept = self.staging.load("north")
        found = folded(kept.entries, sent, self.source.issuers, self.source.sync.loss)
        run = Run(source="north", began=NOW, ended=NOW, outcome=SyncOutcome.FINISHED)
        self.staging.save("north", Head(run), found.mirror)

    async def reviewed(self) -> Review:
        return await review(self.store, self.source, self.staging.load("north"), self.staging.acts("north"))

    async def publishes(self, *only: str, by: str = "registrar") -> Imported:
        found = await self.reviewed()
        some = chosen(found, only)
        forget(self.staging, "north", self.staging.load("north"), found.settled)
        return await publish(self.store, self.staging, self.source, some, Reviewer(by, NOW))

    async def declines(self, *only: str, reason: str = "a draft") -> None:
        some = chosen(await self.reviewed(), only)
        decline(self.staging, "north", some, Reviewer("registrar", NOW), reason)

    def releases(self) -> int:
        return release(self.staging, "north", self.staging.load("north"), Reviewer("registrar", NOW))

    async def versions(self, code: str) -> tuple[Outcome, ...]:
        at = moment(await Publication(self.store, lasts=0).latest())
        return (await versions(self.store, Outcome, [f"ouc-course:2020:{code}"], at))[0]


async def desk(store: Store, folder: Path, **source) -> Desk:
    """Load the small alliance, and sit down."""
    done = await import_bundle(store, write(folder / "small", things()))
    assert done.ok, done.report
    return Desk(store, folder, **source)


def told(found: Review) -> dict[str, str]:
    """What is proposed, by outcome."""
    return {each.key.removeprefix("ouc-course:2020:"): each.fate.value for each in found.proposals}


def fields(found: Review) -> dict[str, tuple]:
    """The fields of the only proposal that change, from what to what."""
    (one,) = found.proposals
    return {change.field: (change.before, change.after) for change in one.changes}


def unplaced(found: Review) -> dict[str, str]:
    return {one.item: one.code.value for one in found.unplaced}
