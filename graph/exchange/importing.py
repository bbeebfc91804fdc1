"""A whole import: open the bundle, pass 1, pass 2, one outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from graph.exchange import imports
from graph.exchange.cargo import BATCH, Cargo, Listed, cargo, digest
from graph.exchange.examined import Examined, Options
from graph.exchange.loading import Loaded, Watch, load, unwatched
from graph.exchange.opening import Bundle, open_bundle
from graph.exchange.report import Report
from graph.exchange.restoring import restore
from graph.exchange.standing import Standing
from graph.exchange.validation import Progress, silent, validate
from graph.model.concepts import BY_NAME
from graph.model.schemes import Source
from graph.model.values import Key
from graph.store import Store


@dataclass(frozen=True, slots=True)
class Watches:
    """Who is told of the progress of either pass."""

    reading: Progress = silent
    loading: Watch = unwatched


@dataclass(frozen=True, slots=True)
class Imported:
    """The outcome of both passes; ``loaded`` is None where pass 1 refused the bundle."""

    report: Report
    loaded: Loaded | None = None

    @property
    def ok(self) -> bool:
        """Tell whether the graph now says what the bundle says."""
        return self.loaded is not None and self.loaded.ok


async def import_bundle(
    store: Store,
    path: Path,
    options: Options | None = None,
    *,
    mapping: str | None = None,
    watches: Watches | None = None,
    batch: int = BATCH,
) -> Imported:
    """Import the bundle at ``path``. What is wrong with it is told in the outcome, not raised.

    Raises :class:`graph.exchange.findings.Refused` where there is no bundle, and
    :class:`graph.exchange.imports.ImportRefused` where another import stands in the way.
    """
    options, watches = options or Options(), watches or Watches()
    standing = Standing(store, await imports.published(store))
    with open_bundle(path) as bundle:
        await _way_is_free(store, bundle)
        examined = await validate(bundle, standing, options, mapping=mapping, progress=watches.reading)
        if not examined.report.ok:
            return Imported(examined.report)
        goods = cargo(examined, batch)
        if options.restore:
            return Imported(examined.report, await restore(store, goods, watch=watches.loading))
        goods = await _with_source(goods, examined, standing)
        loaded = await load(store, goods, partial=options.partial, watch=watches.loading)
    return Imported(examined.report, loaded)


async def _way_is_free(store: Store, bundle: Bundle) -> None:
    """Refuse at once, before all is read, where another import stands in the way."""
    found = await imports.open_import(store)
    if found and (found.alive(datetime.now(UTC)) or not found.digest.startswith(digest(bundle))):
        raise imports.running(found)


async def _with_source(goods: Cargo, examined: Examined, standing: Standing) -> Cargo:
    """Add the manifest's source as a Source, where neither the bundle nor the graph has it."""
    manifest, concept = examined.manifest, BY_NAME["source"]
    given = manifest.source in _sources(goods) or await standing.known("source", {manifest.source})
    if given:
        return goods
    implied = Source(
        key=Key(manifest.source),
        title=manifest.title,
        source=manifest.source,
        licence=manifest.licence,
        synthetic=manifest.synthetic,
    )
    return replace(goods, loads=(Listed("bundle.json", concept, [implied]), *goods.loads))


def _sources(goods: Cargo) -> Iterator[str]:
    for one in goods.loads:
        if one.concept.struct is Source:
            for batch in one.batches():
                yield from (thing.key for thing in batch.things)
