"""Why a test failed or stayed open, in the words of a registrar: one sentence for each reason, in both languages."""

from __future__ import annotations

from typing import Final

from graph.model.trees import Reason
from graph.model.values import Text
from schema.enums import tell

_TABLE: Final = {
    "HELD": ("该课程已经取得", "the target is already held"),
    "GRANTED_BEFORE": ("此前的认定已经给予", "an earlier application granted it"),
    "TARGET_STATE": ("学习者与该课程的关系不符合规则要求", "the learner does not stand to the target as the rule requires"),
    "NON_EXEMPTIBLE": ("培养方案规定该课程不可免修", "the programme version never exempts the target"),
    "TARGET_GRADE": ("成绩低于模块规定的最低成绩", "the grade is below the block's minimum"),
    "PROGRAMME_UNKNOWN": ("申请日没有有效的培养方案版本", "no version of the programme is live on the day"),
    "NO_ARTICULATION": ("规则写明没有可以对应的成果", "the rule says that nothing articulates"),
    "CLAUSE_MISSING": ("缺少条件所要求的成果", "a result that a clause asks for is missing"),
    "JOINT": ("各条件分别满足,但证据不能同时使用", "each clause is met, but the evidence does not fit together"),
    "FREE_TEXT": ("有一项文字条件须由人核对", "a condition in words must be checked by a person"),
    "STATEMENTS_MISSING": ("单元的部分学习成果描述尚未覆盖", "statements of the unit are not covered"),
    "CREDIT_MISSING": ("学分不足", "the credit does not suffice"),
    "COMPLETED_LATER": ("成果在申请日之后取得", "the result was completed after the application date"),
    "IN_PROGRESS": ("成果尚未完成", "the result is in progress"),
    "FAILED": ("成果未通过", "the result was failed"),
    "REVOKED": ("成果已被撤销", "the result was revoked"),
    "BELOW_PASS": ("成绩低于及格线", "the grade is below the pass mark"),
    "EXPIRED": ("成果已过有效期", "the result is no longer valid"),
    "CONVERTED": ("成果由转换取得,不能再次转换", "the result came of a conversion and cannot be converted again"),
    "UNVERIFIED": ("成果尚未核验", "the result is not verified"),
    "COMPLETION_UNKNOWN": ("不知道取得日期", "the day of completion is not known"),
    "COMPLETION_IMPRECISE": ("取得日期不够精确", "the day of completion is not precise enough"),
    "GRADE_UNKNOWN": ("不知道成绩,或成绩制不可比", "the grade is not known or not comparable"),
    "GRADE_BELOW": ("成绩低于规则要求", "the grade is below what the rule asks"),
    "TOO_OLD": ("成果取得时间过久", "the result is too old"),
    "ISSUER": ("颁发机构不在规则所列之内", "the issuer is not among those accepted"),
    "ISSUER_UNKNOWN": ("不知道颁发机构", "the issuer is not known"),
    "ISSUERS_DIFFER": ("证据须由同一机构颁发", "the evidence must come from one issuer"),
    "ATTEMPTS": ("考试次数过多", "there were too many attempts"),
    "ATTEMPTS_UNKNOWN": ("不知道考试次数", "the number of attempts is not known"),
    "STAGE": ("教育层次过低", "the educational stage is too low"),
    "STAGE_UNKNOWN": ("不知道教育层次", "the educational stage is not known"),
    "TAGS": ("成果没有规则要求的标签", "the outcome has none of the tags asked for"),
    "OUTCOME_UNKNOWN": ("成果目录中没有该成果", "the outcome is not in the catalogue"),
    "CREDIT_UNKNOWN": ("不知道学分", "the credit is not known"),
    "NO_FACTOR": ("两种学分制之间没有公布折算系数", "no factor is declared between the credit schemes"),
    "CREDIT_BELOW": ("成果学分低于目标学分", "the evidence's credit is below the target's"),
    "CREDIT_CONFLICT": ("可用学分与取得学分不一致", "the available credit differs from the earned"),
    "MAPPING_WINDOW": ("成果与单元的对应当时无效", "the mapping was not valid then"),
    "BEFORE": ("日期早于有效期", "the day is before the window"),
    "AFTER": ("日期晚于有效期", "the day is after the window"),
    "GAP": ("日期落在两个有效期之间", "the day is in a gap between windows"),
    "NOT_OPEN": ("尚未开放", "it is not open yet"),
    "UNSIGNED": ("协议尚未全部签署", "the agreement is not signed by every party"),
    "SUPERSEDED": ("已有后续版本", "a later version takes its place"),
    "DENIED": ("有规则明确禁止", "a denial forbids it"),
    "DENIAL_OPEN": ("可能有规则禁止,须核对", "a denial may forbid it"),
    "CLASH": ("证据相互冲突,不能同时使用", "results that clash are never used together"),
    "CONSUMED": ("证据已在此前的认定中使用", "the evidence was used by an earlier application"),
    "EXCLUSION": ("互斥:同组的另一成果已经计入", "an exclusion: another of its set counts already"),
    "REPEAT": ("该规则已达到可使用次数", "the rule was used as often as it may be"),
    "LEVEL_INCOMPARABLE": ("等级不可比", "the levels cannot be compared"),
    "LEVEL_ABOVE": ("目标等级高于证据的等级", "the target's level is above the evidence's"),
    "TOTAL_UNDECLARED": ("上限所依据的总量未公布", "the total that a cap is a share of is not declared"),
    "OVER_CAP": ("超过上限", "it goes beyond a cap"),
    "SCHEMES_DIFFER": ("成绩制不同", "the grading schemes differ"),
    "SILENT": ("有来源没有应答,其数据可能改变结果", "a silent source could change the answer"),
    "SEARCH_LIMIT": ("搜索达到上限", "the search reached its limit"),
}  # fmt: skip

REASONS: Final = {Reason(name): Text(zh=zh, en=en) for name, (zh, en) in _TABLE.items()}

tell(
    Reason,
    "Why a test failed or stayed open 原因.",
    **{name: f"{en[0].upper()}{en[1:]} {zh}." for name, (zh, en) in _TABLE.items()},
)
