"""The arguments that many questions share."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from schema.loaders import AsOf


def argument(description: str) -> Any:
    """Describe an argument, inside ``Annotated``."""
    return strawberry.argument(description=description)


As = Annotated[AsOf | None, strawberry.argument(description="As of when. Default: today, as known now.")]
First = Annotated[int, strawberry.argument(description="At most so many, 1 to 200.")]
After = Annotated[str | None, strawberry.argument(description="The cursor after which the page begins.")]
