"""How a CASE list is asked for: limit, offset, sort, orderBy, filter and fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Said = dict[str, Any]

LIMIT: Final = 100
MOST: Final = 1_000
FURTHEST: Final = 10**9
LONGEST: Final = 2_000

FIELDS: Final = frozenset(
    (
        *("uri", "identifier", "frameworkType", "caseVersion", "lastChangeDateTime", "CFPackageURI"),
        *("creator", "title", "officialSourceURL", "publisher", "description", "subject", "subjectURI"),
        *("language", "version", "adoptionStatus", "statusStartDate", "statusEndDate", "licenseURI"),
        *("notes", "extensions"),
    )
)
"""The fields of a CFDocument, which alone is listed."""

_PLAIN: Final = re.compile(r"[0-9]{1,10}")
_TERM: Final = re.compile(r"\s*(\w+)\s*(!=|>=|<=|=|>|<|~)\s*'([^']*)'\s*")
_WORD: Final = re.compile(r"(?<=')\s+(AND|OR)\s+")

_TESTS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "=": lambda said, asked: said == asked,
    "!=": lambda said, asked: said != asked,
    ">": lambda said, asked: said > asked,
    ">=": lambda said, asked: said >= asked,
    "<": lambda said, asked: said < asked,
    "<=": lambda said, asked: said <= asked,
    "~": lambda said, asked: asked.lower() in said.lower(),
}


class Misasked(Exception):
    """A parameter that cannot be followed; ``minor`` is the specification's word for it."""

    def __init__(self, minor: str, why: str) -> None:
        super().__init__(why)
        self.minor = minor


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison of a filter, and whether it is joined to those before it by OR."""

    name: str
    sign: str
    value: str
    either: bool = False

    def holds(self, said: Said) -> bool:
        """Tell whether it holds of a document; a list holds where one of its members does."""
        value = said.get(self.name)
        values = value if isinstance(value, list) else [value]
        return any(_TESTS[self.sign](str(one), self.value) for one in values if one is not None)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list asked for."""

    limit: int = LIMIT
    offset: int = 0
    sort: str = "identifier"
    falling: bool = False
    terms: tuple[Term, ...] = ()
    fields: frozenset[str] = frozenset()

    def all(self, documents: Iterable[Said]) -> list[Said]:
        """Return the documents that pass the filter, in order."""
        passing = [said for said in documents if self._passes(said)]
        return sorted(passing, key=lambda said: str(said.get(self.sort) or ""), reverse=self.falling)

    def page(self, documents: list[Said]) -> list[Said]:
        """Return the page asked for of what passes, with the fields asked for."""
        return [shown(said, self.fields) for said in documents[self.offset : self.offset + self.limit]]

    def _passes(self, said: Said) -> bool:
        passes = True
        for term in self.terms:
            holds = term.holds(said)
            passes = (passes or holds) if term.either else (passes and holds)
        return passes


def listing(query: Mapping[str, str]) -> Listing:
    """Read a query; :class:`Misasked` where it cannot be followed."""
    return Listing(
        limit=_number(query, "limit", LIMIT, 1, MOST),
        offset=_number(query, "offset", 0, 0, FURTHEST),
        sort=_field(query.get("sort", "identifier")),
        falling=_falling(query.get("orderBy", "asc")),
        terms=tuple(_terms(query.get("filter", ""))),
        fields=selection(query),
    )


def selection(query: Mapping[str, str]) -> frozenset[str]:
    """Return the fields asked for; none stands for all."""
    asked = query.get("fields", "")
    return frozenset(_field(name.strip()) for name in asked.split(",")) if asked else frozenset()


def shown(said: Said, fields: frozenset[str]) -> Said:
    """Return a document with the fields asked for."""
    return {name: value for name, value in said.items() if name in fields} if fields else said


def _number(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name, str(default))
    if not _PLAIN.fullmatch(text) or not least <= int(text) <= most:
        raise Misasked("invaliddata", f"{name} is a whole number from {least} to {most}")
    return int(text)


def _field(name: str) -> str:
    if name not in FIELDS:
        raise Misasked("invalid_selection_field", "sort and fields name fields of a CFDocument")
    return name


def _falling(word: str) -> bool:
    if word not in ("asc", "desc"):
        raise Misasked("invaliddata", "orderBy is asc or desc")
    return word == "desc"


def _terms(text: str) -> Iterable[Term]:
    parts = _WORD.split(text[:LONGEST]) if text else []
    for place in range(0, len(parts), 2):
        found = _TERM.fullmatch(parts[place])
        if found is None or found[1] not in FIELDS:
            raise Misasked("invalid_filter_field", "a filter is field='value' (= != > >= < <= ~), AND, OR")
        yield Term(found[1], found[2], found[3], place > 0 and parts[place - 1] == "OR")
