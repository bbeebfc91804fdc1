"""Pass 1: read every line, check it against all others and the graph, write nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import groupby

from graph.exchange.asking import relatives
from graph.exchange.examined import Examined, Options, stamp
from graph.exchange.facts import CONCEPTS, Facts
from graph.exchange.findings import Finding, Refused, Severity
from graph.exchange.gaps import Tally
from graph.exchange.kinship import Kinship, family
from graph.exchange.known import Known
from graph.exchange.ledger import Ledger
from graph.exchange.lines import Lines
from graph.exchange.manifest import Manifest
from graph.exchange.opening import Bundle
from graph.exchange.parts import Part, manifest_of, parts_of
from graph.exchange.report import Count, Findings, Report, Stubs
from graph.exchange.rows import Batch, batches
from graph.exchange.sites import Site
from graph.model.concepts import Concept
from graph.model.framework import Class

Progress = Callable[[str, int], None]
"""Told after each batch: the file, and how many bytes of it were read since."""


def silent(file: str, size: int) -> None:
    """Say nothing of the progress."""


async def validate(
    bundle: Bundle,
    known: Known,
    options: Options | None = None,
    *,
    mapping: str | None = None,
    progress: Progress = silent,
) -> Examined:
    """Validate an open bundle against ``known``. Bad input is told in the report, never raised.

    :class:`Refused` is raised only where there is no bundle: no manifest, or none that can be read.
    """
    manifest = manifest_of(bundle, mapping)
    parts, aside = parts_of(bundle, manifest)
    validation = _Validation(bundle, manifest, known, options or Options(), progress)
    for note in aside:
        validation.findings.add(note)
    for names, group in groupby(enumerate(parts), key=lambda pair: family(pair[1].concept)):
        await validation.family(names, list(group))
    return validation.examined(tuple(parts))


class _Validation:
    """The state of one validation."""

    def __init__(
        self, bundle: Bundle, manifest: Manifest, known: Known, options: Options, progress: Progress
    ) -> None:
        self._bundle, self._manifest, self._known = bundle, manifest, known
        self._options, self._progress = options, progress
        self.findings = Findings()
        self._facts, self._tally = Facts(), Tally()
        self._ledger = Ledger(known, self._facts, options.strict)
        self._ledger.graph["source"].add(manifest.source)
        self._read: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._refused: dict[int, set[int]] = defaultdict(set)
        self._folds: set[tuple[int, int]] = set()

    async def family(self, names: tuple[str, ...], parts: list[tuple[int, Part]]) -> None:
        """Read all parts of one family of concepts, then settle what its things say of each other."""
        kinship = Kinship(names, self._ledger, self._refuse)
        for number, part in parts:
            try:
                await self._part(number, part, kinship)
            except Refused as ending:
                self.findings.end(ending)
        await kinship.settle(self._known)
        self._ledger.close(names)

    async def _part(self, number: int, part: Part, kinship: Kinship) -> None:
        start = 0
        for place, batch in enumerate(batches(self._bundle, part, self._manifest)):
            stamp(batch.things, self._manifest)
            lines = Lines(part, number, start, batch, self._ledger, self._facts)
            await lines.examine(self._options.restore)
            if lines.folded:
                self._folds.add((number, place))
            start += len(batch.things)
            self._note(part, lines, kinship)
            self._progress(part.file, batch.size)
            self.findings.check(part.file)

    def _note(self, part: Part, lines: Lines, kinship: Kinship) -> None:
        name = part.concept.name
        self._admit(part.concept, lines, kinship)
        self._read[name] += len(lines.batch.things)
        for place in lines.refused:
            self._refuse(lines.site(place), None, name)
        for finding in (*lines.batch.findings, *lines.findings):
            self.findings.add(finding)
        self._unread(part, lines.batch)

    def _unread(self, part: Part, batch: Batch) -> None:
        """Count the lines that could not even be decoded."""
        errors = sum(finding.severity is Severity.ERROR for finding in batch.findings)
        self._read[part.concept.name] += errors
        self._lost[part.concept.name] += errors
        self.findings.refuse(part.file, errors)

    def _admit(self, concept: Concept, lines: Lines, kinship: Kinship) -> None:
        things = lines.batch.things
        for place, thing in relatives(things):
            if place not in lines.refused:
                kinship.add(lines.site(place), concept.name, thing)
        if concept.name in CONCEPTS or issubclass(concept.struct, Class):
            for _, thing in lines.accepted():
                self._facts.add(thing)
                if isinstance(thing, Class):
                    self._tally.add(thing)

    def _refuse(self, site: Site, finding: Finding | None, concept: str) -> None:
        self._refused[site.part].add(site.place)
        self._lost[concept] += 1
        if finding:
            self.findings.add(finding)
        self.findings.refuse(site.file)

    def examined(self, parts: tuple[Part, ...]) -> Examined:
        """Return the outcome."""
        return Examined(
            report=self._report(),
            bundle=self._bundle,
            manifest=self._manifest,
            parts=parts,
            refused=dict(self._refused),
            folds=self._folds,
            cases=dict(self._ledger.cases),
        )

    def _report(self) -> Report:
        stubs = sorted(self._ledger.stubs.items())
        return Report(
            ok=self.findings.ok(self._options.partial),
            findings=tuple(self.findings.listed),
            totals=self.findings.all_totals(),
            counts=tuple(
                Count(concept=name, read=read, refused=self._lost[name]) for name, read in self._read.items()
            ),
            stubs=tuple(
                Stubs(concept=name, count=len(keys), keys=tuple(sorted(keys))) for name, keys in stubs if keys
            ),
            gaps=tuple(self._tally.gaps(self._facts.schemes)),
        )
