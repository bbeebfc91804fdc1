"""The files connector: answers by learner from the newest complete export of a folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from msgspec.structs import replace

from connectors.call import Call
from connectors.contract import Manifest, Offers, Verb
from connectors.errors import Misdeclared, SourceError, SourceUnavailable
from connectors.expressions import field
from connectors.extras import need
from connectors.files.chain import Chain, marks
from connectors.files.found import SHEETS, Found
from connectors.files.origins import Local, Origin, Web
from connectors.files.settings import FilesSettings
from connectors.mapping import Rows
from connectors.notices import NoticeCode
from connectors.records import Freshness, Health, LearnerKey, Provenance, Record, Verification
from connectors.transport import Http

VERSION = "1"


class Files:
    """Answers from the newest export; what an earlier one had and this one has not is reported."""

    def __init__(self, settings: FilesSettings, origin: Origin) -> None:
        self._settings = settings
        self._origin = origin
        source = Provenance(connector="files", version=VERSION, freshness=Freshness.STAGED)
        self._rows = Rows(settings.map, source)
        self._now: Chain | None = None
        self._before: Chain | None = None
        self._reading: asyncio.Task[Chain] | None = None

    def __repr__(self) -> str:
        return "<Files>"

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record] | SourceError]:
        """Give the records of these learners from the newest export."""
        export = await self._current(call)
        call.dated(export.as_of)
        named = [each for each in learners if each.scheme == self._settings.key_scheme]
        return {key: self._records(export, key, call) for key in named}

    async def health(self, call: Call) -> Health:
        """Tell the date of the newest export."""
        export = await self._current(call)
        return Health(well=True, as_of=export.as_of)

    async def close(self) -> None:
        """Close the open exports."""
        if self._reading is not None:
            await asyncio.wait([self._reading])
            if self._reading.exception() is None:
                self._reading.result().close()
        for export in (self._now, self._before):
            if export is not None:
                export.close()

    async def _current(self, call: Call) -> Chain:
        """Look for a newer export; until it has been read to its end, the one before answers."""
        found = await self._origin.chain(call)
        if self._now is not None and self._now.marks == marks(found):
            return self._now
        reading = self._start(found)
        await asyncio.wait([reading], timeout=call.left() / 2)
        if reading.done():
            self._reading = None
            self._take(reading.result())
        if self._now is None:
            raise SourceUnavailable(NoticeCode.TIMED_OUT)
        return self._now

    def _start(self, found: Sequence[Found]) -> asyncio.Task[Chain]:
        """Read the exports in a thread, once, however many ask meanwhile and however few stay."""
        if self._reading is None:
            fresh = Chain(found, self._settings, self._rows)
            self._reading = asyncio.create_task(asyncio.to_thread(fresh.index))
        return self._reading

    def _take(self, fresh: Chain) -> None:
        if fresh is self._now:
            return
        if self._before is not None:
            self._before.close()
        self._before, self._now = self._now, fresh

    def _records(self, export: Chain, key: LearnerKey, call: Call) -> Sequence[Record] | SourceError:
        try:
            rows, removed = export.rows(key.code, call)
            now = self._rows.records(rows, key)
            gone = self._gone(now, removed, key, call)
        except SourceError as error:
            return error
        if gone:
            call.remark(NoticeCode.RECORDS_VANISHED, len(gone))
        return (*now, *gone)

    def _gone(
        self, now: Sequence[Record], removed: Sequence[dict[str, str]], key: LearnerKey, call: Call
    ) -> list[Record]:
        """Give what a delta removed, or the exports before had and these have not, marked as vanished."""
        there = {each.id for each in now}
        earlier = [*removed, *(self._before.rows(key.code, call)[0] if self._before else ())]
        lost = {each.id: each for each in self._rows.records(earlier, key) if each.id not in there}
        return [replace(each, vanished=True, verification=Verification.UNVERIFIED) for each in lost.values()]


def needs(settings: FilesSettings) -> None:
    """Look for what these settings need before anybody asks; ``Misdeclared`` says what to install or mend."""
    names = (settings.pattern, settings.deltas, settings.member, settings.url.partition("?")[0])
    sheets = any(each.lower().endswith(SHEETS) for each in names)
    sftp, staging = settings.sftp is not None, settings.staging is not None
    wanted = {"openpyxl": sheets, "asyncssh": sftp, "cryptography": staging}
    need("files", *(name for name, used in wanted.items() if used))
    Rows(settings.map, Provenance(connector="files", version=VERSION)), field(settings.removed)


def _origin(settings: FilesSettings, http: Http) -> Origin:
    if settings.url:
        return Web(settings, http)
    if settings.sftp is None:
        return Local(settings)
    from connectors.files.remote import Remote

    return Remote(settings, settings.sftp)


@asynccontextmanager
async def opened(settings: FilesSettings, http: Http) -> AsyncIterator[Files]:
    """Open the source; its files are opened when it is first asked. ``Misdeclared`` for UTF-16."""
    if settings.reading.codec == "utf-16":
        raise Misdeclared("exports in UTF-16 cannot be read by row; agree on UTF-8 or GB18030")
    needs(settings)
    files = Files(settings, _origin(settings, http))
    try:
        yield files
    finally:
        await files.close()


MANIFEST = Manifest(
    name="files",
    version=VERSION,
    settings=FilesSettings,
    offers=Offers(verbs=frozenset({Verb.RESULTS, Verb.HEALTH}), batch=200),
    opens=opened,
    needs=needs,
    title="Exports of CSV and Excel, declared",
)
