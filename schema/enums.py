"""The closed lists of the API: what each list is, and what each of its values means."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry

from graph.model.framework import SuccessionKind
from graph.model.institutions import InstitutionKind
from graph.model.learning import Obtained, ResultStatus, Verification
from graph.model.outcomes import OutcomeClass, OutcomeKind, RequirementKind, Tier
from graph.model.rules import Basis, CreditRule, GradeTreatment, TargetState, WaiverMode
from graph.model.values import Stage, Status
from graph.ranking import OrderBy
from graph.search.index import FoundBy


def tell(enum: type[Enum], description: str, *, name: str | None = None, **values: str) -> None:
    """Register a canonical enum with the API, by default under its own name; every value must be told."""
    strawberry.enum(enum, name=name, description=description)
    definition: Any = vars(enum)["__strawberry_definition__"]
    if {value.name for value in definition.values} != set(values):
        raise ValueError(f"{enum.__name__}: every value needs its description, and no other")
    for value in definition.values:
        value.description = values[value.name]


tell(
    Status,
    "Where a governed thing stands in its life.",
    DRAFT="Being written 草拟.",
    SUBMITTED="Handed in for review 已提交.",
    APPROVED="Approved, not yet published 已批准.",
    PUBLISHED="Published, and so immutable 已发布.",
    SUSPENDED="Published, but not to be used for now 暂停.",
    RETIRED="No longer in use 停用.",
)
tell(
    Stage,
    "Educational stages, lowest first.",
    SECONDARY="Secondary 中等.",
    HIGHER_VOCATIONAL="Higher vocational 高职专科.",
    UNDERGRADUATE="Undergraduate 本科.",
    POSTGRADUATE="Postgraduate 研究生.",
)
tell(
    SuccessionKind,
    "How a code gave way to another.",
    SPLIT="Split into several 拆分.",
    MERGE="Merged with others 合并.",
    RENAME="Given another name 更名.",
)
tell(
    InstitutionKind,
    "What an institution is; one may be several.",
    UNIVERSITY="University 普通高校.",
    OPEN_UNIVERSITY="Open university 开放大学.",
    HIGHER_VOCATIONAL_COLLEGE="Higher vocational college 高职院校.",
    SECONDARY_SCHOOL="Secondary school 中等学校.",
    TECHNICIAN_SCHOOL="Technician school 技工院校.",
    ASSOCIATION="Association 行业协会.",
    COMPANY="Company 企业.",
    EVALUATION_ORGANISATION="Training and evaluation organisation 培训评价组织.",
    GOVERNMENT_BODY="Government body 政府机构.",
    CREDIT_BANK="Credit bank 学分银行.",
    SUB_CENTRE="Sub-centre of the accreditation service 认证分中心.",
    ACCREDITATION_POINT="Accreditation point 认证点.",
)
tell(
    OutcomeKind,
    "What an outcome is.",
    COURSE="A course 课程.",
    CERTIFICATE="A certificate 证书.",
    PROGRAMME="A programme 专业.",
    EXAM="An exam 考试.",
    EXPERIENCE="A kind of experience 经历.",
)
tell(
    OutcomeClass,
    "The framework's three classes of outcomes.",
    DEGREE="Of degree education 学历教育.",
    NON_DEGREE="Of non-degree education 非学历教育.",
    NO_FIXED_FORM="Of no fixed form 无一定形式.",
)
tell(
    Tier,
    "A certificate's tier 级别, lowest first.",
    ELEMENTARY="初级.",
    INTERMEDIATE="中级.",
    ADVANCED="高级.",
)
tell(
    RequirementKind,
    "What a block asks for.",
    ALL_OF="All of its outcomes 全部.",
    CREDITS="So many credits of them 学分数.",
    COURSES="So many courses of them 门数.",
)
tell(
    Basis,
    "Which day a rule's window is tested on.",
    COMPLETION="The latest completion among the evidence 取得日期.",
    APPLICATION="The day one applies 申请日期.",
)
tell(
    TargetState,
    "How the learner stands to a target.",
    HELD="Already held 已取得.",
    FAILED="Taken and failed 未通过.",
    REGISTERED="Registered for 已选修.",
)
tell(
    WaiverMode,
    "What is waived.",
    FULL="Attendance and exam 免修免考.",
    ATTENDANCE="Attendance only 免修不免考.",
    EXAM="Exam only 免考.",
)
tell(
    GradeTreatment,
    "What is recorded as the grade.",
    PASS_WORD="The pass word 合格.",  # noqa: S106 - a mark, no secret
    CARRIED="The lowest grade of the evidence 原成绩.",
    CAPPED="The lowest grade of the evidence, at most a given one 封顶.",
    FIXED="A given grade 固定成绩.",
)
tell(
    CreditRule,
    "Where a grant's credit comes from.",
    CATALOGUE="The target's catalogue credit 目录学分.",
    FIXED="A fixed credit 固定学分.",
    RATIO="A ratio of the evidence's credit 按比例.",
)
tell(
    OrderBy,
    "What a list is ordered by.",
    CODE="By key: scheme, edition and code; rules by their code.",
    TITLE="By the Chinese title, or the English one where that is missing, by code point.",
    TITLE_EN="By the English title, or the Chinese one where that is missing, by code point.",
    CREDIT="By credit scheme, and in each by the amount.",
    LEVEL="By framework edition, and in each by the ordinal.",
    VALID_FROM="By the first valid day; what always was comes first.",
)
tell(
    FoundBy,
    "How a search found a thing, best first.",
    CODE="Its code, or its whole key, is the text 编码.",
    CODE_PREFIX="Its code, or its whole key, begins with the text, in which a digit or a sign is 编码开头.",
    TITLE="One of its titles is the text 名称.",
    PREFIX="One of its titles begins with the text 名称开头.",
    WORDS="Its titles hold every part of the text 名称词语.",
)
tell(
    ResultStatus,
    "Where a result stands.",
    COMPLETED="Completed 已完成.",
    IN_PROGRESS="In progress 修读中.",
    REVOKED="Revoked 已撤销.",
    FAILED="Failed 未通过.",
)
tell(
    Obtained,
    "How a result was obtained.",
    STUDY="By study 修读.",
    EXAM="By an exam 考试.",
    TRAINING="By training 培训.",
    EXPERIENCE="By experience 经历.",
    CONVERSION="By a conversion, so never evidence 转换.",
)
tell(
    Verification,
    "Whether a result's source confirmed it.",
    VERIFIED="Confirmed 已核验.",
    UNVERIFIED="Not confirmed 未核验.",
    CONFLICTING="Two records differ 相互矛盾.",
)
