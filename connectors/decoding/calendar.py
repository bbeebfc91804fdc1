"""Calendar: days, months, terms and years as sources write them, into completions."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from connectors.records import Completion, Precision

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_SHEET_EPOCH = date(1899, 12, 30)
_HAN = str.maketrans("〇零一二三四五六七八九", "00123456789")
_GAPS = re.compile(r"\s*([年月日号])\s*")
_TERMS = {"一": 1, "上": 1, "二": 2, "下": 2, "三": 3, "秋": 1, "春": 2, "夏": 3}

MonthDay = Annotated[str, Meta(pattern=r"^\d\d-\d\d$")]


class TermDays(Struct, frozen=True, forbid_unknown_fields=True):
    """From when to when a term runs, as month-day; ``year`` 1 means the second year of 2023-2024."""

    first: MonthDay
    last: MonthDay
    first_year: Annotated[int, Meta(ge=0, le=1)] = 1
    last_year: Annotated[int, Meta(ge=0, le=1)] = 1


TERMS: dict[int, TermDays] = {
    1: TermDays("09-01", "01-31", 0, 1),
    2: TermDays("02-01", "07-15", 1, 1),
    3: TermDays("07-01", "08-31", 1, 1),
}
"""Where an institution has not declared its calendar: wide enough for every usual one."""

EARLIEST = date(1949, 10, 1)
LATEST = date(2100, 12, 31)


def completion(written: str, terms: dict[int, TermDays] | None = None) -> Completion:
    """Read 20230901, 2023-09-01, 2023年9月1日, 二〇二三年九月一日, 202309, 2023, 45170 and ISO moments.

    Terms are 2023-2024-1, 2023-2024学年第一学期 and 2023年秋季学期, the season of a calendar year.

    ``ValueError`` for anything else, and for days before 1949-10 or after 2100: 1900-01-01 means nothing.
    """
    told = str(written)
    day = _bare_day(told)
    if day is not None and EARLIEST <= day <= LATEST:
        return Completion(first=day, last=day)
    return _possible(_formed(_plain(told), terms or TERMS))


def _formed(plain: str, terms: dict[int, TermDays]) -> Completion:
    for pattern, read in _FORMS:
        found = pattern.fullmatch(plain)
        if found:
            return read(found, terms)
    raise ValueError("not a date, month, term or year")


def _plain(written: str) -> str:
    """Fold width, the many dashes, and blanks beside 年, 月 and 日."""
    if written.isascii():
        return written.strip()
    folded = unicodedata.normalize("NFKC", written)
    dashed = "".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in folded)
    return _GAPS.sub(r"\1", dashed).strip()


def _bare_day(written: str) -> date | None:
    """Read 20230901 and 2023-09-01, what most days are; None for anything else, and for what is no day."""
    if not written.isascii() or written[:2] not in ("19", "20"):
        return None
    if not (written.isdecimal() if len(written) == 8 else _DASHED.fullmatch(written)):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _possible(when: Completion) -> Completion:
    if when.first < EARLIEST or when.last > LATEST:
        raise ValueError("an impossible date")
    return when


def _day(found: re.Match[str], _: dict[int, TermDays]) -> Completion:
    day = date(int(found[1]), int(found[2]), int(found[3]))
    return Completion(first=day, last=day)


def _month(found: re.Match[str], _: dict[int, TermDays]) -> Completion:
    year, month = int(found[1].translate(_HAN)), _month_number(found[2])
    last = date(year, month, monthrange(year, month)[1]) if 1 <= month <= 12 else None
    if last is None:
        raise ValueError("not a month")
    return Completion(first=date(year, month, 1), last=last, precision=Precision.MONTH)


def _month_number(written: str) -> int:
    return int(written) if written.isdigit() else _counted(written)


def _counted(written: str) -> int:
    """Read a month or day in Chinese: 九, 十, 十五, 二十一, 廿一, 三十."""
    tens, ten, ones = written.replace("廿", "二十").partition("十")
    if not ten:
        return int(tens.translate(_HAN))
    return int(tens.translate(_HAN) or 1) * 10 + int(ones.translate(_HAN) or 0)


def _han_day(found: re.Match[str], _: dict[int, TermDays]) -> Completion:
    day = date(int(found[1].translate(_HAN)), _counted(found[2]), _counted(found[3]))
    return Completion(first=day, last=day)


def _year(found: re.Match[str], _: dict[int, TermDays]) -> Completion:
    year = int(found[1].translate(_HAN))
    return Completion(first=date(year, 1, 1), last=date(year, 12, 31), precision=Precision.YEAR)


def _sheet(found: re.Match[str], _: dict[int, TermDays]) -> Completion:
    day = _SHEET_EPOCH + timedelta(days=int(found[1]))
    return Completion(first=day, last=day)


def _moment(found: re.Match[str], _: dict[int, TermDays]) -> Completion:
    day = zoned(found[0]).date()
    return Completion(first=day, last=day)


def zoned(written: str) -> datetime:
    """Read an ISO moment as the clocks of the alliance show it; one that names no zone is theirs.

    ``ValueError`` for anything else, ``OverflowError`` at the ends of the calendar.
    """
    moment = datetime.fromisoformat(written)
    return moment.astimezone(_SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=_SHANGHAI)


def _term(found: re.Match[str], terms: dict[int, TermDays]) -> Completion:
    year, following = int(found[1]), int(found[2])
    if following != year + 1:
        raise ValueError("not a term")
    return _within(year, _TERMS.get(found[3]) or int(found[3]), terms)


def _season(found: re.Match[str], terms: dict[int, TermDays]) -> Completion:
    """Read a season of a calendar year: the spring of 2024 is of the school year 2023-2024."""
    number = _TERMS[found[2]]
    return _within(int(found[1]) - (number != 1), number, terms)


def _within(year: int, number: int, terms: dict[int, TermDays]) -> Completion:
    if number not in terms:
        raise ValueError("not a term")
    days = terms[number]
    return Completion(
        first=date.fromisoformat(f"{year + days.first_year}-{days.first}"),
        last=date.fromisoformat(f"{year + days.last_year}-{days.last}"),
        precision=Precision.TERM,
    )


_DASHED = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_Y = r"((?:19|20)\d\d)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], dict[int, TermDays]], Completion]], ...] = (
    (re.compile(_Y + r"[-/]((?:19|20)\d\d)(?:-|学年)?\s*(?:第)?([一二三上下123春秋夏])(?:学期)?"), _term),
    (re.compile(_Y + r"[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})[日号]?"), _day),
    (re.compile(_Y + r"(\d\d)(\d\d)"), _day),
    (re.compile(_Y + r"-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?"), _moment),
    (re.compile(_Y + r"[-/.年]\s?(\d{1,2})月?"), _month),
    (re.compile(_Y + r"(\d\d)"), _month),
    (re.compile(r"([一二][〇零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月"), _month),
    (
        re.compile(
            r"([一二][〇零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十廿]{1,3})[日号]"
        ),
        _han_day,
    ),
    (re.compile(_Y + r"年?([春夏秋])季?(?:学期)?"), _season),
    (re.compile(_Y + r"年?"), _year),
    (re.compile(r"([2-7]\d{4})(?:\.0+)?"), _sheet),
)
