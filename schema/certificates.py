"""Certificates in the API: looked up and verified at the sources that speak for their issuer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Annotated, Any, Final

import strawberry
from msgspec import Struct
from strawberry.types import Info

from connectors.records import Certificate, CertificateState, Proof
from connectors.replies import Coverage, Reply, covered
from schema.arguments import argument
from schema.enums import tell
from schema.errors import Refusal
from schema.permissions import PERSONAL, decided
from schema.records import CompletionType, IdentifierType
from schema.replies import Replied, SourceCoverageType
from schema.scalars import KeyText, read_code, read_key
from schema.switchboard import line
from schema.texts import TextType
from schema.weights import costs

LONG: Final = 120


class Found(Enum):
    """What the sources together say of a certificate."""

    CONFIRMED = "CONFIRMED"
    NOT_FOUND = "NOT_FOUND"
    CONFLICTING = "CONFLICTING"
    UNDECIDED = "UNDECIDED"


tell(
    CertificateState,
    "What the authoritative source says of a certificate.",
    VALID="It is valid 有效.",
    EXPIRED="It has expired 已过期.",
    REVOKED="It was revoked 已撤销.",
)
tell(
    Found,
    "What the sources together say of a certificate.",
    name="CertificateFinding",
    CONFIRMED="A source knows it under this number and name 已查到.",
    NOT_FOUND="Every source that speaks for the issuer answered, and none knows it 未查到.",
    CONFLICTING="Sources say different things of it; all are shown 互相矛盾.",
    UNDECIDED="No source knows it, and not every one answered, or none speaks for the issuer 无法确定.",
)


@strawberry.type(name="Certificate", description="A certificate as its source vouches for it 证书.")
@decided(PERSONAL)
class CertificateType:
    """A certificate."""

    number: str | None = strawberry.field(description="Its number.")
    holder: str | None = strawberry.field(description="The name as printed.")
    outcome: IdentifierType | None = strawberry.field(name="identifier", description="What it is of.")
    title: TextType | None = strawberry.field(description="Its title.")
    issuer: IdentifierType | None = strawberry.field(description="Who issued it.")
    issued: CompletionType | None = strawberry.field(description="When it was issued.")
    valid_to: date | None = strawberry.field(description="The first day it is no longer valid.")
    state: CertificateState | None = strawberry.field(
        name="certificateState", description="What the source says of it."
    )
    proof: Proof | None = strawberry.field(description="What became of its signature.")


@strawberry.type(name="CertificateReply", description="What one source says of a certificate.")
@decided(PERSONAL)
class CertificateReplyType(Replied):
    """A source's reply."""

    records: list[CertificateType | None] | None = strawberry.field(
        name="certificates", metadata=costs(size=1), description="The certificate, if the source knows it."
    )


@strawberry.type(
    name="CertificateCheck", description="What came of verifying a certificate, and who said so."
)
@decided(PERSONAL)
class CertificateCheckType:
    """What came of verifying."""

    found: Found = strawberry.field(name="certificateFinding", description="What the sources say together.")
    coverage: SourceCoverageType | None = strawberry.field(description="Which sources asked and answered.")
    replies: list[CertificateReplyType | None] | None = strawberry.field(
        metadata=costs(size=4), description="One reply per source that speaks for the issuer."
    )


class Check(Struct, frozen=True):
    """What came of verifying."""

    found: Found
    coverage: Coverage
    replies: tuple[Reply[Certificate], ...]

    def __repr__(self) -> str:
        return "<Check, hidden>"


async def verify_certificate(
    info: Info,
    number: Annotated[str, argument("The number on it.")],
    name: Annotated[str, argument("The holder's name on it.")],
    issuer: Annotated[KeyText, argument("Who issued it.")],
) -> Any:
    """Ask the sources that speak for the issuer."""
    spoken = {"number": read_code(number), "name": _name(name), "issuer": read_key(issuer)}
    replies = await line(info).board.dispatch.certificate(**spoken, asking=line(info).asking())
    coverage = covered(replies)
    return Check(_finding(replies, coverage), coverage, replies)


def _name(name: str) -> str:
    if not name.strip() or len(name) > LONG or not name.isprintable():
        raise Refusal("LEARNER_MALFORMED", field="name", limit=LONG)
    return name.strip()


def _finding(replies: Iterable[Reply[Certificate]], coverage: Coverage) -> Found:
    given = [each for reply in replies for each in reply.records]
    if given:
        agreed = len({(each.state, each.valid_to) for each in given}) == 1
        return Found.CONFIRMED if agreed else Found.CONFLICTING
    return Found.NOT_FOUND if coverage.answered and coverage.complete else Found.UNDECIDED
