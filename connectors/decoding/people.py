"""People: names in their spellings, identity numbers old and new, identifiers a spreadsheet has mangled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

_DOTS = re.compile("\\s*[\u00b7\u2022\u2027\u22c5\u2219\u30fb\uff65\u0387\u00b8\u318d\u16eb]\\s*")
_STOP = re.compile(r"(?<=[\u3400-\u9fff])\s*[.\u3002]\s*(?=[\u3400-\u9fff])")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_FLOATED = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$|^\d+\.0+$")

REMEDY = "export the column as text and send the file again"


class Mangled(ValueError):
    """An identifier lost digits on its way; the member must export it again as text."""

    def __init__(self) -> None:
        super().__init__(f"an identifier was mangled by a spreadsheet: {REMEDY}")


def fold_name(name: str) -> str:
    """Fold a name so that its spellings meet: width, the middle dots, blanks between characters, case.

    >>> {fold_name(name) for name in ("阿卜杜拉·买买提", "阿卜杜拉•买买提", "阿卜杜拉・买买提")}
    {'阿卜杜拉·买买提'}
    """
    plain = unicodedata.normalize("NFKC", _DOTS.sub("\u00b7", name)).strip()
    dotted = _STOP.sub("\u00b7", _DOTS.sub("\u00b7", plain))
    folded = " ".join(_HAN_GAP.sub("", dotted).split()).casefold()
    return folded if folded == name else fold_name(folded)


def same_name(one: str, other: str) -> bool:
    """Tell whether two spellings are of one name."""
    return fold_name(one) == fold_name(other) != ""


def whole_identity(number: str) -> str:
    """Return an identity number 居民身份证号 in its 18 characters, a 15-digit one completed.

    ``Mangled`` where a spreadsheet has rounded it; ``ValueError`` where it is none.
    """
    plain = unicodedata.normalize("NFKC", number).strip().upper()
    if _FLOATED.match(plain):
        raise Mangled
    if re.fullmatch(r"[1-9]\d{14}", plain):
        plain = plain[:6] + "19" + plain[6:]
        plain += _check(plain)
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", plain) or not _born(plain[6:14]):
        raise ValueError("not an identity number")
    if plain[17] != _check(plain):
        raise Mangled if _rounded(plain) else ValueError("an identity number with a wrong check digit")
    return plain


def _check(number: str) -> str:
    return _CHECKS[sum(w * int(d) for w, d in zip(_WEIGHTS, number, strict=False)) % 11]


def _born(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return day.year >= 1850


def _rounded(number: str) -> bool:
    """Tell whether an 18-digit number is one a 64-bit float or 15 digits would have left behind."""
    return number.isdigit() and (number.endswith("000") or int(number) % 16 == 0)


def rounded_column(numbers: Iterable[str]) -> bool:
    """Tell whether a column of long numbers was rounded: from four on, all of them bear the mark.

    One rounded number in eleven keeps a right check digit by chance; a column of them does not.
    """
    long = [each for each in numbers if each.isdigit() and len(each) > 15]
    return len(long) >= 4 and all(_rounded(each) for each in long)


def whole_code(code: str | int | float, width: int | None = None) -> str:
    """Return a learner's code as text of ``width`` characters, if one is declared.

    ``Mangled`` where it is a fraction, in scientific notation, or has lost its leading zeros.
    """
    if isinstance(code, bool) or not isinstance(code, str | int):
        raise Mangled
    plain = unicodedata.normalize("NFKC", str(code)).strip()
    if not plain:
        raise ValueError("an empty code")
    if _FLOATED.match(plain) or (width is not None and plain.isdigit() and len(plain) < width):
        raise Mangled
    if width is not None and len(plain) != width:
        raise ValueError("a code of another length than declared")
    return plain
