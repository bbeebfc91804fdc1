"""Questions of docs/regulations.md and docs/rule-shapes.md, and their answers as rows of a table."""

import re
from pathlib import Path
from typing import Any

from graph.store import Store
from tests.alliance_in_a_box import data

DOCS = Path(__file__).parents[1] / "docs"
WHAT_IF, PLAN = re.findall(r"```graphql\n(.*?)```", (DOCS / "regulations.md").read_text("utf-8"), re.DOTALL)
Row = tuple[str, ...]


async def rows(demo: Store, kind: str, variables: dict[str, Any]) -> list[Row]:
    """Ask by the query that the page shows; a row is rule, target, verdict, what is given, why."""
    if kind == "whatIf":
        return _judged((await data(demo, WHAT_IF, **variables))["whatIf"], variables)
    return _planned((await data(demo, PLAN, **variables))["plan"])


def _judged(answer: dict[str, Any], variables: dict[str, Any]) -> list[Row]:
    """Rows of the rules that the question names, then of the targets that it names."""
    named = variables.get("rules", ())
    wanted = {one["targetKey"] for one in variables.get("targets", ())}
    found = [
        (_version(one), one["target"]["targetKey"], one["verdict"], _given(one), one["why"] or "")
        for one in answer["judged"]["nodes"]
        if one["ruleCode"] in named
    ]
    return found + [
        ("all rules 全部规则", one["target"]["targetKey"], one["verdict"], "-", "")
        for one in answer["targets"]["nodes"]
        if one["target"]["targetKey"] in wanted
    ]


def _planned(plan: dict[str, Any]) -> list[Row]:
    assert plan["isOptimal"]
    found = [
        (
            _version(application),
            one["target"]["targetKey"],
            one["verdict"],
            _given(one),
            "WAIVED_BY_CAP" if one["isWaivedByCap"] else "",
        )
        for application in plan["applications"]["nodes"]
        for one in application["grants"]
    ]
    return found + [("fee 费用", "", "", f"{one['amount']} {one['currency']}", "") for one in plan["fees"]]


def _version(one: dict[str, Any]) -> str:
    return f"{one['ruleCode']}@{one['version']}"


def _given(one: dict[str, Any]) -> str:
    if not one.get("gives", True):
        return "-"
    credit, grade = one["credit"], one.get("grade")
    told = one["mode"] + (f" {credit['amount']} {credit['scheme']}" if credit else "")
    return told + (f", {grade['value']}" if grade else "")
