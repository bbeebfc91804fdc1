"""Questions of researchers over the whole graph: what compares, what is missing, how it hangs together."""

from __future__ import annotations

import strawberry

from schema.comparability import ComparabilityType, compare
from schema.permissions import PUBLIC, decided
from schema.weights import costs


@strawberry.type
@decided(PUBLIC)
class Exploring:
    """The questions of researchers; inherited by the root."""

    comparability: ComparabilityType | None = strawberry.field(
        resolver=compare,
        metadata=costs(5),
        description="How an outcome stands to an accreditation unit 可比性: statements by dimension, credit, "
        "level and hours. Null where either is not seen.",
    )
