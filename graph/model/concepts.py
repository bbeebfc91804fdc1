"""The list of concepts: what each is called, where it stands in a bundle and in the graph."""

from __future__ import annotations

from dataclasses import dataclass

from graph.model.caps import Cap, Exclusion
from graph.model.framework import (
    Association,
    Framework,
    FrameworkItem,
    Industry,
    Position,
    Referencing,
    Region,
)
from graph.model.institutions import Agreement, Alliance, Decision, Institution, Membership, Method
from graph.model.outcomes import Mapping, Outcome, Programme, Unit
from graph.model.rules import Rule
from graph.model.schemes import CreditScheme, Factor, GradingScheme, Licence, Scheme, Source, TermCalendar
from graph.model.values import Text, Versioned


@dataclass(frozen=True, slots=True)
class Concept:
    """A kind of public thing.

    ``name`` is used in bundles and errors, ``label`` in the graph (its versions are ``<label>Version``),
    ``coded`` says that keys are ``scheme:edition:code`` (else a bare code), and ``stubs`` that an import
    may leave a counted stub where this is named and unknown; otherwise the naming line is refused.
    """

    name: str
    label: str
    struct: type[Versioned]
    file: str
    title: Text
    coded: bool = False
    stubs: bool = False


def _concept(
    struct: type[Versioned], file: str, zh: str, en: str, *, coded: bool = False, stubs: bool = False
) -> Concept:
    label = struct.__name__
    return Concept(label[0].lower() + label[1:], label, struct, file, Text(zh=zh, en=en), coded, stubs)


CONCEPTS: tuple[Concept, ...] = (
    _concept(Licence, "licences", "许可", "licence"),
    _concept(Source, "sources", "来源", "source"),
    _concept(Scheme, "schemes", "编码体系", "code scheme"),
    _concept(CreditScheme, "credit-schemes", "学分制", "credit scheme"),
    _concept(GradingScheme, "grading-schemes", "成绩制", "grading scheme"),
    _concept(Industry, "industries", "行业分类", "industry class", coded=True, stubs=True),
    _concept(Region, "regions", "行政区划", "region", coded=True, stubs=True),
    _concept(Position, "positions", "岗位", "position", coded=True),
    _concept(Institution, "institutions", "机构", "institution", coded=True, stubs=True),
    _concept(Alliance, "alliances", "联盟", "alliance"),
    _concept(Membership, "memberships", "联盟成员", "membership"),
    _concept(Decision, "decisions", "审核决定", "decision"),
    _concept(Factor, "factors", "学分折算系数", "credit factor"),
    _concept(TermCalendar, "term-calendars", "校历", "term calendar"),
    _concept(Framework, "frameworks", "框架", "framework edition", coded=True),
    _concept(FrameworkItem, "framework-items", "框架条目", "framework item", coded=True),
    _concept(Association, "associations", "条目关联", "item association"),
    _concept(Referencing, "referencings", "等级参照", "level referencing"),
    _concept(Unit, "units", "认证单元", "accreditation unit", coded=True, stubs=True),
    _concept(Outcome, "outcomes", "成果目录项", "outcome", coded=True, stubs=True),
    _concept(Programme, "programmes", "培养方案", "programme version", coded=True),
    _concept(Mapping, "mappings", "成果-单元对应", "mapping"),
    _concept(Agreement, "agreements", "互认协议", "agreement"),
    _concept(Method, "methods", "转换管理办法", "conversion method"),
    _concept(Rule, "rules", "转换规则", "conversion rule"),
    _concept(Cap, "caps", "上限", "cap"),
    _concept(Exclusion, "exclusions", "互斥", "exclusion"),
)
"""Every concept, each after those it may name (its own concept aside)."""

BY_NAME = {concept.name: concept for concept in CONCEPTS}
BY_STRUCT = {concept.struct: concept for concept in CONCEPTS}
BY_FILE = {concept.file: concept for concept in CONCEPTS}
