"""What pass 1 may say of a bundle: the closed table of findings, in both languages, with remedies."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from graph.model.values import Text, Value

CLIP = 200


class Severity(Enum):
    """ERROR refuses the line (or the file); WARNING and NOTE refuse nothing."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    NOTE = "NOTE"


class Kind(Value, frozen=True):
    """One row of the table. ``whole`` says that it refuses the whole file, whatever ``partial`` says."""

    code: str
    reason: Text
    remedy: Text
    severity: Severity = Severity.ERROR
    whole: bool = False


class Finding(Value, frozen=True):
    """One thing found: where, what, why, and what to do. ``line`` counts from 1; 0 is the file as a whole."""

    file: str
    line: int
    field: str
    code: str
    severity: Severity
    reason: Text
    remedy: Text


class Refused(Exception):
    """A file, or the whole bundle, cannot be read any further; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.file}:{finding.line}: {finding.code} {finding.reason.en}")
        self.finding = finding


def found(code: str, file: str, line: int = 0, field: str = "", /, **facts: object) -> Finding:
    """Return the finding of ``code`` at a place; ``facts`` fill the blanks of its texts."""
    kind = KINDS[code]
    shown = {"field": field or "-"} | {name: _clipped(fact) for name, fact in facts.items()}
    return Finding(
        file=file,
        line=line,
        field=field,
        code=code,
        severity=kind.severity,
        reason=_filled(kind.reason, shown),
        remedy=_filled(kind.remedy, shown),
    )


def refused(code: str, file: str, line: int = 0, field: str = "", /, **facts: object) -> Refused:
    """Return the exception that ends the reading of a file."""
    return Refused(found(code, file, line, field, **facts))


def _clipped(fact: object) -> str:
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(fact))
    return text if len(text) <= CLIP else text[: CLIP - 1] + "…"


def _filled(text: Text, facts: Mapping[str, str]) -> Text:
    return Text(zh=text.zh.format_map(facts)[:400], en=text.en.format_map(facts)[:400])


def _kind(
    code: str, zh: str, en: str, do_zh: str, do_en: str, *, is_: str = "ERROR", whole: bool = False
) -> Kind:
    return Kind(
        code=code,
        reason=Text(zh=zh, en=en),
        remedy=Text(zh=do_zh, en=do_en),
        severity=Severity(is_),
        whole=whole,
    )


# fmt: off
_FILES = (
    _kind("NOT_A_BUNDLE", "打不开:{why}", "cannot be opened: {why}", "给出含 bundle.json 的文件夹或 zip,或用 --mapping 指定映射", "give a folder or zip with a bundle.json, or name a mapping with --mapping", whole=True),
    _kind("PATH_UNSAFE", "路径越出数据包:{name}", "the path leaves the bundle: {name}", "文件直接放在数据包内,名称不含路径、符号链接或反斜杠", "put files directly into the bundle: plain names, no links, no backslashes", whole=True),
    _kind("ZIP_UNSAFE", "压缩包不安全:{why}", "the zip is not safe: {why}", "重新以 store 或 deflate 方式打包,或改用文件夹", "pack again with store or deflate, or hand in a folder", whole=True),
    _kind("FILE_TOO_LARGE", "文件过大:{size} 字节,上限 {limit}", "the file is too large: {size} bytes, at most {limit}", "拆成多个文件,并在 bundle.json 的 files 中列出", "split it into several files and list them under files in bundle.json", whole=True),
    _kind("MANIFEST_INVALID", "bundle.json 无效:{why}", "bundle.json is not valid: {why}", "对照 docs/bundle.md 修改该字段", "compare the field with docs/bundle.md", whole=True),
    _kind("FILE_MISSING", "清单列出的文件不存在:{name}", "the manifest lists a file that is not there: {name}", "补上该文件,或从 files 中删去", "add the file, or remove it from files", whole=True),
    _kind("FILE_IGNORED", "文件未读取:不知其为何种概念", "the file was not read: it is not known what it holds", "按 <概念>.csv 或 <概念>.jsonl 命名,或在 files 中写明 concept", "call it <concept>.csv or <concept>.jsonl, or give its concept under files", is_="NOTE"),
    _kind("ENCODING_UNKNOWN", "不支持的编码:{encoding}", "the encoding is not supported: {encoding}", "使用 utf-8 或 gb18030", "use utf-8 or gb18030", whole=True),
    _kind("ENCODING_WRONG", "不是 {encoding} 编码", "the text is not {encoding}", "{do_zh}", "{do_en}", whole=True),
    _kind("BINARY", "不是文本文件(含零字节)", "the file is no text (it holds zero bytes)", "交 CSV 或 JSON Lines 文本;表格请另存为 CSV UTF-8", "hand in CSV or JSON Lines text; save spreadsheets as CSV UTF-8", whole=True),
    _kind("LINE_TOO_LONG", "一行超过 {limit} 字节", "a line is longer than {limit} bytes", "每行一个对象;检查是否缺少换行或引号未闭合", "one object per line; look for missing newlines or an open quote", whole=True),
    _kind("TOO_MANY_REFUSED", "已拒绝 {count} 行,不再读下去", "{count} lines are refused; the rest was not read", "先改正已列出的问题,再次校验", "correct what is listed, then validate again", whole=True),
    _kind("COLUMN_UNKNOWN", "未知的列:{field}", "unknown column: {field}", "改为已知列({known}),或用 mapping 对应", "use a known column ({known}), or map it", whole=True),
    _kind("COLUMN_MISSING", "缺少列:{field}", "the column is missing: {field}", "补上该列;现有列:{known}", "add the column; there are: {known}", whole=True),
    _kind("COLUMN_TWICE", "列重复:{field}", "the column comes twice: {field}", "删去或改名其中一列", "remove or rename one of them", whole=True),
    _kind("MAPPING_INVALID", "映射有误:{why}", "the mapping is wrong: {why}", "对照 docs/bundle.md 的“映射”一节", "compare it with the section on mappings in docs/bundle.md", whole=True),
)

_LINES = (
    _kind("SYNTAX", "语法错误:{why}", "the line cannot be read: {why}", "每行写一个完整的 JSON 对象;CSV 检查引号与列数", "write one whole JSON object per line; in CSV check quotes and the number of cells"),
    _kind("FIELD_UNKNOWN", "未知字段:{field}", "unknown field: {field}", "删去该字段或改正拼写;字段表见 bundle schema {concept}", "remove the field or correct its spelling; see bundle schema {concept}"),
    _kind("FIELD_MISSING", "缺少字段:{field}", "the field is missing: {field}", "补上该字段;字段表见 bundle schema {concept}", "add the field; see bundle schema {concept}"),
    _kind("TYPE", "类型或取值不对:{zh}", "wrong type or value: {en}", "按 bundle schema {concept} 改正", "correct it as bundle schema {concept} says"),
    _kind("VALUE", "取值不成立:{zh}", "the value does not hold: {en}", "改正该值", "correct the value"),
    _kind("WORD_UNKNOWN", "词表中没有:{word}", "not in the table of words: {word}", "在映射的 words 中补上该词,或改正数据", "add the word to words in the mapping, or correct the data"),
    _kind("ROW_SKIPPED", "按映射的 skip 略去此行", "the row is left out, as the mapping's skip says", "无需处理", "nothing to do", is_="NOTE"),
    _kind("TITLE_MISSING", "没有任何语言的名称", "there is no title in any language", "至少给出 title.zh 或 title.en", "give title.zh or title.en at least"),
    _kind("KEY_INVALID", "标识不合格式:{key}", "not a well-formed key: {key}", "写成 体系:版本:代码,无版本时版本写 -", "write scheme:edition:code, with - where there is no edition"),
    _kind("PREFIX_WRONG", "代码 {code} 的字母前缀与上级 {ancestor} 不符", "the letter of {code} is not that of its ancestor {ancestor}", "改正前缀或移到正确的门类下", "correct the letter, or move the node below the right section"),
    _kind("PLACE_WRONG", "代码 {code} 在文件中位于 {parent} 之下,按编号应属 {right}", "{code} stands below {parent} in the file, but its number belongs to {right}", "已按编号归类;请核对来源", "it was placed by its number; check the source", is_="WARNING"),
    _kind("DUPLICATE", "重复:{key} 已在前面给出", "a duplicate: {key} was given before", "删去一行,或给出不同的 version", "remove one of the lines, or give them different versions"),
    _kind("VERSION_IMMUTABLE", "{key} 的版本 {version} 已发布,内容不可更改", "version {version} of {key} is published and never changes", "给出新的 version(或不写),或只改 validTo、status", "give it a new version (or none), or change validTo or status only"),
    _kind("VERSION_TWICE", "{key} 在同一次导入中以同一区间或版本给出两次", "{key} is given twice in one import, for the same version or window", "删去一行,或给出不同的 version 与区间", "remove one of the lines, or give them different versions and windows"),
    _kind("REFERENCE_UNKNOWN", "未知的{zh}:{key}", "unknown {en}: {key}", "在数据包中加入它,或先导入它,或改正标识", "add it to the bundle, import it first, or correct the key"),
    _kind("REFERENCE_REFUSED", "所指的{zh}在本数据包中被拒绝:{key}", "names a refused {en}: {key}", "先改正被拒绝的那一行", "correct the refused line first"),
    _kind("STUB_REFUSED", "未知的{zh}:{key}(--strict 不留占位)", "unknown {en}: {key} (--strict leaves no stubs)", "在数据包中加入它,或不用 --strict", "add it to the bundle, or leave --strict off"),
    _kind("SCHEME_UNKNOWN", "未知的编码体系:{scheme}({key})", "unknown code scheme: {scheme} (in {key})", "在 schemes 中声明该体系", "declare the scheme in schemes"),
    _kind("EDITION_UNKNOWN", "体系 {scheme} 未声明版本:{edition}({key})", "scheme {scheme} declares no edition {edition} (in {key})", "在该体系的 editions 中声明,或改正版本", "declare it in the scheme's editions, or correct the edition"),
    _kind("EDITION_ANY", "版本 any 只能用于规则条件:{key}", "edition any may stand in a rule's clauses only: {key}", "写明版本", "write the edition"),
    _kind("CYCLE", "{relation} 成环:{members}", "{relation} goes in a circle: {members}", "去掉环中的一条关系", "remove one of the links of the circle"),
    _kind("STATEMENT_UNKNOWN", "单元 {unit} 没有该学习成果描述:{code}", "unit {unit} has no such statement: {code}", "改正代码,或先补充单元", "correct the code, or complete the unit first"),
    _kind("BLOCK_UNKNOWN", "培养方案 {programme} 没有该模块:{code}", "programme {programme} has no such block: {code}", "改正模块代码", "correct the block's code"),
    _kind("GRADE_UNKNOWN", "成绩制 {scheme} 没有该成绩:{value}", "grading scheme {scheme} has no such grade: {value}", "改用该成绩制的成绩", "use one of the scheme's grades"),
    _kind("LEVEL_UNKNOWN", "框架 {framework} 没有等级 {ordinal}", "framework {framework} has no level {ordinal}", "改正等级,或补充框架", "correct the level, or complete the framework"),
    _kind("TOTAL_UNDECLARED", "份额或驻校要求所依据的总量未声明:{of}", "a share or residency over a total that is not declared: {of}", "先声明该总量,或改用绝对上限", "declare the total, or use an absolute limit"),
    _kind("STEP_WRONG", "上限 {amount} 不是学分制 {scheme} 步长 {step} 的整数倍", "the maximum {amount} is no multiple of the step {step} of {scheme}", "改为步长的整数倍", "make it a multiple of the step"),
    _kind("RECORDED_TIME", "记录时间由导入给出", "recorded times are given by the import", "删去 recordedAt、retractedAt,或用 import --restore", "remove recordedAt and retractedAt, or use import --restore"),
)

_CASE = (
    _kind("CASE_UNREADABLE", "不是 CFPackage:{why}", "not a CFPackage: {why}", "给出 CASE 1.0 或 1.1 的 CFPackage JSON 文件(UTF-8)", "give a CFPackage of CASE 1.0 or 1.1 as a JSON file in UTF-8", whole=True),
    _kind("CASE_MISSING", "缺少字段:{field}", "the field is missing or empty: {field}", "按 CASE 规范补上该字段", "add the field, as the CASE specification asks"),
    _kind("CASE_TYPE", "{field} 应为 {wanted}", "{field} is not {wanted}", "按 CASE 规范改正类型", "correct its type, as the CASE specification says"),
    _kind("CASE_IDENTIFIER", "不是 UUID:{value}", "not a UUID: {value}", "identifier 须为 UUID", "an identifier is a UUID: eight, four, four, four and twelve hexadecimal digits"),
    _kind("CASE_TWICE", "identifier 重复:{value}", "the identifier was given before: {value}", "删去其一,或给出不同的 identifier", "remove one of the two, or give it an identifier of its own"),
    _kind("CASE_TOO_LONG", "原样保留的内容过长:{size} 字符,上限 {limit}", "too long to be kept verbatim: {size} characters, at most {limit}", "缩短,或拆成多个框架", "shorten it, or split the framework"),
    _kind("CASE_ELSEWHERE", "{value} 已属于框架 {framework}", "{value} belongs to the framework {framework} already", "换用新的 identifier,或先从原框架移除", "give it an identifier of its own, or remove it from the other framework first"),
    _kind("CASE_OUTSIDE", "{end} 不在本文件中,按外部链接保留", "{end} is not in this package; it is kept as an external link", "若应在本框架内,请补上该条目", "if it ought to be in this framework, add the item", is_="NOTE"),
    _kind("CASE_CYCLE", "isChildOf 成环:{members}", "isChildOf goes in a circle: {members}", "去掉环中的一条关联", "remove one of the associations of the circle", is_="WARNING"),
)
# fmt: on

KINDS = {kind.code: kind for kind in (*_FILES, *_LINES, *_CASE)}
"""Every finding by its stable code."""
