"""What a decoder's error says, as a finding: the field's path, a stable code, and the reason in Chinese."""

from __future__ import annotations

import re

import msgspec

from graph.exchange.columns import CellError
from graph.exchange.findings import Finding, found
from graph.model.concepts import Concept

_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(.*)`$")
_SHAPES = (
    (re.compile(r"^Expected `(.*)`, got `(.*)`$"), "应为 {0},得到 {1}"),
    (re.compile(r"^Expected `(\w+)` of length (\S+) (\d+)$"), "{0} 的长度应 {1} {2}"),
    (re.compile(r"^Expected `(\w+)` (\S+) (\S+)$"), "{0} 应 {1} {2}"),
    (re.compile(r"^Expected `str` matching regex (.*)$"), "应为首尾无空白的非空文本"),
    (re.compile(r"^Invalid enum value (.*)$"), "不在允许的取值之中:{0}"),
    (re.compile(r"^Invalid RFC3339 encoded (.*)$"), "不是有效的日期(如 2017-10-01)"),
    (re.compile(r"^Invalid decimal string$"), "不是有效的十进制数"),
    (re.compile(r"^Number out of range$"), "数值超出范围"),
    (re.compile(r"^Invalid value (.*)$"), "不在允许的取值之中:{0}"),
)

IN_CHINESE = {
    "an amount is a finite decimal of at most 1,000,000,000": "数额应为有限的十进制数,至多 1,000,000,000",
    "an amount has at most 4 decimal places": "数额至多四位小数",
    "credit is never negative": "学分不能为负",
    "a window's end must be after its start": "区间的终点必须晚于起点",
    "validTo must be after validFrom": "validTo 必须晚于 validFrom",
    "a mandate's end must be after its start": "授权的终点必须晚于起点",
    "a completion's last day is not before its first": "完成区间的末日不早于首日",
    "a credit scheme's step is positive": "学分制的步长必须为正",
    "a factor is positive": "折算系数必须为正",
    "a grading scheme has either ordered grades or a lowest and a highest number": "成绩制要么有序列成绩,要么有最低与最高分",
    "the pass mark is not a grade of the scheme": "及格成绩不在成绩制之中",
    "a term's end must be after its start": "学期的终点必须晚于起点",
    "two statements of one unit share a code": "同一单元的两条学习成果描述代码相同",
    "hours are never negative": "学时不能为负",
    "n belongs to CREDITS and COURSES, and to them only": "n 只用于 CREDITS 与 COURSES,且必须给出",
    "n is never negative": "n 不能为负",
    "blocks are nested too deeply": "模块嵌套过深",
    "two blocks of one programme share a code": "同一培养方案的两个模块代码相同",
    "a mapping lists the statements covered, or is whole": "对应关系要么列出所覆盖的描述,要么 whole 为真",
    "a fixed credit belongs to the rule FIXED, and to it only": "fixed 只用于 FIXED,且必须给出",
    "ratio and scheme belong to the rule RATIO, and to it only": "ratio 与 scheme 只用于 RATIO,且必须给出",
    "gradeAt belongs to CAPPED and FIXED, and to them only": "gradeAt 只用于 CAPPED 与 FIXED,且必须给出",
    "a denial names one target at most": "一条否定至多指明一个对象",
    "a fee is never negative": "费用不能为负",
    "a rule grants or denies, never both": "一条规则要么授予,要么否定",
    "a rule that grants has no empty alternative": "授予的规则不得有空的备选组",
    "a cap names just what its scope is counted over": "上限只指明其范围所需的对象",
    "a cap has one limit: credit, count or share": "上限只有一个限额:学分、门数或份额",
    "a cap's limit is of its measure": "上限的限额应与其计量一致",
    "a cap by count always refuses": "按门数的上限一律拒绝超出部分",
    "a share is at most the whole": "份额不超过全部",
}
"""What the model itself refuses; a test keeps the list complete."""


def of_error(error: Exception, concept: Concept, file: str, line: int, place: str = "") -> Finding:
    """Return the finding that tells why a line was not decoded; ``place`` leads its field's path."""
    if isinstance(error, CellError):
        return found("TYPE", file, line, error.field, concept=concept.file, zh=error.zh, en=error.en)
    if isinstance(error, msgspec.ValidationError):
        return _of_value(str(error), concept, file, line, place)
    return found("SYNTAX", file, line, place, why=_syntax(error))


def _syntax(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return "not UTF-8" if isinstance(error, UnicodeError) else str(error) or type(error).__name__


def _of_value(message: str, concept: Concept, file: str, line: int, place: str) -> Finding:
    parts = _PATH.match(message)
    what = parts["what"] if parts else message
    path = place + (parts["path"] or "$" if parts else "$").removeprefix("$")
    for code, shape in (("FIELD_UNKNOWN", _UNKNOWN), ("FIELD_MISSING", _MISSING)):
        if match := shape.match(what):
            return found(code, file, line, f"{path}.{match[1]}".lstrip("."), concept=concept.file)
    code = "VALUE" if what in IN_CHINESE else "TYPE"
    return found(code, file, line, path.lstrip("."), concept=concept.file, zh=in_chinese(what), en=what)


def in_chinese(what: str) -> str:
    """Return a refusal of the model or the decoder in Chinese."""
    if what in IN_CHINESE:
        return IN_CHINESE[what]
    for shape, text in _SHAPES:
        if match := shape.match(what):
            return text.format(*match.groups())
    return what
