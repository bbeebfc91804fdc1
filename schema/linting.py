"""Lint in the API: what is suspect in an institution's rules, or in those under one agreement."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from graph.model.institutions import Institution
from graph.model.suspects import CAUSES, SUSPECTS
from graph.model.values import Key, Text
from graph.model.warnings import Cause, Suspect, Warned
from graph.recognition import Index, lint
from schema.arguments import After, As, First
from schema.asking import CountedConnection, loaders
from schema.enums import tell
from schema.errors import Refusal
from schema.permissions import PUBLIC, decided
from schema.scalars import CodeText, KeyText, read_code, read_key
from schema.slices import sliced
from schema.weights import costs
from schema.what_if import HEAVY

LONGEST = 36_600
"""Days ahead that ends of windows are told at most."""


def _both(text: Text) -> str:
    return f"{text.en[0].upper()}{text.en[1:]} {text.zh}."


tell(
    Suspect,
    "What is suspect of a rule version.",
    **{one.value: _both(text) for one, text in SUSPECTS.items()},
)
tell(
    Cause,
    "Why nothing can ever meet a rule version.",
    **{one.value: _both(text) for one, text in CAUSES.items()},
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

    lint: CountedConnection[WarnedType] = strawberry.field(
        resolver=linted,
        metadata=costs(100),
        description="What is suspect in published rules by their text, whatever anybody holds 规则检查.",
    )
