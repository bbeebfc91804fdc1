"""Values: one field of a row as what it must be. What cannot be read is named, and never quoted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from connectors.decoding.calendar import completion
from connectors.decoding.people import Mangled
from connectors.errors import SourceUnreadable
from connectors.expressions import Field
from connectors.notices import NoticeCode

T = TypeVar("T")

_LONGEST: Final = 40
_INEXACT: Final = (bool, float)
_WRITTEN: Final = (str, int)
_NUMBERS: Final = (int, str, Decimal)


def read(name: str, how: Callable[[Any], T], given: Any) -> T:
    """Read one field; ``SourceUnreadable`` names it, never its value."""
    try:
        return how(given)
    except Exception as error:  # noqa: BLE001  (a row may hold anything, and a code slot may raise anything)
        raise unread(name, error) from None


def optional(name: str, how: Callable[[Any], T], given: Any) -> T | None:
    """Read one field that may be missing."""
    return None if given is None or given == "" else read(name, how, given)


def unread(name: str, error: Exception) -> SourceUnreadable:
    """Say what became of a field that could not be read."""
    if isinstance(error, SourceUnreadable):
        return error
    if isinstance(error, Mangled):
        return SourceUnreadable(NoticeCode.IDENTIFIER_MANGLED, where=name)
    return SourceUnreadable(where=name)


def demanded(name: str, how: Callable[[Any], T], at: Field) -> Callable[[Any], T]:
    """Compile the reading of a field that every row has."""

    def found(row: Any) -> T:
        try:
            return how(at(row))
        except Exception as error:  # noqa: BLE001  (as above)
            raise unread(name, error) from None

    return found


def wanted(name: str, how: Callable[[Any], T], at: Field) -> Callable[[Any], T | None]:
    """Compile the reading of a field that may be missing: what `optional` does, in one call."""

    def found(row: Any) -> T | None:
        given = at(row)
        if given is None or given == "":
            return None
        try:
            return how(given)
        except Exception as error:  # noqa: BLE001  (as above)
            raise unread(name, error) from None

    return found


def exact(given: Any) -> Decimal:
    """Read a number exactly, from a number or its text; ``ValueError`` if it is none or not finite."""
    if type(given) is not str and (isinstance(given, _INEXACT) or not isinstance(given, _NUMBERS)):
        raise ValueError("not an exact number")
    if len(str(given)) > _LONGEST:
        raise ValueError("a number without end")
    try:
        number = Decimal(given)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number


def text(given: Any) -> str:
    """Read a short text, from a text or a whole number; ``ValueError`` if it is empty or endless."""
    if isinstance(given, _INEXACT) or not isinstance(given, _WRITTEN):
        raise ValueError("not a text")
    told = str(given).strip()
    if not told or len(told) > 120:
        raise ValueError("an empty or endless text")
    return told


def day(given: Any) -> date:
    """Read the last day of a completion."""
    return completion(str(given)).last
