"""Mapping: a source's rows into canonical records, as declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from msgspec import Struct, convert, to_builtins
from msgspec import field as setting

from connectors.attempts import joined
from connectors.decoding.calendar import TermDays, completion
from connectors.decoding.codes import formed
from connectors.decoding.marks import Marks, read_mark
from connectors.decoding.people import Mangled, whole_code
from connectors.errors import SourceUnreadable
from connectors.expressions import Expression, Field, field, function
from connectors.notices import NoticeCode
from connectors.records import (
    Completion,
    Credit,
    Identifier,
    LearnerKey,
    Obtained,
    Provenance,
    Record,
    ResultStatus,
    Text,
)

T = TypeVar("T")


class Declared(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a declaration: what it does not know, it refuses."""


class Coded(Declared, frozen=True):
    """Where a code is found, the scheme and edition it belongs to, and the ``pattern`` each must match."""

    code: Expression
    scheme: str
    edition: str = "-"
    pattern: str = ""


class Amount(Declared, frozen=True):
    """Where an amount of credit is found, and the scheme it is counted in."""

    amount: Expression
    scheme: str


class ResultMap(Declared, frozen=True):
    """Where the parts of a result are found in a row.

    ``learner`` is where the row says whose it is; a source that does not say is believed. A code of a
    learner has ``code_width`` signs and matches ``code_pattern``. ``statuses`` and ``ways`` are the source's
    words. With ``resits`` the rows of one outcome are attempts at it. ``record``
    names a function (row, learner) that makes the whole record instead.
    """

    id: Expression = ""
    learner: Expression = ""
    code_width: int | None = None
    code_pattern: str = ""
    outcome: Coded | None = None
    title: Expression = ""
    title_en: Expression = ""
    issuer: Coded | None = None
    credit: Amount | None = None
    hours: Expression = ""
    mark: Expression = ""
    marks: Marks = Marks()
    completed: Expression = ""
    terms: dict[int, TermDays] = setting(default_factory=dict)
    valid_to: Expression = ""
    status: Expression = ""
    statuses: dict[str, ResultStatus] = setting(default_factory=dict)
    obtained: Expression = ""
    ways: dict[str, Obtained] = setting(default_factory=dict)
    part_of: Expression = ""
    version: Expression = ""
    resits: bool = False
    record: str = ""


class Rows:
    """Makes records of rows; every expression is compiled once."""

    def __init__(self, declared: ResultMap, source: Provenance) -> None:
        self.declared = declared
        self._source = source
        made = function(declared.record) if declared.record else self._record
        self._make: Callable[[Any, LearnerKey], Record] = made
        told = to_builtins(declared, builtin_types=(Decimal,))
        self._at: Mapping[str, Field] = {name: field(told[name]) for name in _EXPRESSIONS}
        self._parts = self._declared_parts()
        self._form = formed(declared.code_pattern)

    def _declared_parts(self) -> tuple[tuple[str, Field], ...]:
        """Compile the parts of a record that are declared; the others keep their defaults."""
        said = self.declared
        parts = {
            "outcome": (said.outcome, coded(said.outcome, "outcome")),
            "title": (said.title or said.title_en, self._title),
            "issuer": (said.issuer, coded(said.issuer, "issuer")),
            "earned": (said.credit, credited(said.credit)),
            "hours": (said.hours, self._optional("hours", exact)),
            "completion": (said.completed, self._optional("completed", self._completion)),
            "valid_to": (said.valid_to, self._optional("valid_to", _day)),
            "part_of": (said.part_of, self._optional("part_of", _text)),
            "provenance": (said.version, self._provenance),
        }
        return tuple((name, part) for name, (declared, part) in parts.items() if declared)

    def _optional(self, name: str, how: Callable[[Any], Any]) -> Field:
        at = self._at[name]
        return lambda row: optional(name, how, at(row))

    def _title(self, row: Any) -> Text:
        return Text(zh=str(self._at["title"](row) or ""), en=str(self._at["title_en"](row) or ""))

    def owner(self, row: Any) -> str | None:
        """Tell the code of the learner a row says it belongs to; None where it says nobody's.

        ``SourceUnreadable`` where the code has another form; IDENTIFIER_MANGLED where it has lost digits.
        """
        said = self._at["learner"](row)
        if said is None or said == "":
            return None
        return read("learner", lambda given: self._form(whole_code(given, self.declared.code_width)), said)

    def record(self, row: Any, learner: LearnerKey) -> Record:
        """Make the record; ``SourceUnreadable`` names the field that cannot be read."""
        return read("record", lambda given: self._make(given, learner), row)

    def records(self, rows: Iterable[Any], learner: LearnerKey) -> tuple[Record, ...]:
        """Make the records of one learner; resits become attempts where that is declared."""
        made = tuple(self.record(row, learner) for row in rows)
        return joined(made) if self.declared.resits else made

    def _record(self, row: Any, learner: LearnerKey) -> Record:
        grade, status, obtained = self._marked(row)
        parts: dict[str, Any] = {"provenance": self._source}
        for name, part in self._parts:
            parts[name] = part(row)
        return Record(
            id=read("id", _text, self._at["id"](row)),
            learner=learner,
            grade=grade,
            status=optional("status", self.declared.statuses.__getitem__, self._at["status"](row)) or status,
            obtained=optional("obtained", self.declared.ways.__getitem__, self._at["obtained"](row))
            or obtained
            or Obtained.STUDY,
            **parts,
        )

    def _marked(self, row: Any) -> tuple[Any, ResultStatus, Obtained | None]:
        mark = self._at["mark"](row)
        if mark is None or mark == "":
            return None, ResultStatus.COMPLETED, None
        return read("mark", lambda given: read_mark(str(given), self.declared.marks), mark)

    def _completion(self, written: Any) -> Completion:
        return completion(str(written), self.declared.terms or None)

    def _provenance(self, row: Any) -> Provenance:
        version = self._at["version"](row)
        if version is None:
            return self._source
        return convert(to_builtins(self._source) | {"recordVersion": str(version)}, Provenance)


