"""The sides of a change of rules: the graph now or at a moment, bundles, and bundles laid over them.

A bundle laid over something is imported into a throw-away graph just as publishing would, so what it does to
versions, windows and retirements is what publishing will do. Nothing is written to the hub's own graph.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from graph.directory import Directory
from graph.engines import EngineSettings, choose
from graph.exchange import exporting
from graph.exchange.examined import Options
from graph.exchange.importing import import_bundle
from graph.exchange.opening import open_bundle
from graph.exchange.parts import manifest_of
from graph.inventory import Inventory
from graph.layout import CATALOG
from graph.library import Library, Volume
from graph.model.rules import Rule
from graph.model.values import Key
from graph.model.verdicts import Answer
from graph.model.warnings import Warned
from graph.moment import moment, stamp
from graph.publication import Publication
from graph.recognition import lint
from graph.records import Posed, answered
from graph.sketches import RuleSketch
from graph.store import Store
from hub.graph_options import PATIENCE

_SPEC = re.compile(r"^graph(?:@(?P<known>[^+]+))?(?P<over>(?:\+.+)?)$")


@dataclass(frozen=True, slots=True)
class Spec:
    """A side as it is written: the graph (``graph``, ``graph@MOMENT``) or a bundle; then bundles over it."""

    base: Path | None
    known: datetime | None
    over: tuple[Path, ...]

    @property
    def asks_graph(self) -> bool:
        """Tell whether the hub's graph is needed."""
        return self.base is None


def read_spec(text: str) -> Spec:
    """Read a side; a `click.UsageError` where it names nothing."""
    found = _SPEC.match(text)
    if found:
        known = _moment(found["known"]) if found["known"] else None
        return Spec(None, known, _paths(found["over"].removeprefix("+")) if found["over"] else ())
    base, *over = _paths(text)
    return Spec(base, None, tuple(over))


def _paths(text: str) -> tuple[Path, ...]:
    """Split at plus signs, unless the whole is the name of something."""
    names = [text] if Path(text).exists() else text.split("+")
    missing = [name for name in names if not Path(name).exists()]
    if missing:
        raise click.UsageError(f"{missing[0]}: there is no such bundle; `graph` is the graph itself")
    return tuple(map(Path, names))


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text}: write a moment as 2026-01-31T08:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Side:
    """A graph that answers questions, as known at one moment."""

    def __init__(self, store: Store, known: str) -> None:
        self._store, self._library, self._known = store, Library(store), known

    async def receivers(self) -> list[Key]:
        """List the institutions that state rules."""
        rules = await Inventory(self._store, Directory(self._store)).versions(Rule, self._known)
        return sorted({Key(rule.institution) for rule in rules if isinstance(rule, RuleSketch)})

    async def lint(self, institution: Key, day: date, within: int) -> tuple[Warned, ...]:
        """List what is suspect of an institution's rules."""
        volume = await self._library.volume(institution, moment(self._known, day))
        return lint(volume.index, day, within)

    async def answer(self, question: Posed) -> Answer:
        """Answer a question."""
        at = moment(self._known, question.context.applied_on)
        volume: Volume = await self._library.volume(question.context.institution, at)
        keys = {one.outcome for one in question.results if one.outcome}
        return answered((await self._library.knowing(volume, keys, at)).index, question)


@asynccontextmanager
async def opened_side(spec: Spec, store: Store | None) -> AsyncIterator[Side]:
    """Open a side; ``store`` is the hub's graph, where it is needed."""
    async with AsyncExitStack() as stack:
        if spec.base is None and store is not None and not spec.over:
            publication = Publication(store)
            latest = await publication.latest()
            known = await publication.known(stamp(spec.known)) if spec.known else latest
            yield Side(store, min(known, latest))
            return
        folder = Path(stack.enter_context(TemporaryDirectory()))
        scratch = await stack.enter_async_context(
            Store(choose(EngineSettings(folder=folder / "graph")), CATALOG.prepare)
        )
        await scratch.ready(PATIENCE)
        await _fill(scratch, spec, store, folder)
        yield Side(scratch, await Publication(scratch).latest())


async def _fill(scratch: Store, spec: Spec, store: Store | None, folder: Path) -> None:
    base = spec.base
    if base is None and store is not None:
        if spec.known:
            raise click.UsageError("a bundle is laid over the graph as it is now: write graph+BUNDLE")
        base = folder / "export"
        await exporting.export(store, base)
    for path in (*((base,) if base else ()), *spec.over):
        options = Options(restore=_is_export(path))
        done = await import_bundle(scratch, path, options)
        if not done.ok:
            findings = [f"{one.file}:{one.line}: {one.code} {one.reason.en}" for one in done.report.findings]
            raise click.ClickException("\n".join([f"{path} is refused:", *findings[:20]]))


def _is_export(path: Path) -> bool:
    with open_bundle(path) as bundle:
        return manifest_of(bundle, None).source == exporting.SOURCE
