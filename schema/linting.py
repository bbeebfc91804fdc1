"""Lint in the API: what is suspect in an institution's rules, or in those under one agreement."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from graph.model.institutions import Institution
from graph.model.values import Key
from graph.model.warnings import Cause, Suspect, Warned
from graph.recognition import Index, lint
from schema.arguments import After, As, First
from schema.asking import Connection, loaders
from schema.enums import tell
from schema.errors import Refusal
from schema.permissions import PUBLIC, decided
from schema.scalars import CodeText, KeyText, read_code, read_key
from schema.slices import sliced
from schema.weights import costs
from schema.what_if import HEAVY

LONGEST = 36_600
"""Days ahead that ends of windows are told at most."""

tell(
    Suspect,
    "What is suspect of a rule version.",
    NEVER_FIRES="Nothing can ever meet it, or one of its alternatives 永不成立.",
    SHADOWED="A rule of smaller number is met whenever it is 被遮蔽.",
    OVERLAP="Another rule has its clauses, target and number 重叠.",
    EQUAL_DENIAL="A denial of equal number bars it 同号禁止.",
    LEVEL_LIFT="Its target's level is above all it asks for, without articulation 等级抬升.",
    NO_FACTOR="No factor leads from one credit scheme to another that it needs 无换算.",
    REPEATABLE_TARGET="It may be applied again, to a target that counts once 重复授予.",
    EXPIRES="Its window ends soon 即将失效.",
    DANGLING="It names what is not there 悬空引用.",
)
tell(
    Cause,
    "Why nothing can ever meet a rule version.",
    EMPTY_WINDOW="No day lies in its window, its agreement's and the memberships 有效期为空.",
    RETIRED_OUTCOME="An outcome it asks for ended before its window opens 成果已停用.",
    GRADE_UNREACHABLE="A minimum grade is not in its scheme 成绩不可达.",
    POOL_TOO_LARGE="A pool asks for more credit than its outcomes have 学分池过大.",
)


@strawberry.type(name="LintWarning", description="One thing suspect of one rule version.")
@decided(PUBLIC)
class WarnedType:
    """One thing suspect of a rule version."""

    rule: CodeText = strawberry.field(name="ruleCode", description="The rule's code.")
    version: int = strawberry.field(description="The rule version's number.")
    suspect: Suspect = strawberry.field(description="What is suspect.")
    cause: Cause | None = strawberry.field(description="Why it never fires.")
    alternative: int | None = strawberry.field(
        name="alternativePlace", description="The place (from 0) of the alternative meant; null: all of it."
    )
    subject: str = strawberry.field(
        name="about", description="What it is about: a key, schemes, another version as `code@number`, a day."
    )


async def linted(
    info: Info,
    institution: Annotated[KeyText, strawberry.argument(description="The receiving institution.")],
    agreement: Annotated[
        CodeText | None, strawberry.argument(description="Only rules under this agreement.")
    ] = None,
    within_days: Annotated[
        int, strawberry.argument(description="Ends of windows in so many days are told; 0 to 36,600.")
    ] = 90,
    first: First = 50,
    after: After = None,
    as_of: As = None,
) -> Any:
    """List what is suspect."""
    if not 0 <= within_days <= LONGEST:
        raise Refusal("BAD_PAGE", value=within_days, limit=LONGEST)
    key, under = Key(read_key(institution)), read_code(agreement) if agreement else None
    at = await loaders(info).moment(info, as_of)
    if await loaders(info).thing(Institution, key, at) is None:
        raise Refusal("INSTITUTION_UNKNOWN")
    volume = await loaders(info).desk.library.volume(key, at)
    day = date.fromisoformat(at.valid_on)
    desk, deadline = loaders(info).desk, info.context.deadline
    found = await desk.work(HEAVY, deadline, _found, volume.index, day, within_days, under)
    return sliced(found, first, after)


def _found(index: Index, day: date, within: int, agreement: str | None) -> tuple[Warned, ...]:
    theirs = {(one.rule.key, one.rule.version): one.rule.agreement for one in index.entries}
    every = lint(index, day, within)
    return tuple(one for one in every if agreement in (None, theirs[one.rule, one.version]))


@strawberry.type
@decided(PUBLIC)
class Linting:
    """Lint; inherited by the root."""

    lint: Connection[WarnedType] = strawberry.field(
        resolver=linted,
        metadata=costs(100),
        description="What is suspect in published rules by their text, whatever anybody holds 规则检查.",
    )
