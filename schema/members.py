"""Members in the API: their sources, what each offers, how it is, and what was set aside and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import strawberry
from msgspec import Struct
from strawberry.types import Info

from connectors.contract import Verb
from connectors.notices import Status
from connectors.records import Text
from connectors.roster import Roster
from connectors.source import Source
from connectors.standings import Held, Known, Standing, held
from schema.enums import tell
from schema.permissions import GOVERNING, OPEN, access, decided
from schema.replies import NoticeType
from schema.scalars import CodeText, KeyText
from schema.switchboard import line
from schema.synchronised import LastSyncType, last_sync
from schema.texts import TextType
from schema.weights import costs

SOON: Final = 3.0
"""Seconds a source has to tell how it is."""

tell(
    Verb,
    "What a source may be asked.",
    name="Offer",
    CATALOGUE="Its catalogue 目录.",
    RESULTS="Results of learners 个人成果.",
    CERTIFICATE="One certificate, by number and name 证书核验.",
    OFFERINGS="Courses open to others 开放课程.",
    LINKS="The keys of a learner at other sources 关联.",
    HEALTH="How it is 运行状况.",
)


tell(
    Standing,
    "A connector's standing, by the clauses of the contract that hold.",
    NONE="None 无.",
    BRONZE="Bronze 铜.",
    SILVER="Silver 银.",
    GOLD="Gold 金.",
)


class SourceView(Struct, frozen=True):
    """A declared or quarantined source."""

    source: str
    member: str
    title: Text
    connector: str
    offers: tuple[Verb, ...]
    issuers: tuple[str, ...]
    keeps: tuple[str, ...]
    synthetic: bool
    open: bool
    resting: bool
    standing: Standing | None
    earlier: Standing | None
    reason: str | None

    @property
    def quarantined(self) -> bool:
        """Whether it, or the newest version of its declaration, was set aside."""
        return self.reason is not None


class MemberView(Struct, frozen=True):
    """A member and its sources."""

    member: str
    sources: tuple[SourceView, ...]


class HealthView(Struct, frozen=True):
    """How a source is."""

    status: Status
    well: bool | None
    version: str | None
    as_of: datetime | None
    notice: Any


@strawberry.type(name="SourceHealth", description="How a source is, asked now.")
@decided(OPEN)
class HealthType:
    """How a source is."""

    status: Status = strawberry.field(description="What came of asking it.")
    well: bool | None = strawberry.field(description="Whether it says that it is well.")
    version: str | None = strawberry.field(name="sourceVersion", description="Its own version.")
    as_of: datetime | None = strawberry.field(
        name="sourceAsOf", description="The time the source itself gives its data."
    )
    notice: NoticeType | None = strawberry.field(description="What went wrong, if anything did.")


async def _health(root: Any, info: Info) -> Any:
    if not root.open or Verb.HEALTH not in root.offers:
        return None
    reply = await line(info).board.dispatch.health(root.source, line(info).asking(SOON))
    said = reply.records[0] if reply.records else None
    return HealthView(
        status=reply.status,
        well=said.well if said else None,
        version=(said.version or None) if said else None,
        as_of=said.as_of if said else None,
        notice=reply.notice,
    )


@strawberry.type(name="MemberSource", description="One of a member's systems 成员来源.")
@decided(OPEN)
class SourceType:
    """A source."""

    source: CodeText = strawberry.field(description="Its code.")
    title: TextType = strawberry.field(description="Its title.")
    connector: str = strawberry.field(description="The connector that reads it; empty where none could.")
    offers: list[Verb] = strawberry.field(metadata=costs(size=4), description="What it may be asked.")
    issuers: list[KeyText] = strawberry.field(
        name="speaksFor", metadata=costs(size=4), description="The issuers it speaks for."
    )
    keeps: list[KeyText] = strawberry.field(
        name="keepsConsumptionOf",
        metadata=costs(size=2),
        description="The institutions whose past applications it keeps.",
    )
    synthetic: bool = strawberry.field(description="Whether it was made by the project 合成数据.")
    open: bool = strawberry.field(name="isOpen", description="Whether it can be asked.")
    resting: bool = strawberry.field(
        description="Whether it failed so often that it is left alone but for a probe now and then."
    )
    standing: Standing | None = strawberry.field(
        description="The standing that the conformance suite computed of this source as it is declared now, "
        "else of its connector as it is now 接入评级; none: not noted, or noted before a change."
    )
    earlier: Standing | None = strawberry.field(
        name="earlierStanding",
        description="A standing that was checked before the last change of its settings, its code or its "
        "connector, and counts no more: check again 变更前的评级，须重新检验.",
    )
    health: HealthType | None = strawberry.field(
        resolver=_health,
        metadata=costs(50),
        description="How it is, asked now; none where it does not offer.",
    )
    last_sync: LastSyncType | None = strawberry.field(
        resolver=last_sync,
        metadata=costs(10),
        description="The last synchronisation of its catalogue, and what was refused; none: never.",
    )
    quarantined: bool = strawberry.field(
        description="Whether it, or the newest version of its declaration, was set aside."
    )
    reason: str | None = strawberry.field(
        name="quarantineReason",
        metadata=access(GOVERNING),
        description="Why it was set aside; for those who run the alliance.",
    )


@strawberry.type(name="Member", description="A member 成员机构 with its sources.")
@decided(OPEN)
class MemberType:
    """A member."""

    member: str = strawberry.field(description="Its code; empty for sources whose member is not known.")
    sources: list[SourceType] = strawberry.field(
        metadata=costs(size=4), description="Its sources, in order of their codes."
    )


async def find_members(info: Info) -> Any:
    """List the members and their sources as they stand."""
    board = line(info).board
    return members_of(board.roster, await board.standings.known())


def members_of(roster: Roster, standings: Known) -> tuple[MemberView, ...]:
    """Give every declared or set-aside source, by member, in the order of codes."""
    by_member: dict[str, list[SourceView]] = defaultdict(list)
    for view in _views(roster, standings):
        by_member[view.member].append(view)
    return tuple(MemberView(member, tuple(by_member[member])) for member in sorted(by_member))


def _views(roster: Roster, standings: Known) -> Iterable[SourceView]:
    reasons = {each.code: each.reason for each in roster.quarantined}
    for code in sorted({*roster.known, *reasons}):
        source = roster.known.get(code)
        yield _view(code, source, roster, standings, reasons.get(code))


def _view(
    code: str, source: Source | None, roster: Roster, standings: Known, reason: str | None
) -> SourceView:
    found = roster.find(code)
    noted = held(standings, source) if source else Held()
    return SourceView(
        source=code,
        member=source.member if source else "",
        title=source.title if source else Text(),
        connector=source.manifest.name if source else "",
        offers=tuple(sorted(source.offers.verbs)) if source else (),
        issuers=source.issuers if source else (),
        keeps=source.keeps_consumption_of if source else (),
        synthetic=bool(source and source.synthetic),
        open=found is not None,
        resting=bool(found and found.breaker.open),
        standing=noted.standing,
        earlier=noted.earlier,
        reason=reason,
    )
