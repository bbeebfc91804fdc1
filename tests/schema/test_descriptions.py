"""The schema documents itself: whatever a reader of it meets is described."""

import re
import subprocess
import sys

import pytest
from graphql import GraphQLSchema, is_enum_type, is_input_object_type, is_interface_type, is_object_type

from schema.root import make_schema

# What the federation specification defines, under its own names.
THEIRS = re.compile(r"^(__|_FieldSet$|link__)")


def described(schema: GraphQLSchema) -> dict[str, str | None]:
    """Each type, field, argument, input field and enum value, with its description."""
    found: dict[str, str | None] = {}
    for name, type_ in schema.type_map.items():
        if THEIRS.match(name):
            continue
        found[name] = type_.description
        if is_enum_type(type_):
            found |= {f"{name}.{value}": told.description for value, told in type_.values.items()}
        if is_object_type(type_) or is_interface_type(type_) or is_input_object_type(type_):
            for field_name, field in type_.fields.items():
                found[f"{name}.{field_name}"] = field.description
                for argument, told in getattr(field, "args", {}).items():
                    found[f"{name}.{field_name}({argument})"] = told.description
    return found


def test_every_type_field_argument_input_field_and_enum_value_is_described():
    undescribed = [
        name for name, told in described(make_schema()._schema).items() if not (told or "").strip()
    ]
    assert undescribed == []


def test_all_kinds_of_things_are_looked_at():
    names = described(make_schema()._schema)
    assert {"Outcome", "Outcome.title", "Outcome.askedBy(first)", "AsOf.validOn", "Status.RETIRED"} <= set(
        names
    )
    assert {"Query.outcome(key)", "Key", "Clause", "_Any", "_Entity"} <= set(names)
    assert len(names) > 400


@pytest.mark.parametrize("first", ["framework", "federation", "rules", "programmes", "texts", "root"])
def test_the_lists_are_described_whichever_module_is_imported_first(first):
    said = f"import schema.{first}; from schema.root import make_schema; print(make_schema().sdl, end='')"
    printed = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=60
    )
    assert printed.stdout == make_schema().sdl
