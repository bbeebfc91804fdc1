"""The kinds of public things, as the API names them."""

from __future__ import annotations

import re
from enum import Enum

from graph.model.concepts import CONCEPTS
from schema.enums import tell

ConceptName = Enum(  # type: ignore[misc]  # its members are known when the concepts are
    "Concept", {re.sub("([A-Z])", r"_\1", one.name).upper(): one.name for one in CONCEPTS}
)
tell(
    ConceptName,
    "The kinds of public things.",
    **{ConceptName(one.name).name: f"{one.title.en.capitalize()} {one.title.zh}." for one in CONCEPTS},
)
