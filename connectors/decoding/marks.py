"""Marks: words and numbers of a source into a grading scheme, by a declared table."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from msgspec import Struct, field

from connectors.records import Grade, Obtained, ResultStatus

_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)(?:分)?")


class Mark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a mark means: a grade (or none), where the result stands, and how it was obtained."""

    grade: str | None = None
    status: ResultStatus = ResultStatus.COMPLETED
    obtained: Obtained | None = None
    scheme: str = ""


def _word(grade: str, scheme: str, passes: bool = True) -> Mark:
    status = ResultStatus.COMPLETED if passes else ResultStatus.FAILED
    return Mark(grade=grade, status=status, scheme=scheme)


_FAILED = Mark(status=ResultStatus.FAILED)
_LATER = Mark(status=ResultStatus.IN_PROGRESS)

WORDS: dict[str, Mark] = {
    **{each: _word("优秀", "five-level") for each in ("优", "优秀", "A")},
    **{each: _word("良好", "five-level") for each in ("良", "良好", "B")},
    **{each: _word("中等", "five-level") for each in ("中", "中等", "C")},
    **{each: _word("及格", "five-level") for each in ("及格", "D")},
    **{each: _word("不及格", "five-level", passes=False) for each in ("不及格", "F")},
    **{each: _word("合格", "two-level") for each in ("合格", "通过", "P", "PASS")},
    **{each: _word("不合格", "two-level", passes=False) for each in ("不合格", "未通过", "FAIL")},
    **dict.fromkeys(("缓考", "在修", "在读", "补考中"), _LATER),
    **dict.fromkeys(("缺考", "旷考", "作弊", "违纪", "取消资格", "禁考"), _FAILED),
    **dict.fromkeys(("免修", "免考", "认定"), Mark(obtained=Obtained.CONVERSION)),
}
"""The words found in transcripts; a source's own table goes before it."""


class Marks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a source writes marks: the scheme of its numbers, their pass mark, and its own words."""

    numbers: str = "hundred"
    lowest: Decimal = Decimal(0)
    highest: Decimal = Decimal(100)
    passes: Decimal = Decimal(60)
    words: dict[str, Mark] = field(default_factory=dict)
    usual_words: bool = True


def read_mark(written: str, marks: Marks) -> tuple[Grade | None, ResultStatus, Obtained | None]:
    """Return the grade (none for words like 缓考), the status, and how it was obtained if the word says so.

    ``ValueError`` for a word in no table and a number outside the scheme.
    """
    plain = unicodedata.normalize("NFKC", written).strip().upper()
    number = _NUMBER.fullmatch(plain)
    if number:
        return _numbered(Decimal(number[1]), marks, written)
    mark = marks.words.get(plain) or (WORDS.get(plain) if marks.usual_words else None)
    if mark is None:
        raise ValueError("a mark in no table")
    grade = Grade(scheme=mark.scheme or "words", value=mark.grade, written=written) if mark.grade else None
    return grade, mark.status, mark.obtained


def _numbered(
    number: Decimal, marks: Marks, written: str
) -> tuple[Grade | None, ResultStatus, Obtained | None]:
    if not marks.lowest <= number <= marks.highest:
        raise ValueError("a mark outside the scheme")
    status = ResultStatus.COMPLETED if number >= marks.passes else ResultStatus.FAILED
    value = f"{number.normalize():f}"
    return Grade(scheme=marks.numbers, value=value, written=written), status, None
