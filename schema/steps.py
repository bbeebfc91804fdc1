"""What to do next: for each verdict just one step, and just one actor who takes it, in both languages."""

# ruff: noqa: E501 - a table

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from graph.model.values import Text
from graph.model.verdicts import Verdict
from schema.enums import tell


class Actor(Enum):
    """Who must act."""

    LEARNER = "LEARNER"
    REGISTRAR = "REGISTRAR"
    EXPERT = "EXPERT"
    OTHER_INSTITUTION = "OTHER_INSTITUTION"
    OPERATOR = "OPERATOR"


class NextStep(Enum):
    """What is to be done."""

    APPLY = "APPLY"
    CHOOSE_WITHIN_CAP = "CHOOSE_WITHIN_CAP"
    ASK_AGAIN = "ASK_AGAIN"
    CHECK_CONDITION = "CHECK_CONDITION"
    VERIFY_RESULT = "VERIFY_RESULT"
    CHOOSE_OTHER_EVIDENCE = "CHOOSE_OTHER_EVIDENCE"
    NOTHING = "NOTHING"
    STUDY_THE_TARGET = "STUDY_THE_TARGET"
    WAIT = "WAIT"
    EARN_THE_REST = "EARN_THE_REST"
    REVIEW_WINDOW = "REVIEW_WINDOW"
    USE_LATER_VERSION = "USE_LATER_VERSION"
    EARN_EVIDENCE = "EARN_EVIDENCE"
    PROPOSE_RULE = "PROPOSE_RULE"


class Step(NamedTuple):
    """A verdict in words, the one next step, and who takes it."""

    means: Text
    step: NextStep
    actor: Actor
    text: Text


def _step(actor: Actor, step: NextStep, zh: str, en: str, do_zh: str, do_en: str) -> Step:
    return Step(Text(zh=zh, en=en), step, actor, Text(zh=do_zh, en=do_en))


STEPS: Final = {
    Verdict.MEETS_RULE: _step(Actor.LEARNER, NextStep.APPLY, "符合规则", "meets the rule", "向接收机构提出申请,由接收机构决定。", "Apply to the receiving institution, which decides."),
    Verdict.CAPPED: _step(Actor.LEARNER, NextStep.CHOOSE_WITHIN_CAP, "受上限限制", "is capped", "在上限之内选择要申请的学分。", "Choose what to apply for within the cap."),
    Verdict.UNDECIDED: _step(Actor.OPERATOR, NextStep.ASK_AGAIN, "尚不能判定", "is undecided", "恢复没有应答的来源后重新查询。", "Bring the silent sources back, then ask again."),
    Verdict.CONDITIONAL: _step(Actor.REGISTRAR, NextStep.CHECK_CONDITION, "有待核对的条件", "is conditional", "由教务人员核对所列条件。", "Have the registrar check the open conditions."),
    Verdict.UNVERIFIED: _step(Actor.OTHER_INSTITUTION, NextStep.VERIFY_RESULT, "证据未核验", "rests on unverified evidence", "请颁发机构核验该成果。", "Have the issuing institution verify the result."),
    Verdict.EXCLUDED: _step(Actor.LEARNER, NextStep.CHOOSE_OTHER_EVIDENCE, "被排除", "is excluded", "改用其他成果作为证据。", "Use other results as evidence."),
    Verdict.ALREADY_HELD: _step(Actor.LEARNER, NextStep.NOTHING, "已经取得", "is already held", "无须办理。", "Nothing is to be done."),
    Verdict.DENIED: _step(Actor.LEARNER, NextStep.STUDY_THE_TARGET, "不予认定", "is denied", "须修读该课程。", "Study the target itself."),
    Verdict.NOT_YET_VALID: _step(Actor.LEARNER, NextStep.WAIT, "尚未生效", "is not valid yet", "等到开放之后再申请。", "Wait until it opens."),
    Verdict.PARTIAL: _step(Actor.LEARNER, NextStep.EARN_THE_REST, "部分满足", "is met in part", "补足所缺的部分。", "Earn what is still missing."),
    Verdict.OUT_OF_WINDOW: _step(Actor.REGISTRAR, NextStep.REVIEW_WINDOW, "不在有效期内", "is out of its window", "请教务人员查明是否有过渡办法。", "Ask the registrar whether a transitional rule applies."),
    Verdict.SUPERSEDED: _step(Actor.LEARNER, NextStep.USE_LATER_VERSION, "已被新版本取代", "is superseded", "改按后续版本申请。", "Apply under the later version."),
    Verdict.NOT_MET: _step(Actor.LEARNER, NextStep.EARN_EVIDENCE, "不符合", "is not met", "取得条件所要求的成果。", "Earn what the clauses ask for."),
    Verdict.NOT_EVALUATED: _step(Actor.EXPERT, NextStep.PROPOSE_RULE, "没有规则涉及", "is named by no rule", "可由专家提出转换规则。", "Have an expert propose a rule."),
}  # fmt: skip

tell(
    Verdict,
    "What is said of a rule version and a target 判定. Never merged into 'no'; MEETS_RULE is not a grant.",
    **{verdict.name: f"It {step.means.en} {step.means.zh}." for verdict, step in STEPS.items()},
)
tell(
    NextStep,
    "What is to be done 下一步.",
    **{step.step.name: f"{step.text.en} {step.text.zh}" for step in STEPS.values()},
)
tell(
    Actor,
    "Who must act 办理人.",
    LEARNER="The learner 学习者.",
    REGISTRAR="The receiving institution's registrar 教务人员.",
    EXPERT="An expert who writes rules 专家.",
    OTHER_INSTITUTION="Another institution, such as the issuer 其他机构.",
    OPERATOR="The operator of the hub 运维人员.",
)
