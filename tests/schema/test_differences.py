"""Changes between versions, compared with the lines of the demo alliance's files."""

import pytest

from tests.alliance_in_a_box import data
from tests.demo_by_hand import lines


def versions(concept: str) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for line in lines(concept):
        found.setdefault(line["key"], []).append(line)
    return {key: those for key, those in found.items() if len(those) > 1}


def at(value, path: str):
    """Follow a path in a line, as a reader of it would."""
    for step in path.replace("]", "").replace("[", ".").split("."):
        if isinstance(value, list):
            coded = [item for item in value if isinstance(item, dict) and item.get("code") == step]
            value = (
                coded[0] if coded else value[int(step)] if step.isdigit() and int(step) < len(value) else {}
            )
        else:
            value = value.get(step, {}) if isinstance(value, dict) else {}
    return None if value == {} else value


@pytest.mark.parametrize(("field", "concept"), [("rule", "rules"), ("agreement", "agreements")])
async def test_the_changes_are_the_values_of_the_files_and_without_them_the_versions_are_equal(
    demo, field, concept
):
    for key, (old, *_, new) in versions(concept).items():
        query = f"""query($key: Code!, $old: Int!, $day: Date) {{
          {field}(code: $key, asOf: {{validOn: $day}}) {{
            version changesFrom(version: $old) {{ path old new }} }} }}"""
        asked = {"key": key, "old": old["version"], "day": new.get("validFrom")}
        found = (await data(demo, query, **asked))[field]
        assert found["version"] == new["version"]
        told = {change["path"]: (change["old"], change["new"]) for change in found["changesFrom"]}
        assert told == {path: (text(at(old, path)), text(at(new, path))) for path in told}
        assert told.keys() == {path for path in paths(old) | paths(new) if at(old, path) != at(new, path)}


def text(value) -> str | None:
    return value if value is None or isinstance(value, str) else str(value).lower()


def paths(value, path: str = "") -> set[str]:
    """Every path to a plain value of a line."""
    if isinstance(value, dict):
        inner = [
            (f"{path}.{name}" if path else name, one) for name, one in value.items() if name != "version"
        ]
    elif isinstance(value, list):
        coded = all(isinstance(one, dict) and "code" in one for one in value)
        inner = [(f"{path}[{one['code'] if coded else n}]", one) for n, one in enumerate(value)]
    else:
        return {path}
    return set().union(*(paths(one, where) for where, one in inner))


async def test_an_unknown_version_has_no_changes_to_tell(demo):
    key = next(iter(versions("rules")))
    query = f'{{ rule(code: "{key}") {{ version changesFrom(version: 99) {{ path }} }} }}'
    assert (await data(demo, query))["rule"]["changesFrom"] is None
