"""A foreign file by a mapping alone: templates of columns, constants, tables of words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from graph.exchange.columns import columns
from graph.exchange.findings import refused
from graph.exchange.manifest import Column, FieldMap
from graph.model.concepts import Concept
from graph.model.values import normalised

Cells = Mapping[str, str]
Taker = Callable[[Cells], str]

_BLANK = re.compile(r"\{([^{}|]+)((?:\|[a-z]+(?::[0-9]+)?)*)\}")
_STEPS: dict[str, Callable[[str, int], str]] = {
    "pad": lambda text, n: text.ljust(n, "0"),
    "lead": lambda text, n: text.rjust(n, "0"),
    "first": lambda text, n: text[:n],
    "from": lambda text, n: text[n:],
    "upper": lambda text, _: text.upper(),
    "lower": lambda text, _: text.lower(),
}


class UnknownWordError(ValueError):
    """A cell holds a word that the mapping's table lacks."""

    def __init__(self, field: str, word: str) -> None:
        super().__init__(word)
        self.field, self.word = field, word


class Mapper:
    """Makes the cells of canonical columns out of the cells of a foreign row."""

    def __init__(self, concept: Concept, fields: FieldMap, file: str, have: set[str]) -> None:
        self._file, self._have = file, have
        self.constants = {name: _constant(value) for name, value in fields.constants.items()}
        self._fields = {name: self._taker(name, taken) for name, taken in fields.columns.items()}
        self._skips = [(self._template(same.take), self._template(same.equals)) for same in fields.skip]
        self._check_columns(concept)

    def row(self, cells: Cells) -> dict[str, str]:
        """Return the canonical cells of a foreign row; or raise :class:`UnknownWordError`."""
        return self.constants | {name: take(cells) for name, take in self._fields.items()}

    def skips(self, cells: Cells) -> bool:
        """Tell whether the mapping leaves this row out."""
        return any(take(cells) == equals(cells) for take, equals in self._skips)

    def _check_columns(self, concept: Concept) -> None:
        for name in (*self._fields, *self.constants):
            if name not in columns(concept.struct):
                raise self._wrong(f"{concept.file} has no column {name}")

    def _taker(self, field: str, column: str | Column) -> Taker:
        if isinstance(column, str):
            return self._template(column)
        return self._through_words(field, self._template(column.take), column)

    def _through_words(self, field: str, take: Taker, column: Column) -> Taker:
        words = {normalised(word): meaning for word, meaning in column.words.items()}

        def taken(cells: Cells) -> str:
            word = normalised(take(cells))
            meaning = words.get(word, column.otherwise)
            if meaning is None and word:
                raise UnknownWordError(field, word)
            return meaning or ""

        return taken if words else take

    def _template(self, template: str) -> Taker:
        if "{" not in template:
            self._need(template)
            return lambda cells: cells.get(template, "").strip()
        blanks = [(match, self._blank(match)) for match in _BLANK.finditer(template)]
        if "{" in _BLANK.sub("", template):
            raise self._wrong(f"a blank is {{column}} or {{column|pad:6}}: {template}")

        def filled(cells: Cells) -> str:
            values = [blank(cells) for _, blank in blanks]
            return _fill(template, blanks, values) if all(values) else ""

        return filled

    def _blank(self, match: re.Match[str]) -> Taker:
        column, steps = match[1], [_step(text) for text in match[2].split("|")[1:]]
        if None in steps:
            raise self._wrong(f"steps are {', '.join(sorted(_STEPS))}: {match[0]}")
        self._need(column)
        return lambda cells: _stepped(normalised(cells.get(column, "")), steps)

    def _need(self, column: str) -> None:
        if column not in self._have:
            known = ", ".join(sorted(self._have))
            raise refused("COLUMN_MISSING", self._file, 1, column, known=known)

    def _wrong(self, why: str) -> Exception:
        return refused("MAPPING_INVALID", self._file, 1, "mapping", why=why)


def _fill(template: str, blanks: list[tuple[re.Match[str], Taker]], values: list[str]) -> str:
    parts, end = [], 0
    for (match, _), value in zip(blanks, values, strict=True):
        parts += [template[end : match.start()], value]
        end = match.end()
    return "".join([*parts, template[end:]])


def _step(text: str) -> tuple[Callable[[str, int], str], int] | None:
    name, _, number = text.partition(":")
    step = _STEPS.get(name)
    return (step, int(number or 0)) if step and len(number) < 4 else None


def _stepped(text: str, steps: list[tuple[Callable[[str, int], str], int] | None]) -> str:
    for step in steps:
        if text and step:
            text = step[0](text, step[1])
    return text


def _constant(value: Any) -> str:
    return "true" if value is True else "false" if value is False else str(value)
