"""What a database's errors mean to the hub; their texts may hold rows and stay behind."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from connectors.errors import (
    QuestionSkipped,
    SourceBusy,
    SourceError,
    SourceMisset,
    SourceRefused,
    SourceUnavailable,
    SourceUnreadable,
)
from connectors.notices import NoticeCode

_Meaning = tuple[type[SourceError], NoticeCode]

_MISSET: _Meaning = (SourceMisset, NoticeCode.SETTINGS_WRONG)
_REFUSED: _Meaning = (SourceRefused, NoticeCode.CREDENTIALS_REFUSED)
_FORBIDDEN: _Meaning = (SourceRefused, NoticeCode.FORBIDDEN)
_NO_VIEW: _Meaning = (SourceUnreadable, NoticeCode.NOT_THERE)
_NO_COLUMN: _Meaning = (SourceUnreadable, NoticeCode.COLUMNS_CHANGED)
_LATE: _Meaning = (SourceUnavailable, NoticeCode.TIMED_OUT)
_BUSY: _Meaning = (SourceBusy, NoticeCode.BUSY)
_AWAY: _Meaning = (SourceUnavailable, NoticeCode.UNREACHABLE)
_FAILING: _Meaning = (SourceUnavailable, NoticeCode.FAILING)
_UNREADABLE: _Meaning = (SourceUnreadable, NoticeCode.NOT_READABLE)
_BROKEN_OFF: _Meaning = (SourceUnavailable, NoticeCode.BROKEN_OFF)

_STATES: Mapping[str, _Meaning] = {
    "28": _REFUSED, "3D": _MISSET, "42501": _FORBIDDEN, "42P01": _NO_VIEW, "3F": _NO_VIEW,
    "42703": _NO_COLUMN, "57014": _LATE, "55P03": _LATE, "53300": _BUSY, "57P": _FAILING, "53": _FAILING,
    "08": _BROKEN_OFF, "22": _UNREADABLE, "42": _MISSET, "25": _MISSET, "0A": _MISSET,
    "XX": _FAILING, "58": _FAILING,
}  # fmt: skip
"""SQLSTATE, in whole or its first signs; the longest that fits counts."""

_SQLITE: Mapping[str, _Meaning] = {
    "SQLITE_CANTOPEN": _AWAY, "SQLITE_BUSY": _BUSY, "SQLITE_LOCKED": _BUSY, "SQLITE_INTERRUPT": _LATE,
    "SQLITE_NOTADB": _UNREADABLE, "SQLITE_CORRUPT": _UNREADABLE, "SQLITE_READONLY": _MISSET,
    "SQLITE_PERM": _FORBIDDEN, "SQLITE_AUTH": _FORBIDDEN, "SQLITE_IOERR": _FAILING,
}  # fmt: skip

_NUMBERS: Mapping[int, _Meaning] = {
    # MySQL
    1044: _FORBIDDEN, 1045: _REFUSED, 1049: _MISSET, 1054: _NO_COLUMN, 1142: _FORBIDDEN, 1143: _FORBIDDEN,
    1146: _NO_VIEW, 1040: _BUSY, 1203: _BUSY, 2003: _AWAY, 2006: _BROKEN_OFF, 2013: _BROKEN_OFF,
    3024: _LATE, 1317: _LATE, 1792: _MISSET,
    # Oracle
    1017: _REFUSED, 28000: _REFUSED, 1031: _FORBIDDEN, 942: _NO_VIEW, 904: _NO_COLUMN, 1013: _LATE,
    4024: _LATE, 12541: _AWAY, 12514: _MISSET, 12170: _AWAY, 3113: _BROKEN_OFF, 1456: _MISSET,
    20: _BUSY, 18: _BUSY,
}  # fmt: skip
"""Error numbers of MySQL and Oracle, whose ranges do not meet."""

_NO_PASSWORD = ("authentication failed", "no password supplied", "no pg_hba.conf entry")


def translated(error: SQLAlchemyError | OSError) -> SourceError:
    """Return what to tell of a database's error."""
    if isinstance(error, PoolEmpty):
        return QuestionSkipped(NoticeCode.CROWDED)
    if isinstance(error, OSError):
        return SourceUnavailable(NoticeCode.UNREACHABLE)
    if not isinstance(error, DBAPIError) or error.orig is None:
        return SourceMisset(NoticeCode.SETTINGS_WRONG, where="select")
    kind, code = _meaning(error.orig)
    return kind(code, where="select" if kind in (SourceMisset, SourceUnreadable) else "")


def _meaning(error: BaseException) -> _Meaning:
    state = getattr(error, "sqlstate", None)
    name = getattr(error, "sqlite_errorname", None)
    if isinstance(state, str):
        return _by_state(state)
    if isinstance(name, str):
        return _of_sqlite(name, str(error))
    return _NUMBERS.get(_number(error)) or _unconnected(str(error))


def _by_state(state: str) -> _Meaning:
    for length in (5, 3, 2):
        if state[:length] in _STATES:
            return _STATES[state[:length]]
    return _FAILING


def _of_sqlite(name: str, said: str) -> _Meaning:
    for prefix, meaning in _SQLITE.items():
        if name.startswith(prefix):
            return meaning
    if said.startswith("no such table"):
        return _NO_VIEW
    return _NO_COLUMN if said.startswith("no such column") else _MISSET


def _number(error: BaseException) -> int:
    """Find MySQL's or Oracle's number in an error's first argument."""
    first = error.args[0] if error.args else 0
    number = getattr(first, "code", first)
    return number if isinstance(number, int) else 0


def _unconnected(said: str) -> _Meaning:
    """Judge PostgreSQL's refusal of a connection: libpq gives a text and no SQLSTATE."""
    if any(each in said for each in _NO_PASSWORD):
        return _REFUSED
    if 'FATAL:  database "' in said or 'FATAL:  role "' in said:
        return _MISSET
    if "failed to resolve host" in said:
        return SourceUnavailable, NoticeCode.NAME_UNKNOWN
    if "certificate" in said:
        return SourceRefused, NoticeCode.TLS_FAILED
    return _AWAY
