"""A folder of exports: which of them are complete, how old each is, and which is the newest."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from connectors.call import Call
from connectors.errors import SourceRefused, SourceUnavailable
from connectors.notices import NoticeCode


class Folder(Struct, frozen=True):
    """Where exports are put, and when one counts as complete.

    With a ``marker`` it counts once a file of its name and that ending is there; else once it has not
    changed for ``settled`` seconds.
    """

    place: str
    pattern: str
    marker: str = ""
    settled: float = 60.0

    def exports(self, now: float, call: Call) -> list[Path]:
        """Give the complete exports, the newest last; ``SourceUnavailable`` where there is none.

        Two of one date: the one changed last counts, and DUPLICATES is remarked.
        """
        whole = self.whole(now)
        if not whole:
            raise SourceUnavailable(NoticeCode.UNREACHABLE)
        days = Counter(_age(path)[0] for path in whole)
        if days[_age(whole[-1])[0]] > 1:
            call.remark(NoticeCode.DUPLICATES)
        return whole

    def whole(self, now: float) -> list[Path]:
        """Give the complete exports, the newest last, if there are any."""
        try:
            paths = sorted(Path(self.place).glob(self.pattern), key=_age)
            return [path for path in paths if self._complete(path, now)]
        except PermissionError:
            raise SourceRefused(NoticeCode.FORBIDDEN) from None
        except OSError:
            raise SourceUnavailable from None

    def _complete(self, path: Path, now: float) -> bool:
        if self.marker:
            return path.with_name(path.name + self.marker).exists()
        return now - path.stat().st_mtime >= self.settled


def dated(path: Path) -> datetime:
    """Read the date in an export's name, else when it was last changed."""
    return named_day(path.name) or datetime.fromtimestamp(path.stat().st_mtime, UTC)


def named_day(name: str) -> datetime | None:
    """Read the eight digits of a day in a name."""
    for each in "".join(c if c.isdigit() else " " for c in name).split():
        try:
            return datetime.strptime(each, "%Y%m%d").replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _age(path: Path) -> tuple[datetime, float]:
    return dated(path), path.stat().st_mtime
