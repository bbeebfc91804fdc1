"""What is true of the published JSON Schemas."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from connectors.published import published
from connectors.registry import find
from tests.connectors.rest.test_rest import PAGED

FOLDER = Path(__file__).parents[2] / "docs" / "connectors"
KINDS = sorted(set(find().manifests) - {"memory"})


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_schema_is_current(kind):
    current = json.dumps(published(find().manifests[kind]), ensure_ascii=False, indent=1) + "\n"
    path = FOLDER / f"{kind}.schema.json"
    assert path.exists(), f"alliance-hub connectors schema {kind} > {path.name}"
    assert path.read_text(encoding="utf-8") == current


def test_a_good_declaration_passes_and_a_misspelt_one_does_not():
    schema = published(find().manifests["rest"])
    said = yaml.safe_load(PAGED % {"port": 1})
    jsonschema.validate(said, schema)
    said["settings"]["reslts"] = {}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(said, schema)
