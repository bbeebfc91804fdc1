"""OneRoster's CSV binding: a zip of CSV files, all of it (bulk) or what changed (delta)."""

from __future__ import annotations

import csv
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from connectors.call import Call
from connectors.decoding.text import decode
from connectors.errors import SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.notices import NoticeCode
from connectors.oneroster.settings import OneRosterSettings
from connectors.oneroster.shelf import SERVICES, Thing, reference

_ROLES = {"results": "student", "enrollments": "user"}
_NEEDED = {
    "manifest": ("propertyName", "value"),
    "results": ("sourcedId", "lineItemSourcedId", "studentSourcedId", "scoreStatus"),
}
_PIECE = 1024 * 1024
_TORN = (zlib.error, lzma.LZMAError)
"""What zipfile lets through of what it unpacks with."""


class Archive:
    """What the newest bulk zip holds, and the deltas after it."""

    def __init__(self, settings: OneRosterSettings) -> None:
        self._settings = settings
        self._things: dict[str, dict[str, Thing]] = {kind: {} for kind in SERVICES}
        self._owned: dict[tuple[str, str], list[Thing]] = {}
        self._count = 0

    def __repr__(self) -> str:
        return "<Archive>"

    def load(self, paths: Sequence[Path], call: Call) -> Archive:
        """Read the newest bulk and what follows it; ``SourceUnreadable`` where there is no bulk."""
        try:
            chain = self._chain(paths, call)
            for path in chain:
                with zipfile.ZipFile(path) as packed:
                    self._take(packed, call)
        except PermissionError:
            raise SourceRefused(NoticeCode.FORBIDDEN) from None
        except (zipfile.BadZipFile, EOFError, NotImplementedError):
            raise SourceUnreadable(where="zip") from None
        except OSError:
            raise SourceUnavailable from None
        self._arrange()
        return self

    async def of(self, kind: str, role: str, learner: str, call: Call) -> Sequence[Thing]:
        """Give a learner's things."""
        return self._owned.get((kind, learner), ())

    async def one(self, kind: str, name: str, call: Call) -> Thing | None:
        """Give one thing."""
        return self._things[kind].get(name)

    async def courses(self, since: str, call: Call) -> Sequence[Thing]:
        """Give the courses, whenever they were changed."""
        return list(self._things["courses"].values())

    def _chain(self, paths: Sequence[Path], call: Call) -> list[Path]:
        chain: list[Path] = []
        for path in reversed(paths):
            chain.append(path)
            with zipfile.ZipFile(path) as packed:
                if self._says(packed, call).get("file.results") != "delta":
                    return chain[::-1]
        raise SourceUnreadable(where="manifest.csv: a delta without a bulk before it")

    def _says(self, packed: zipfile.ZipFile, call: Call) -> dict[str, str]:
        told = {
            each.get("propertyName", ""): each.get("value", "")
            for each in self._rows(packed, "manifest", call)
        }
        if not told.get("oneroster.version", "").startswith("1.2"):
            raise SourceUnreadable(where="manifest.csv: oneroster.version")
        return {name: value.strip().lower() for name, value in told.items()}

    def _take(self, packed: zipfile.ZipFile, call: Call) -> None:
        said = self._says(packed, call)
        for kind in SERVICES:
            if said.get(f"file.{kind}", "absent") == "absent":
                continue
            for row in self._rows(packed, kind, call):
                self._keep(kind, row)

    def _keep(self, kind: str, row: dict[str, str]) -> None:
        """Take a row in; ``SourceUnreadable`` (TOO_LARGE) as soon as there are too many of them."""
        things, name = self._things[kind], row.get("sourcedId")
        if not name:
            raise SourceUnreadable(where=f"{kind}.csv: sourcedId")
        if name not in things:
            self._count += 1
        if self._count > self._settings.most_rows:
            raise SourceUnreadable(NoticeCode.TOO_LARGE, where=f"{kind}.csv")
        things[name] = nested(row)

    def _rows(self, packed: zipfile.ZipFile, name: str, call: Call) -> Iterator[dict[str, str]]:
        text = decode(self._unpacked(packed, f"{name}.csv"), self._settings.reading, call)
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        try:
            if not set(_NEEDED.get(name, ("sourcedId",))) <= set(reader.fieldnames or ()):
                raise SourceUnreadable(NoticeCode.COLUMNS_CHANGED, where=f"{name}.csv")
            for row in reader:
                if None in row or None in row.values():
                    raise SourceUnreadable(
                        NoticeCode.COLUMNS_CHANGED, where=f"{name}.csv", line=reader.line_num
                    )
                yield row
        except csv.Error:
            raise SourceUnreadable(where=f"{name}.csv") from None

    def _unpacked(self, packed: zipfile.ZipFile, name: str) -> bytes:
        found = bytearray()
        try:
            with packed.open(name) as file:
                while piece := file.read(_PIECE):
                    found += piece
                    if len(found) > self._settings.most_bytes:
                        raise SourceUnreadable(NoticeCode.TOO_LARGE, where=name)
        except (KeyError, RuntimeError, zipfile.BadZipFile, *_TORN):
            raise SourceUnreadable(where=name) from None
        return bytes(found)

    def _arrange(self) -> None:
        for kind, role in _ROLES.items():
            for each in self._things[kind].values():
                self._owned.setdefault((kind, reference(each, role)), []).append(each)


def nested(row: dict[str, str]) -> Thing:
    """Spell a row of CSV as REST does: an empty cell is absent, ``metadata.x`` is ``x`` of ``metadata``.

    >>> nested({"sourcedId": "r", "classSourcedId": "c", "termSourcedIds": "a,b", "score": ""})
    {'sourcedId': 'r', 'class': {'sourcedId': 'c'}, 'terms': [{'sourcedId': 'a'}, {'sourcedId': 'b'}]}
    """
    thing: Thing = {}
    for name, value in row.items():
        if value == "":
            continue
        if name.endswith("SourcedIds"):
            parts = [each.strip() for each in value.split(",")]
            thing[name.removesuffix("SourcedIds") + "s"] = [{"sourcedId": each} for each in parts if each]
        elif name.endswith("SourcedId"):
            thing[name.removesuffix("SourcedId")] = {"sourcedId": value}
        elif name.startswith("metadata."):
            thing.setdefault("metadata", {})[name.removeprefix("metadata.")] = value
        else:
            thing[name] = value
    return thing
