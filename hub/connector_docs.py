"""``alliance-hub connectors docs``: what a kind of connector is set by, as a page to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any

import click

from connectors.published import published
from connectors.registry import find


@click.command("docs")
@click.argument("kind")
def docs(kind: str) -> None:
    """Print a page about one KIND of connector: what it asks, and every setting. Markdown."""
    manifest = find().manifests.get(kind)
    if manifest is None:
        raise click.ClickException(
            f"there is no connector named {kind}; `connectors list` shows which there are"
        )
    schema = published(manifest)
    click.echo(f"# {manifest.name}: {manifest.title or manifest.name}\n")
    click.echo(f"Version {manifest.version}, contract {manifest.contract}.\n")
    for line in _pages(schema):
        click.echo(line)


def _pages(schema: Mapping[str, Any]) -> Iterator[str]:
    yield from _section("A file of connectors.d", schema)
    settings = schema["properties"]["settings"]
    ours = schema["$defs"]
    first = _named(settings)
    for name in [*([first] if first in ours else []), *(each for each in ours if each != first)]:
        yield from _section(name, ours[name])


def _section(name: str, part: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {name}\n"
    if said := part.get("description"):
        yield cleandoc(said).replace("``", "`") + "\n"
    fields: Mapping[str, Any] = part.get("properties", {})
    if not fields:
        return
    yield "| setting | type | default |\n|---|---|---|"
    needed = part.get("required", ())
    for field, told in fields.items():
        default = "needed" if field in needed else _shown(told.get("default"))
        yield f"| `{field}` | {_type(told)} | {default} |"
    yield ""


def _type(told: Mapping[str, Any]) -> str:
    if name := _named(told):
        return f"[{name}](#{name.lower()})"
    if "anyOf" in told:
        return " or ".join(_type(each) for each in told["anyOf"])
    if "enum" in told:
        return ", ".join(f"`{each}`" for each in told["enum"])
    if "const" in told:
        return f"`{told['const']}`"
    return str(told.get("type", "anything"))


def _named(told: Mapping[str, Any]) -> str:
    return str(told.get("$ref", "")).rpartition("/")[2]


def _shown(value: Any) -> str:
    """Show a default; that of a part with settings of its own is in its own section."""
    return "" if value is None or isinstance(value, dict | list | tuple) else f"`{value}`"
