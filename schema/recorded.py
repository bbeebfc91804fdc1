"""What every public thing says of itself: its key, its version, both its times, and where it is from."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

import schema.enums  # noqa: F401 - tells the closed lists before any type uses one
from graph.model.schemes import Licence, Source
from graph.model.values import Status
from schema.asking import neighbour
from schema.permissions import PUBLIC, decided
from schema.scalars import CodeText
from schema.texts import TextType


@strawberry.type(name="Source", description="Where facts come from 来源: what one cites.")
@decided(PUBLIC)
class SourceType:
    """A source of facts."""

    key: CodeText = strawberry.field(description="The source's code.")
    title: TextType = strawberry.field(description="What it is called.")
    url: str = strawberry.field(description="Where it is published; empty where nowhere.")
    retrieved: date | None = strawberry.field(description="The day it was read; none: not told.")


@strawberry.type(name="Licence", description="The terms 许可 under which facts may be used.")
@decided(PUBLIC)
class LicenceType:
    """A licence."""

    key: CodeText = strawberry.field(description="The licence's code.")
    title: TextType = strawberry.field(description="What it is called.")
    url: str = strawberry.field(description="Where its text is; empty where nowhere.")


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
    cites: SourceType | None = strawberry.field(
        resolver=neighbour("source", Source),
        description="That source, with title and address; null where it is not seen.",
    )
    terms: LicenceType | None = strawberry.field(
        resolver=neighbour("licence", Licence),
        description="That licence, with title and address; null where it is not seen.",
    )
    synthetic: bool = strawberry.field(description="Whether it was made by the project 合成数据.")
    stub: bool = strawberry.field(description="Whether it is only known because something else names it.")
    recorded_at: datetime | None = strawberry.field(description="When the hub came to know this version.")
    retracted_at: datetime | None = strawberry.field(
        description="When the hub took this version back 更正撤回; none: it stands."
    )
