"""The faults of the matrix, and what the asker must be told of each."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from connectors.notices import NoticeCode, Status
from tests.connectors.outage.source import PLAYS

C, S = NoticeCode, Status

Told = tuple[Status, NoticeCode | None]


class Fault(Struct, frozen=True):
    """One row: what the asker may be told, and how the source is declared if not as usual."""

    name: str
    told: tuple[Told, ...]
    settings: dict[str, Any] = {}
    place: str = ""


def _silent(code: NoticeCode) -> tuple[Told, ...]:
    return ((S.SILENT, code),)


def _unreadable(code: NoticeCode = C.NOT_READABLE) -> tuple[Told, ...]:
    return ((S.UNREADABLE, code),)


def _refused(code: NoticeCode) -> tuple[Told, ...]:
    return ((S.REFUSED, code),)


def _answered(code: NoticeCode | None) -> tuple[Told, ...]:
    return ((S.ANSWERED, code),)


_XML = {"format": "xml"}

FAULTS = (
    Fault("refused", _silent(C.UNREACHABLE), place="closed"),
    Fault("DNS failure", _silent(C.NAME_UNKNOWN), place="nowhere"),
    Fault("TLS wrong name", _refused(C.TLS_FAILED), place="wrong-name"),
    Fault("TLS expired", _refused(C.TLS_FAILED), place="expired"),
    Fault("TLS good", _answered(None), place="good"),
    Fault("healthy", _answered(None)),
    Fault("healthy, packed", _answered(None)),
    Fault("401", _refused(C.CREDENTIALS_REFUSED)),
    Fault("403", _refused(C.FORBIDDEN)),
    Fault("404", _unreadable(C.NOT_THERE)),
    Fault("429 with Retry-After", _silent(C.BUSY)),
    Fault("500 with secrets", _silent(C.FAILING)),
    Fault("503", _silent(C.FAILING)),
    Fault("HTML with 200", _unreadable()),
    Fault("business error with 200", _unreadable(C.SAYS_NO)),
    Fault("10,000 errors", _unreadable(C.SAYS_NO)),
    Fault("a million tiny values", _unreadable(C.TOO_LARGE)),
    Fault("empty body", _unreadable()),
    Fault("truncated JSON", _unreadable()),
    Fault("wrong types", _unreadable()),
    Fault("rows are a text", _unreadable()),
    Fault("NaN", _unreadable()),
    Fault("1e400", _unreadable()),
    Fault("5,000-digit number", _unreadable()),
    Fault("duplicate keys", _unreadable()),
    Fault("lone surrogates", _unreadable()),
    Fault("latin-1 unannounced", _unreadable(C.TEXT_DAMAGED)),
    Fault("GB18030 unannounced", _unreadable(C.TEXT_DAMAGED)),
    Fault("reordered keys", _answered(None)),
    Fault("missing keys", (*_answered(None), (S.EMPTY, None))),
    Fault("duplicate rows", _answered(C.DUPLICATES)),
    Fault("null keys", _answered(C.FOREIGN_RECORDS)),
    Fault("another learner", _answered(C.FOREIGN_RECORDS)),
    Fault("negative credit", _unreadable()),
    Fault("impossible date", _unreadable()),
    Fault("mangled number", _unreadable(C.IDENTIFIER_MANGLED)),
    Fault("slow headers", _silent(C.TIMED_OUT)),
    Fault("slow drip", _silent(C.TIMED_OUT)),
    Fault("hang", _silent(C.TIMED_OUT)),
    Fault("reset mid-body", _silent(C.BROKEN_OFF)),
    Fault("25 MB body", _unreadable(C.TOO_LARGE)),
    Fault("endless body", _unreadable(C.TOO_LARGE)),
    Fault("gzip bomb", _unreadable(C.TOO_LARGE)),
    Fault("XML bomb", _unreadable(), _XML),
    Fault("external entity", _unreadable(), _XML),
    Fault("redirect to a private address", _unreadable(C.REDIRECTED)),
    Fault("endless paging", _unreadable(C.PAGING_ENDLESS)),
    Fault("looping cursor", _unreadable(C.PAGING_ENDLESS)),
    Fault("expired credential", _refused(C.CREDENTIALS_REFUSED)),
    Fault("flapping", (*_answered(None), *_silent(C.FAILING))),
    Fault("private address", _refused(C.ADDRESS_FORBIDDEN), place="private"),
    Fault("consent service away", ((S.CONSENT_UNKNOWN, C.CONSENT_UNKNOWN),)),
)

assert set(PLAYS) <= {fault.name for fault in FAULTS}
