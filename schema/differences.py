"""What changed between two versions of a thing, field by field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, Final

import msgspec
import strawberry
from strawberry.types import Info

from graph.model.values import Versioned
from schema.asking import loaders
from schema.permissions import PUBLIC, decided

MOST: Final = 1000
"""How many changes are told."""

_BESIDE: Final = ("version", "recordedAt", "retractedAt")
Number = Annotated[int, strawberry.argument(description="The number of the other version.")]


@strawberry.type(description="One field that two versions of a thing state differently 变更.")
@decided(PUBLIC)
class Change:
    """One field that differs."""

    path: str = strawberry.field(
        description="Where: field names and, in brackets, places in lists (from 0) or, where a list's items "
        "have codes, their codes, as in `articles[2].text.zh`."
    )
    old: str | None = strawberry.field(description="What the other version states; null: nothing.")
    new: str | None = strawberry.field(description="What this version states; null: nothing.")


def changed(struct: type[Versioned]) -> Callable[..., Awaitable[Any]]:
    """Resolve how this version differs from another one that is known."""

    async def resolve(root: Any, info: Info, version: Number) -> list[Change] | None:
        known = await loaders(info).versions(struct, root.key, loaders(info).moment_of(info))
        other = [thing for thing in known if thing.version == version]
        return differences(other[-1], root)[:MOST] if other else None

    return resolve


def differences(old: Versioned, new: Versioned) -> list[Change]:
    """Give the fields that two versions state differently, in order of their paths."""
    before, since = _leaves_of(old), _leaves_of(new)
    return [
        Change(path=path, old=before.get(path), new=since.get(path))
        for path in sorted(before.keys() | since.keys())
        if before.get(path) != since.get(path)
    ]


def _leaves_of(thing: Versioned) -> dict[str, str]:
    told = msgspec.to_builtins(thing)
    return dict(_leaves({name: value for name, value in told.items() if name not in _BESIDE}, ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, (list, tuple)):
        for place, inner in zip(_places(value), value, strict=True):
            yield from _leaves(inner, f"{path}[{place}]")
    else:
        yield path, _written(value)


def _places(items: Any) -> list[object]:
    codes = [item.get("code") for item in items if isinstance(item, dict)]
    coded = len(codes) == len(items) == len(set(codes) - {None})
    return codes if coded else list(range(len(items)))


def _written(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
