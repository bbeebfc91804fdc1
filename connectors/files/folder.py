"""A folder of exports: which of them are complete, how old each is, and which is the newest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
        """Give the complete exports, the newest last; ``SourceUnavailable`` where there is none (yet).

        Two of one date: the one changed last counts, and DUPLICATES is remarked.
        """
        whole = self.whole(now)
        if not whole:
            raise self.unsettled(now)
        days = Counter(_age(path)[0] for path in whole)
        if days[_age(whole[-1])[0]] > 1:
            call.remark(NoticeCode.DUPLICATES)
        return whole

    def unsettled(self, now: float) -> SourceUnavailable:
        """Say why no export counts: there is none, or each is still being written."""
        ages = [age for path in self._found() if (age := _unchanged(path, now)) is not None]
        return waiting(ages, self.marker, self.settled)

    def whole(self, now: float) -> list[Path]:
        """Give the complete exports, the newest last, if there are any."""
        return [path for path in self._found() if self._complete(path, now)]

    def _found(self) -> list[Path]:
        try:
            return sorted(Path(self.place).glob(self.pattern), key=_age)
        except PermissionError:
            raise SourceRefused(NoticeCode.FORBIDDEN) from None
        except OSError:
            raise SourceUnavailable from None

    def _complete(self, path: Path, now: float) -> bool:
        if self.marker:
            return path.with_name(path.name + self.marker).exists()
        unchanged = _unchanged(path, now)
        return unchanged is not None and unchanged >= self.settled


def _unchanged(path: Path, now: float) -> float | None:
    """Tell for how many seconds a file was not changed; None where it is gone meanwhile."""
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return None


def waiting(ages: Sequence[float], marker: str, settled: float) -> SourceUnavailable:
    """Say why no export counts, of files not changed for ``ages`` seconds, and how long to wait if known."""
    if not ages:
        return SourceUnavailable(NoticeCode.UNREACHABLE, where="pattern", files=0)
    again = None if marker else max(1.0, round(settled - max(ages), 1))
    return SourceUnavailable(NoticeCode.UNSETTLED, retry_after=again, files=len(ages))


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
