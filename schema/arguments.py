"""The arguments that many questions share."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

import schema.enums  # noqa: F401 - tells the closed lists before any argument uses one
from graph.model.values import Status
from schema.loaders import AsOf


def argument(description: str) -> Any:
    """Describe an argument, inside ``Annotated``."""
    return strawberry.argument(description=description)


As = Annotated[AsOf | None, strawberry.argument(description="As of when. Default: today, as known now.")]
First = Annotated[int, strawberry.argument(description="At most so many, 1 to 200.")]
After = Annotated[str | None, strawberry.argument(description="The cursor after which the page begins.")]
InStatus = Annotated[
    list[Status] | None,
    strawberry.argument(description="With one of these statuses. Default: PUBLISHED and no other."),
]
MappedIn = Annotated[
    list[Status] | None,
    strawberry.argument(description="With one of these statuses. Default: APPROVED or PUBLISHED."),
]
