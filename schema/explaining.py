"""A verdict explained in sentences, Chinese and English, out of its tree and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graph.model.trees import Finding, Node, NodeKind
from graph.model.values import LongText
from graph.model.verdicts import Judged
from schema.reasons import REASONS
from schema.steps import STEPS

MOST: Final = 12
"""Failing or open tests that are told; the tree has them all."""

_CITED: Final = {
    "article": ("条款 {0}", "article {0}"),
    "method": ("办法 {0}", "method {0}"),
    "agreement": ("协议 {0}", "agreement {0}"),
    "decision": ("审核决定 {0}", "decision {0}"),
}
_SHOWN: Final = {
    NodeKind.STATEMENTS: ("缺少描述 {missing}", "statements missing: {missing}"),
    NodeKind.CAP: ("上限 {limit},已用 {used}", "limit {limit}, used {used}"),
}
Sentence = tuple[str, str]


def explained(judged: Judged) -> LongText:
    """Explain a verdict: the rule and what it rests on, the verdict, the evidence, what fails, what to do."""
    sentences = [_rule(judged), *_evidence(judged), *_obstacles(judged), *_nearest(judged), _next(judged)]
    return LongText(zh="".join(zh for zh, _ in sentences), en=" ".join(en for _, en in sentences))


def _rule(judged: Judged) -> Sentence:
    facts = dict(judged.tree.facts) if judged.tree else {}
    cited = [
        (zh.format(facts[name]), en.format(facts[name])) for name, (zh, en) in _CITED.items() if name in facts
    ]
    resting = ("、".join(zh for zh, _ in cited), ", ".join(en for _, en in cited))
    zh, en = (f"({resting[0]})", f" ({resting[1]})") if cited else ("", "")
    means, target = STEPS[judged.verdict].means, judged.target.key
    return (
        f"规则 {judged.rule} 第 {judged.version} 版{zh}:{target} {means.zh}。",
        f"Rule {judged.rule} version {judged.version}{en}: {target} {means.en}.",
    )


def _evidence(judged: Judged) -> Iterator[Sentence]:
    if judged.evidence:
        ids = ", ".join(judged.evidence)
        yield f"证据:{ids}。", f"Evidence: {ids}."
    if judged.credit is not None:
        yield f"学分:{judged.credit} {judged.scheme}。", f"Credit: {judged.credit} {judged.scheme}."


def _obstacles(judged: Judged) -> Iterator[Sentence]:
    told: dict[Sentence, None] = {}
    for node in _leaves(judged.tree) if judged.tree else ():
        if len(told) < MOST:
            told.setdefault(_sentence(node))
    yield from told


def _leaves(node: Node) -> Iterator[Node]:
    """Yield what fails or is open and has nothing failing or open below it."""
    bad = [below for below in node.nodes if below.finding in (Finding.FAIL, Finding.OPEN)]
    for below in bad:
        yield from _leaves(below)
    if not bad and node.finding in (Finding.FAIL, Finding.OPEN) and node.reason:
        yield node


def _sentence(node: Node) -> Sentence:
    reason, (zh, en) = REASONS[node.reason] if node.reason else None, _details(node)
    subject = f"{node.subject}" if node.subject and node.kind is not NodeKind.CLAUSE else ""
    named = " ".join(
        part for part in (subject, dict(node.facts).get("outcome") or dict(node.facts).get("unit")) if part
    )
    head_zh, head_en = (f"{named}:", f"{named}: ") if named else ("", "")
    said_zh, said_en = (reason.zh, reason.en) if reason else ("", "")
    said_en = said_en if named else said_en[:1].upper() + said_en[1:]
    return f"{head_zh}{said_zh}{zh}。", f"{head_en}{said_en}{en}."


def _details(node: Node) -> Sentence:
    shown = _SHOWN.get(node.kind)
    if shown is None:
        return "", ""
    facts = {"missing": "", "limit": "", "used": ""} | dict(node.facts)
    return f"({shown[0].format_map(facts)})", f" ({shown[1].format_map(facts)})"


def _nearest(judged: Judged) -> Iterator[Sentence]:
    if judged.nearest is not None:
        place = judged.nearest + 1
        yield f"最接近的是第 {place} 个备选组。", f"Nearest is alternative {place}."


def _next(judged: Judged) -> Sentence:
    text = STEPS[judged.verdict].text
    return text.zh, text.en
