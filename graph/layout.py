"""What the schema declares in the graph: the unique keys and the indexes of decision 0001."""

from __future__ import annotations

from graph.catalog import Catalog, Index
from graph.model.concepts import CONCEPTS
from graph.model.outcomes import Mapping

VERSION = 2
"""Grows with every change of how the graph stores things."""

IDENTITIES = tuple(
    Index(concept.label, ("key",), unique=True) for concept in CONCEPTS if concept.struct is not Mapping
)
LEDGER = (Index("Hub", ("name",), unique=True), Index("Import", ("id",), unique=True))
TIES = (Index("Tie", ("key",), unique=True), Index("Tie", ("place",)))
MAPPINGS = (Index("MAPS_TO", ("key",), edge=True),)

INDEXES = IDENTITIES + LEDGER + TIES + MAPPINGS
CATALOG = Catalog(VERSION, INDEXES)