_EXPRESSIONS = (
    "id", "learner", "title", "title_en", "hours", "mark", "completed", "valid_to", "status", "obtained",
    "part_of", "version",
)  # fmt: skip


def expressions(declared: ResultMap) -> list[Expression]:
    """List the expressions of a declaration that point into rows."""
    told = to_builtins(declared, builtin_types=(Decimal,))
    nested = [declared.outcome, declared.issuer]
    codes = [each.code for each in nested if each is not None]
    amounts = [declared.credit.amount] if declared.credit is not None else []
    return [*(told[name] for name in _EXPRESSIONS), *codes, *amounts]


def read(name: str, how: Callable[[Any], T], given: Any) -> T:
    """Read one field; ``SourceUnreadable`` names it, never its value."""
    try:
        return how(given)
    except SourceUnreadable:
        raise
    except Mangled:
        raise SourceUnreadable(NoticeCode.IDENTIFIER_MANGLED, where=name) from None
    except Exception:  # noqa: BLE001  (a row may hold anything, and a code slot may raise anything)
        raise SourceUnreadable(where=name) from None


def optional(name: str, how: Callable[[Any], T], given: Any) -> T | None:
    """Read one field that may be missing."""
    return None if given is None or given == "" else read(name, how, given)


def coded(declared: Coded | None, name: str) -> Callable[[Any], Identifier | None]:
    """Compile where an identifier is found."""
    if declared is None:
        return lambda row: None
    at, scheme, edition = field(declared.code), declared.scheme, declared.edition
    form = formed(declared.pattern)

    def identified(row: Any) -> Identifier | None:
        code = optional(name, lambda given: form(_text(given)), at(row))
        return Identifier(scheme=scheme, code=code, edition=edition) if code else None

    return identified


def credited(declared: Amount | None) -> Callable[[Any], Credit | None]:
    """Compile where an amount of credit is found."""
    if declared is None:
        return lambda row: None
    at, scheme = field(declared.amount), declared.scheme

    def counted(row: Any) -> Credit | None:
        return optional("credit", lambda given: Credit(amount=exact(given), scheme=scheme), at(row))

    return counted


def exact(given: Any) -> Decimal:
    """Read a number exactly, from a number or its text; ``ValueError`` if it is none or not finite."""
    if isinstance(given, bool | float) or not isinstance(given, int | str | Decimal) or len(str(given)) > 40:
        raise ValueError("not an exact number")
    try:
        number = Decimal(given)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number


def _text(given: Any) -> str:
    if isinstance(given, bool | float) or not isinstance(given, str | int):
        raise ValueError("not a text")
    text = str(given).strip()
    if not text or len(text) > 120:
        raise ValueError("an empty or endless text")
    return text


def _day(given: Any) -> date:
    return completion(str(given)).last
