"""What every public thing says of itself: its key, its version, both its times, and where it is from."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

import schema.enums  # noqa: F401 - tells the closed lists before any type uses one
from graph.model.values import Status
from schema.permissions import PUBLIC, decided
from schema.scalars import CodeText


@strawberry.type
@decided(PUBLIC)
class Recorded:
    """The fields that all things share; inherited, never a type of its own."""

    version: int = strawberry.field(
        description="The number of this version; published versions never change."
    )
    valid_from: date | None = strawberry.field(description="The first day it is valid; none: always was.")
    valid_to: date | None = strawberry.field(description="The first day it is no longer valid; none: open.")
    status: Status = strawberry.field(description="Where it stands in its life.")
    source: CodeText = strawberry.field(description="The source 来源 this is from.")
    licence: CodeText = strawberry.field(description="The licence 许可 under which it may be used.")
    synthetic: bool = strawberry.field(description="Whether it was made by the project 合成数据.")
    stub: bool = strawberry.field(description="Whether it is only known because something else names it.")
    recorded_at: datetime | None = strawberry.field(description="When the hub came to know this version.")
    retracted_at: datetime | None = strawberry.field(
        description="When the hub took this version back 更正撤回; none: it stands."
    )
