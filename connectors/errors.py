"""What goes wrong at a source, named by what the caller does next.

SourceError
├── SourceUnavailable    ask again later
│   └── SourceBusy       ask again after what it says; it is not ill
├── SourceRefused        the operator must mend credentials or permissions
├── SourceUnreadable     the member must mend what it sends
├── SourceMisset         the operator must mend the settings
└── QuestionSkipped      nothing was sent, by the hub's own policy

An error says its code, whole numbers and the name of a setting or field. It has no room for a value.
"""

from __future__ import annotations

from typing import ClassVar

from connectors.notices import NoticeCode, Status


class Misdeclared(ValueError):
    """A declaration or a manifest is wrong; the text is for the operator and holds no secret.

    ``said`` is the text of the declaration that is wrong, where it is one: it tells the line.
    """

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.said = said


class SourceError(Exception):
    """A source did not give what was asked. ``retry_after`` is in seconds.

    ``where`` names a setting, field or column as declared, and ``facts`` are small whole numbers: neither
    is ever a value from an answer.
    """

    status: ClassVar[Status] = Status.UNREADABLE
    usual: ClassVar[NoticeCode] = NoticeCode.DEFECT
    ill: ClassVar[bool] = True

    def __init__(
        self,
        code: NoticeCode | None = None,
        *,
        where: str = "",
        retry_after: float | None = None,
        **facts: int,
    ) -> None:
        self.code = code or self.usual
        self.where = where[:80]
        self.retry_after = retry_after
        self.facts = facts
        super().__init__(self.code.value)

    def __str__(self) -> str:
        shown = [f"{name}={number:d}" for name, number in self.facts.items()]
        return " ".join([self.code.value, *([f"at {self.where}"] if self.where else []), *shown])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class SourceUnavailable(SourceError):
    """The source cannot be reached, fails, or is too slow: ask again later."""

    status = Status.SILENT
    usual = NoticeCode.UNREACHABLE


class SourceBusy(SourceUnavailable):
    """The source asks for patience (429): ask again after ``retry_after``."""

    usual = NoticeCode.BUSY
    ill = False


class SourceRefused(SourceError):
    """The source does not accept the hub's credentials or does not let it ask: tell the operator."""

    status = Status.REFUSED
    usual = NoticeCode.CREDENTIALS_REFUSED
    ill = False


class SourceUnreadable(SourceError):
    """The source answered what cannot be read: tell the member."""

    usual = NoticeCode.NOT_READABLE


class SourceMisset(SourceError):
    """The settings of the source are wrong: tell the operator."""

    status = Status.SKIPPED_BY_POLICY
    usual = NoticeCode.SETTINGS_WRONG
    ill = False


class QuestionSkipped(SourceError):
    """Nothing was sent: the hub's own policy forbade it."""

    status = Status.SKIPPED_BY_POLICY
    usual = NoticeCode.CROWDED
    ill = False
