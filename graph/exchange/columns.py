"""CSV cells to nested values and back: dotted columns, lists joined by ``|``, deeper lists as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from graph.model.values import Versioned, normalised

_INTEGER = re.compile(r"^[+-]?\d{1,18}$")
_BOOLS = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}


class Form(Enum):
    """How a cell is written."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    LIST = "list"
    JSON = "json"


class CellError(ValueError):
    """A cell is not written as its column asks; ``field`` names the column."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.field, self.zh, self.en = field, zh, en


@cache
def columns(struct: type[Versioned]) -> dict[str, Form]:
    """Return every column a file of ``struct`` may have, in the order of its fields."""
    return dict(_forms("", _as_struct(inspect.type_info(struct))))


@cache
def required(struct: type[Versioned]) -> tuple[str, ...]:
    """Return the names of the fields that no line may lack."""
    return tuple(field.encode_name for field in msgspec.structs.fields(struct) if field.required)


def _as_struct(kind: inspect.Type) -> inspect.StructType:
    if not isinstance(kind, inspect.StructType):
        raise TypeError(f"not a struct: {kind}")
    return kind


def _forms(path: str, struct: inspect.StructType) -> Iterator[tuple[str, Form]]:
    for field in struct.fields:
        name = f"{path}{field.encode_name}"
        inner = _struct_of(field.type)
        yield name, Form.JSON if inner else _form(field.type)
        if inner:
            yield from _forms(f"{name}.", inner)


def _struct_of(kind: inspect.Type) -> inspect.StructType | None:
    kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    structs = [one for one in kinds if isinstance(one, inspect.StructType)]
    return structs[0] if len(structs) == 1 and structs[0].tag is None else None


def _form(kind: inspect.Type) -> Form:
    if isinstance(kind, inspect.UnionType):
        return _form(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))
    if isinstance(kind, inspect.VarTupleType):
        return Form.JSON if isinstance(kind.item_type, (inspect.StructType, inspect.UnionType)) else Form.LIST
    if isinstance(kind, inspect.StrType):
        return Form.CODE if kind.pattern or kind.max_length is None else Form.TEXT
    simple = {inspect.IntType: Form.INTEGER, inspect.BoolType: Form.BOOLEAN}
    return simple.get(type(kind), Form.CODE)


def nested(struct: type[Versioned], row: Mapping[str, str]) -> dict[str, Any]:
    """Return the nested plain values of a row of cells; an empty cell is an absent field."""
    forms, value = columns(struct), dict[str, Any]()
    for name in required(struct):
        if any(column.startswith(f"{name}.") for column in row):
            value[name] = {}
    for column, cell in row.items():
        if cell:
            _put(value, column, _read(column, forms[column], cell))
    return value


def _put(value: dict[str, Any], column: str, read: Any) -> None:
    *path, last = column.split(".")
    for name in path:
        value = value.setdefault(name, {})
    value[last] = read


def _read(column: str, form: Form, cell: str) -> Any:
    if form is Form.TEXT:
        return cell
    if form is Form.LIST and not cell.lstrip().startswith("["):
        return [normalised(item) for item in cell.split("|")]
    if form in (Form.JSON, Form.LIST):
        return _json(column, cell)
    plain = normalised(cell)
    if form is Form.INTEGER:
        return _integer(column, plain)
    return _boolean(column, plain) if form is Form.BOOLEAN else plain


def _json(column: str, cell: str) -> Any:
    try:
        return msgspec.json.decode(cell)
    except (ValueError, RecursionError) as error:
        raise CellError(column, f"此格应为 JSON:{error}", f"the cell holds JSON: {error}") from error


def _integer(column: str, cell: str) -> int:
    if not _INTEGER.match(cell):
        raise CellError(column, f"应为整数,而不是 {cell}", f"expected an integer, not {cell}")
    return int(cell)


def _boolean(column: str, cell: str) -> bool:
    if cell.lower() not in _BOOLS:
        raise CellError(column, f"应为 true 或 false,而不是 {cell}", f"expected true or false, not {cell}")
    return _BOOLS[cell.lower()]


def cells(thing: Versioned) -> dict[str, str]:
    """Return ``thing`` as a row of cells, without the empty ones; ``nested`` reads it back."""
    row: dict[str, str] = {}
    forms = columns(type(thing))
    _write(row, forms, "", msgspec.to_builtins(thing))
    return row


def _write(row: dict[str, str], forms: Mapping[str, Form], path: str, value: dict[str, Any]) -> None:
    for name, inner in value.items():
        column = f"{path}{name}"
        if isinstance(inner, dict) and inner:
            _write(row, forms, f"{column}.", inner)
        else:
            row[column] = _cell(forms[column], inner)


def _cell(form: Form, value: Any) -> str:
    if form is Form.BOOLEAN:
        return "true" if value else "false"
    if form is Form.LIST and all(_joinable(item) for item in value):
        return "|".join(value)
    return msgspec.json.encode(value).decode() if form in (Form.JSON, Form.LIST) else str(value)


def _joinable(item: str) -> bool:
    return bool(item) and "|" not in item and not item.startswith("[") and normalised(item) == item
