"""Notices: what went wrong, who must act, what to do. The codes are stable."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files

import yaml
from msgspec import Struct, convert

from connectors.records import Text


class Status(StrEnum):
    """What came of asking one source."""

    ANSWERED = "ANSWERED"
    EMPTY = "EMPTY"
    STALE = "STALE"
    SILENT = "SILENT"
    REFUSED = "REFUSED"
    UNREADABLE = "UNREADABLE"
    UNLINKED = "UNLINKED"
    NO_CONSENT = "NO_CONSENT"
    CONSENT_UNKNOWN = "CONSENT_UNKNOWN"
    NOT_OFFERED = "NOT_OFFERED"
    SKIPPED_BY_POLICY = "SKIPPED_BY_POLICY"


class Actor(StrEnum):
    """Who must act."""

    LEARNER = "LEARNER"
    MEMBER = "MEMBER"
    OPERATOR = "OPERATOR"
    NOBODY = "NOBODY"


class NoticeCode(StrEnum):
    """Every notice there is."""

    UNREACHABLE = "UNREACHABLE"
    NAME_UNKNOWN = "NAME_UNKNOWN"
    TLS_FAILED = "TLS_FAILED"
    TIMED_OUT = "TIMED_OUT"
    BUSY = "BUSY"
    FAILING = "FAILING"
    BROKEN_OFF = "BROKEN_OFF"
    RESTING = "RESTING"
    OPENING = "OPENING"
    UNSETTLED = "UNSETTLED"
    CREDENTIALS_REFUSED = "CREDENTIALS_REFUSED"
    FORBIDDEN = "FORBIDDEN"
    REJECTED = "REJECTED"
    NOT_THERE = "NOT_THERE"
    SAYS_NO = "SAYS_NO"
    NOT_READABLE = "NOT_READABLE"
    TOO_LARGE = "TOO_LARGE"
    REDIRECTED = "REDIRECTED"
    ADDRESS_FORBIDDEN = "ADDRESS_FORBIDDEN"
    PAGING_ENDLESS = "PAGING_ENDLESS"
    TEXT_DAMAGED = "TEXT_DAMAGED"
    COLUMNS_CHANGED = "COLUMNS_CHANGED"
    IDENTIFIER_MANGLED = "IDENTIFIER_MANGLED"
    SHEET_UNFIT = "SHEET_UNFIT"
    FOREIGN_RECORDS = "FOREIGN_RECORDS"
    DUPLICATES = "DUPLICATES"
    RECORDS_VANISHED = "RECORDS_VANISHED"
    OUT_OF_DATE = "OUT_OF_DATE"
    SIGNATURE_INVALID = "SIGNATURE_INVALID"
    SIGNATURE_UNCHECKED = "SIGNATURE_UNCHECKED"
    STATUS_UNKNOWN = "STATUS_UNKNOWN"
    CREDIT_CONFLICT = "CREDIT_CONFLICT"
    DEFECT = "DEFECT"
    SETTINGS_WRONG = "SETTINGS_WRONG"
    QUARANTINED = "QUARANTINED"
    CROWDED = "CROWDED"
    BUDGET_SPENT = "BUDGET_SPENT"
    LINKS_UNKNOWN = "LINKS_UNKNOWN"
    UNLINKED = "UNLINKED"
    NO_CONSENT = "NO_CONSENT"
    CONSENT_UNKNOWN = "CONSENT_UNKNOWN"
    NOT_OFFERED = "NOT_OFFERED"
    LEFT_OUT = "LEFT_OUT"
    CATALOGUE_TOO_LARGE = "CATALOGUE_TOO_LARGE"
    SYNC_RUNNING = "SYNC_RUNNING"
    STAGING_AWAY = "STAGING_AWAY"
    ITEM_EMPTY = "ITEM_EMPTY"
    ITEM_TITLE_MISSING = "ITEM_TITLE_MISSING"
    ITEM_ISSUER_OPEN = "ITEM_ISSUER_OPEN"
    ITEM_ISSUER_FOREIGN = "ITEM_ISSUER_FOREIGN"
    ITEM_TWICE = "ITEM_TWICE"
    ITEM_TOO_LARGE = "ITEM_TOO_LARGE"
    ITEM_UNMAPPED = "ITEM_UNMAPPED"
    ITEM_OPEN = "ITEM_OPEN"
    ITEM_OF_OTHERS = "ITEM_OF_OTHERS"
    ITEM_SHARED = "ITEM_SHARED"
    ITEM_KIND_OPEN = "ITEM_KIND_OPEN"
    ITEM_PART_UNMAPPED = "ITEM_PART_UNMAPPED"


class Notice(Struct, frozen=True, kw_only=True):
    """What to tell the asker: ``retry_after`` is in seconds; ``count`` says how often it was met."""

    code: NoticeCode
    text: Text
    actor: Actor
    action: Text
    retry: bool
    retry_after: float | None = None
    count: int = 1


class _Advice(Struct, frozen=True, rename="camel"):
    actor: Actor
    retry: bool
    zh: str
    en: str
    do_zh: str
    do_en: str


def _read() -> dict[NoticeCode, _Advice]:
    sheet = files("connectors").joinpath("notices.yaml").read_text(encoding="utf-8")
    return convert(yaml.safe_load(sheet), dict[NoticeCode, _Advice])


_ADVICE = _read()


def notice(code: NoticeCode, *, retry_after: float | None = None, count: int = 1) -> Notice:
    """Make the notice of ``code``; ``retry_after`` in seconds."""
    said = _ADVICE[code]
    return Notice(
        code=code,
        text=Text(zh=said.zh, en=said.en),
        actor=said.actor,
        action=Text(zh=said.do_zh, en=said.do_en),
        retry=said.retry,
        retry_after=retry_after if said.retry else None,
        count=count,
    )
