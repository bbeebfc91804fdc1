"""The published JSON Schema of each concept's lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from graph.model.concepts import CONCEPTS, Concept


def schema(concept: Concept) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one line of ``concept``."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{concept.title.en} {concept.title.zh}",
        "$comment": f"One line of {concept.file}.jsonl in an alliance bundle.",
    }
    return head | msgspec.json.schema(concept.struct)


def text(concept: Concept) -> str:
    """Return the schema as it is published: indented JSON with a newline."""
    return json.dumps(schema(concept), ensure_ascii=False, indent=2) + "\n"


def write_all(folder: Path) -> None:
    """Write the schema of every concept into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for concept in CONCEPTS:
        path = folder / f"{concept.file}.json"
        path.write_text(text(concept), encoding="utf-8", newline="\n")
