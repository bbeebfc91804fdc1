"""What an import counts: lines added, changed, retired, unchanged, refused and stubs, per file."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec


class Count(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The counts of one file; ``batches`` of it are done."""

    batches: int = 0
    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0
    refused: int = 0
    stubs: int = 0

    @property
    def written(self) -> int:
        """How many lines meant a write."""
        return self.added + self.changed + self.retired + self.stubs


@dataclass(slots=True)
class Tally:
    """Progress and counts of an import, kept as JSON with it.

    ``fresh`` are the concepts of which the graph held nothing when the import began.
    """

    fresh: set[str] = field(default_factory=set)
    files: dict[str, Count] = field(default_factory=dict)

    def of(self, file: str) -> Count:
        """Return the counts of ``file``."""
        return self.files.setdefault(file, Count())

    def total(self) -> Count:
        """Return the counts of all files together."""
        total = Count()
        for count in self.files.values():
            for name in Count.__struct_fields__:
                setattr(total, name, getattr(total, name) + getattr(count, name))
        return total

    def text(self) -> str:
        """Return the tally as the graph keeps it."""
        return msgspec.json.encode({"fresh": sorted(self.fresh), "files": self.files}).decode()


class _Kept(msgspec.Struct):
    fresh: set[str]
    files: dict[str, Count]


def tally_of(text: str) -> Tally:
    """Return the tally kept as ``text``."""
    kept = msgspec.json.decode(text, type=_Kept)
    return Tally(kept.fresh, kept.files)
