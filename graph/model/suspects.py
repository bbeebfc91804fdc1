"""What may be suspect of a rule version, and why one never fires: a sentence for each, in both languages."""

# ruff: noqa: E501 - a table

from __future__ import annotations

from typing import Final

from graph.model.values import Text
from graph.model.warnings import Cause, Suspect

_SUSPECTS: Final = {
    "NEVER_FIRES": ("永不成立:规则或其一个备选组无人能满足", "nothing can ever meet it, or one of its alternatives"),
    "SHADOWED": ("被遮蔽:凡满足它者必先满足编号更小的另一规则", "another rule of smaller number is met whenever it is"),
    "OVERLAP": ("重叠:另一规则的条件、目标和编号与它相同", "another rule has its clauses, target and number"),
    "EQUAL_DENIAL": ("同号禁止:同编号的禁止规则使它无效", "a denial of equal number bars it"),
    "LEVEL_LIFT": ("等级抬升:目标等级高于所要求的成果,且无衔接约定", "its target's level is above all it asks for, without articulation"),
    "NO_FACTOR": ("无换算:所需学分制之间没有公布折算系数", "no factor leads from one credit scheme to another that it needs"),
    "REPEATABLE_TARGET": ("重复授予:可多次使用,但目标只计一次", "it may be applied again, to a target that counts once"),
    "EXPIRES": ("即将失效:有效期即将结束", "its window ends soon"),
    "DANGLING": ("悬空引用:所提及的事物不存在", "it names what is not there"),
}  # fmt: skip
_CAUSES: Final = {
    "EMPTY_WINDOW": ("规则、协议与成员资格的有效期没有共同的一天", "no day lies in its window, its agreement's and the memberships"),
    "RETIRED_OUTCOME": ("所要求的成果在规则生效前已停用", "an outcome it asks for ended before its window opens"),
    "GRADE_UNREACHABLE": ("最低成绩不在其成绩制之内", "a minimum grade is not in its scheme"),
    "POOL_TOO_LARGE": ("学分池要求的学分多于所列成果之和", "a pool asks for more credit than its outcomes have"),
}  # fmt: skip

SUSPECTS: Final = {Suspect(name): Text(zh=zh, en=en) for name, (zh, en) in _SUSPECTS.items()}
CAUSES: Final = {Cause(name): Text(zh=zh, en=en) for name, (zh, en) in _CAUSES.items()}
