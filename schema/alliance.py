"""The questions to members; inherited by the root."""

from __future__ import annotations

import strawberry

from schema.asking import Connection
from schema.certificates import CertificateCheckType, verify_certificate
from schema.learners import LearnerType, find_learner
from schema.members import MemberType, find_members
from schema.offerings import CatalogueReplyType, OfferingsReplyType, find_catalogue, find_offerings
from schema.permissions import GOVERNING, OPEN, PERSONAL, access, decided
from schema.ties import TieType, find_ties
from schema.weights import costs


@strawberry.type
@decided(OPEN)
class MembersAsked:
    """Whatever crosses to a source may be null."""

    learner: LearnerType | None = strawberry.field(
        resolver=find_learner,
        metadata=access(PERSONAL),
        description="One learner 学习者, for a purpose: only linked sources with consent are asked.",
    )
    verify_certificate: CertificateCheckType | None = strawberry.field(
        resolver=verify_certificate,
        metadata=access(PERSONAL) | costs(200),
        description="A certificate verified by number and name at the sources that speak for its issuer.",
    )
    offerings: list[OfferingsReplyType | None] | None = strawberry.field(
        resolver=find_offerings,
        metadata=costs(200, size=8),
        description="Courses open to learners of other members 开放课程, a reply per source.",
    )
    catalogue: CatalogueReplyType | None = strawberry.field(
        resolver=find_catalogue,
        metadata=access(GOVERNING) | costs(200),
        description="One source's catalogue as it sends it; nothing of it is published by asking.",
    )
    members: list[MemberType] = strawberry.field(
        resolver=find_members,
        metadata=costs(size=10),
        description="The members and their sources, in order of codes.",
    )
    ties: Connection[TieType] = strawberry.field(
        resolver=find_ties, description="Ties of sources' codes to outcomes, in order of source and code."
    )
