"""Institutions, the alliance, and the papers between them: agreements, methods, decisions."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated

from msgspec import Meta

from graph.model.values import Code, Key, Line, LongText, Text, Value, Versioned


class InstitutionKind(Enum):
    """What an institution is; one may be several."""

    UNIVERSITY = "UNIVERSITY"
    OPEN_UNIVERSITY = "OPEN_UNIVERSITY"
    HIGHER_VOCATIONAL_COLLEGE = "HIGHER_VOCATIONAL_COLLEGE"
    SECONDARY_SCHOOL = "SECONDARY_SCHOOL"
    TECHNICIAN_SCHOOL = "TECHNICIAN_SCHOOL"
    ASSOCIATION = "ASSOCIATION"
    COMPANY = "COMPANY"
    EVALUATION_ORGANISATION = "EVALUATION_ORGANISATION"
    GOVERNMENT_BODY = "GOVERNMENT_BODY"
    CREDIT_BANK = "CREDIT_BANK"
    SUB_CENTRE = "SUB_CENTRE"
    ACCREDITATION_POINT = "ACCREDITATION_POINT"


class Mandate(Value, frozen=True):
    """What an institution may accredit, where, and until when 认证授权."""

    code: Code
    regions: Annotated[tuple[Key, ...], Meta(max_length=40)] = ()
    industries: Annotated[tuple[Key, ...], Meta(max_length=40)] = ()
    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.start >= self.end:
            raise ValueError("a mandate's end must be after its start")


class Institution(Versioned, frozen=True):
    """An institution 机构: school, association, company, or a sub-centre of the accreditation service."""

    title: Text
    kinds: Annotated[tuple[InstitutionKind, ...], Meta(max_length=6)] = ()
    other_names: Annotated[tuple[Text, ...], Meta(max_length=20)] = ()
    parent: Key | None = None
    region: Key | None = None
    industries: Annotated[tuple[Key, ...], Meta(max_length=40)] = ()
    mandates: Annotated[tuple[Mandate, ...], Meta(max_length=40)] = ()
    credit_scheme: Code | None = None


class Alliance(Versioned, frozen=True):
    """An alliance 联盟 of institutions that recognise each other's outcomes; there are several."""

    title: Text
    founded: date | None = None


class Membership(Versioned, frozen=True):
    """An institution's membership 联盟成员; its valid window says from when to when."""

    alliance: Key
    institution: Key
    batch: Line = ""


class Article(Value, frozen=True):
    """An article 条款 of an agreement or a method."""

    code: Code
    text: LongText


class Signature(Value, frozen=True):
    """One side's signature; a party without one has not signed."""

    party: Key
    on: date


class Agreement(Versioned, frozen=True):
    """A mutual-recognition agreement 互认协议; its window is the valid window."""

    title: Text
    parties: Annotated[tuple[Key, ...], Meta(min_length=1, max_length=40)]
    alliance: Key | None = None
    articles: Annotated[tuple[Article, ...], Meta(max_length=200)] = ()
    signatures: Annotated[tuple[Signature, ...], Meta(max_length=40)] = ()
    articulation: bool = False
    content_hash: Line = ""
    supersedes: Key | None = None


class Method(Versioned, frozen=True):
    """A conversion method 转换管理办法: an institution's regulation, cited by article."""

    institution: Key
    title: Text
    articles: Annotated[tuple[Article, ...], Meta(max_length=200)] = ()


class Decision(Versioned, frozen=True):
    """A review decision 审核决定: who decided what, when, by which document. Names no person."""

    title: Text
    body: Key
    on: date
    document: Line = ""
