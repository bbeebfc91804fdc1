"""The JSON Schemas of what operators write, one per kind of connector."""

from __future__ import annotations

from typing import Any

import msgspec

from connectors.contract import Manifest, Secret
from connectors.source import Declaration

_SECRET: dict[str, Any] = {
    "title": "Secret",
    "oneOf": [
        {"type": "string"},
        {"type": "object", "properties": {"env": {"type": "string"}}, "required": ["env"]},
        {"type": "object", "properties": {"file": {"type": "string"}}, "required": ["file"]},
    ],
}


def published(manifest: Manifest) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a ``connectors.d`` file for this kind of connector."""
    (_, settings), parts = msgspec.json.schema_components(
        [Declaration, manifest.settings], schema_hook=_hook, ref_template="#/$defs/{name}"
    )
    file = parts.pop(Declaration.__name__)
    file["properties"]["settings"] = settings
    file["properties"]["connector"] = {"const": manifest.name}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **file, "$defs": parts}


def _hook(kind: type) -> dict[str, Any]:
    if kind is Secret:
        return _SECRET
    raise NotImplementedError(kind)
