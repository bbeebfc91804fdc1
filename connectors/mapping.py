"""Mapping: a source's rows into canonical records, as declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from msgspec import Struct, convert, to_builtins
from msgspec import field as setting

from connectors.attempts import joined
from connectors.decoding.calendar import TermDays, completion
from connectors.decoding.codes import formed
from connectors.decoding.marks import Marks, read_mark
from connectors.decoding.people import whole_code
from connectors.expressions import Expression, Field, field, function
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
from connectors.values import day, demanded, exact, optional, text, unread, wanted

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
    """Makes records of rows; every expression is compiled once, and only those that are declared."""

    def __init__(self, declared: ResultMap, source: Provenance) -> None:
        self.declared = declared
        self._source = source
        told = to_builtins(declared, builtin_types=(Decimal,))
        self._at: Mapping[str, Field] = {name: field(told[name]) for name in _EXPRESSIONS}
        self._parts = self._declared_parts()
        self._form = formed(declared.code_pattern)
        self._graded = bool(declared.mark or declared.status or declared.obtained)
        made = function(declared.record) if declared.record else self._record
        self._make: Callable[[Any, LearnerKey], Record] = made

    def _declared_parts(self) -> tuple[tuple[str, Field], ...]:
        """Compile the parts of a record that are declared; the others keep their defaults."""
        said = self.declared
        parts = {
            "outcome": (said.outcome, coded(said.outcome, "outcome")),
            "title": (said.title or said.title_en, _titled(self._at["title"], self._at["title_en"])),
            "issuer": (said.issuer, coded(said.issuer, "issuer")),
            "earned": (said.credit, credited(said.credit)),
            "hours": (said.hours, self._wanted("hours", exact)),
            "completion": (said.completed, self._wanted("completed", _completed(said.terms or None))),
            "valid_to": (said.valid_to, self._wanted("valid_to", day)),
            "part_of": (said.part_of, self._wanted("part_of", text)),
            "provenance": (said.version, self._provenance),
            "id": (True, demanded("id", text, self._at["id"])),
        }
        return tuple((name, part) for name, (declared, part) in parts.items() if declared)

    def _wanted(self, name: str, how: Callable[[Any], T]) -> Callable[[Any], T | None]:
        return wanted(name, how, self._at[name])

    def owner(self, row: Any) -> str | None:
        """Tell the code of the learner a row says it belongs to; None where it says nobody's.

        ``SourceUnreadable`` where the code has another form; IDENTIFIER_MANGLED where it has lost digits.
        """
        return self._whole(self._at["learner"](row))

    def owned(self, rows: Iterable[Any]) -> dict[str, list[Any]]:
        """Part rows by the code of the learner they say they belong to, those that say nobody's by ``""``.

        ``SourceUnreadable`` as `owner`.
        """
        at, found = self._at["learner"], dict[str, list[Any]]()
        known: dict[str, str] = {}  # how a code is written, most often many times: the code
        for row in rows:
            said = at(row)
            code = known.get(said) if type(said) is str else None
            if code is None:
                code = self._whole(said) or ""
                if type(said) is str:
                    known[said] = code
            found.setdefault(code, []).append(row)
        return found

    def _whole(self, said: Any) -> str | None:
        return optional(
            "learner", lambda given: self._form(whole_code(given, self.declared.code_width)), said
        )

    def record(self, row: Any, learner: LearnerKey) -> Record:
        """Make the record; ``SourceUnreadable`` names the field that cannot be read."""
        try:
            return self._make(row, learner)
        except Exception as error:  # noqa: BLE001  (a row may hold anything, and a code slot may raise anything)
            raise unread("record", error) from None

    def records(self, rows: Iterable[Any], learner: LearnerKey) -> tuple[Record, ...]:
        """Make the records of one learner; resits become attempts where that is declared."""
        made = tuple([self.record(row, learner) for row in rows])
        return joined(made) if self.declared.resits else made

    def _record(self, row: Any, learner: LearnerKey) -> Record:
        parts: dict[str, Any] = {"learner": learner, "provenance": self._source}
        if self._graded:
            self._stands(row, parts)
        for name, part in self._parts:
            parts[name] = part(row)
        return Record(**parts)

    def _stands(self, row: Any, parts: dict[str, Any]) -> None:
        """Say what a row's mark, status and way come to."""
        said, at = self.declared, self._at
        marked = optional("mark", lambda given: read_mark(str(given), said.marks), at["mark"](row))
        grade, status, obtained = marked or (None, ResultStatus.COMPLETED, None)
        told = optional("status", said.statuses.__getitem__, at["status"](row))
        way = optional("obtained", said.ways.__getitem__, at["obtained"](row))
        parts.update(grade=grade, status=told or status, obtained=way or obtained or Obtained.STUDY)

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


def coded(declared: Coded | None, name: str) -> Callable[[Any], Identifier | None]:
    """Compile where an identifier is found."""
    if declared is None:
        return lambda row: None
    scheme, edition, form = declared.scheme, declared.edition, formed(declared.pattern)
    return wanted(
        name,
        lambda given: Identifier(scheme=scheme, code=form(text(given)), edition=edition),
        field(declared.code),
    )


def credited(declared: Amount | None) -> Callable[[Any], Credit | None]:
    """Compile where an amount of credit is found."""
    if declared is None:
        return lambda row: None
    scheme = declared.scheme
    return wanted("credit", lambda given: Credit(amount=exact(given), scheme=scheme), field(declared.amount))


def _completed(terms: dict[int, TermDays] | None) -> Callable[[Any], Completion]:
    return lambda written: completion(written, terms)


def _titled(zh: Field, en: Field) -> Callable[[Any], Text]:
    return lambda row: Text(zh=str(zh(row) or ""), en=str(en(row) or ""))
