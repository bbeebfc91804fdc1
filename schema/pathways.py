"""Pathways in the API: chains of steps from what one holds to a programme version, none of them a grant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final

import strawberry
from strawberry.types import Info

from graph.model.institutions import Agreement, Institution
from graph.model.outcomes import Outcome, Programme
from graph.model.pathways import Hint, Mark, Pathway
from graph.model.trees import Reason
from graph.model.values import Credit, Key, Text
from graph.recognition import pathways
from graph.recognition.passages import members
from schema.arguments import As
from schema.asking import loaders, neighbour, neighbours
from schema.enums import tell
from schema.errors import Refusal
from schema.institutions import AgreementType, InstitutionType
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.programmes import ProgrammeType
from schema.scalars import CodeText, KeyText, read_key
from schema.targets import TargetType
from schema.texts import CreditType, TextType
from schema.weights import costs
from schema.what_if import HEAVY

MOST_HELD: Final = 60
"""Outcomes one question may start from."""

NO_GRANT: Final = Text(
    zh="路径只供参考,不是认定结论:每一步由该机构凭其自身证据认定,由转换取得的成果不能作为下一步的证据;"
    "要走下一步,须实际取得前一步所给的成果。",
    en="A pathway is for orientation and is no grant: each step is decided by its institution on evidence of "
    "its own, and what a conversion grants is never evidence for another. To take the next step, what the "
    "step before gives must be earned.",
)
"""What R23 says, in words."""

tell(
    Mark,
    "What a step of a pathway is.",
    RULE="A conversion rule whose clauses are met by what is reached 规则.",
    SUGGESTION="An outcome that one would still have to earn 建议.",
)
tell(
    Hint,
    "Why an outcome is suggested.",
    NEXT_TIER="It is the next tier of a series of which one is reached 上一级.",
    ALSO_NEEDS="It is all that a rule needs beside what is reached 尚缺一项.",
    AWARD="A programme of which an outcome is reached awards it 完成培养方案.",
)


def _credit(root: Any) -> Any:
    return None if root.credit is None else Credit(amount=root.credit, scheme=root.scheme)


@strawberry.type(name="PathwayGift", description="What a step of a pathway gives.")
@decided(PUBLIC)
class GiftType:
    """A target that a step gives."""

    target: TargetType = strawberry.field(description="What is given.")
    credit: CreditType | None = strawberry.field(
        resolver=_credit, description="Its credit, rounded; null: none, or unknown."
    )
    conditions: list[Reason] = strawberry.field(
        description="What a person must still look at; with any, it is CONDITIONAL."
    )


@strawberry.type(name="PathwayStep", description="One step of a pathway: a rule, or a suggestion.")
@decided(PUBLIC)
class PathStepType:
    """A step."""

    mark: Mark = strawberry.field(description="What it is.")
    hint: Hint | None = strawberry.field(description="Of a suggestion: why.")
    rule: CodeText | None = strawberry.field(
        name="ruleCode", description="The rule's code; of ALSO_NEEDS, of the rule that needs the outcome."
    )
    version: int | None = strawberry.field(description="The rule version's number.")
    alternative: int | None = strawberry.field(
        name="alternativePlace", description="The alternative's place, from 0."
    )
    at: InstitutionType | None = strawberry.field(
        name="institution",
        resolver=neighbour("institution", Institution),
        description="The institution of the rule, or of the programme to be finished.",
    )
    agreement: AgreementType | None = strawberry.field(
        resolver=neighbour("agreement", Agreement), description="The agreement the rule stands under."
    )
    finishing: ProgrammeType | None = strawberry.field(
        name="programme",
        resolver=neighbour("programme", Programme),
        description="Of AWARD: the programme version to be finished.",
    )
    keys: list[KeyText] = strawberry.field(
        name="takesKeys",
        resolver=lambda root: root.takes,
        description="The keys of what it takes; a repeatable outcome as often as it is needed.",
    )
    takes: list[OutcomeType] = strawberry.field(
        metadata=costs(size=3), resolver=neighbours("takes", Outcome), description="What it takes."
    )
    gives: list[GiftType] = strawberry.field(
        name="gifts", metadata=costs(size=4), description="What it gives."
    )
    passes: CreditType = strawberry.field(
        name="passesOn",
        description="The credit that later steps take of it, or that counts in the programme, in the "
        "programme's scheme; 0 of what has no credit or no factor.",
    )


@strawberry.type(
    name="Pathway",
    description="A chain of steps, the last of which gives something in the programme. It has no verdict: "
    "grants never chain.",
)
@decided(PUBLIC)
class PathwayType:
    """A pathway."""

    steps: list[PathStepType] = strawberry.field(metadata=costs(size=4), description="At most 4, in order.")
    suggestions: int = strawberry.field(
        name="suggestionCount", description="How many of them are suggestions."
    )
    counted: CreditType = strawberry.field(
        name="countedCredit",
        description="The credit of its last step in the programme's scheme, before what blocks can use: "
        "`plan` says that.",
    )
    bottleneck: int = strawberry.field(
        name="bottleneckPlace",
        description="The place (from 0) of its first suggestion, else of the step passing on the least.",
    )


@strawberry.type(name="Pathways", description="Pathways to a programme version.")
@decided(PUBLIC)
class PathwaysType:
    """Pathways."""

    caution: TextType = strawberry.field(description="What a pathway is not.")
    pathways: list[PathwayType] = strawberry.field(
        metadata=costs(size=50),
        description="At most 50: by fewest suggestions, fewest steps, most credit counted, codes.",
    )
    truncated: bool = strawberry.field(description="Whether there are, or may be, more.")
    asked: int = strawberry.field(
        name="rulebooksAsked",
        description="How often a rule book was asked: once for each outcome and institution naming it.",
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of pathways."""

    pathways: tuple[Pathway, ...]
    truncated: bool
    asked: int
    caution: Text = NO_GRANT


async def find_pathways(
    info: Info,
    holds: Annotated[
        list[KeyText],
        strawberry.argument(description="The outcomes one holds; a repeatable one as often; at most 60."),
    ],
    institution: Annotated[KeyText, strawberry.argument(description="The institution of the programme.")],
    programme: Annotated[KeyText, strawberry.argument(description="The programme version one wants.")],
    as_of: As = None,
) -> Any:
    """Find pathways."""
    if len(holds) > MOST_HELD:
        raise Refusal("TOO_MANY_KEYS", value=len(holds), limit=MOST_HELD)
    own, held = loaders(info), [Key(read_key(key)) for key in holds]
    at, key = await own.moment(info, as_of), Key(read_key(institution))
    if await own.thing(Institution, key, at) is None:
        raise Refusal("INSTITUTION_UNKNOWN")
    goal = await own.desk.wayfinder.goal(key, Key(read_key(programme)), at)
    if goal is None:
        raise Refusal("PROGRAMME_UNKNOWN")
    if await own.desk.wayfinder.unknown(held, at):
        raise Refusal("OUTCOME_UNKNOWN")
    deadline = info.context.deadline
    gathered = await own.desk.wayfinder.gather(held, goal, at, partial(own.desk.work, HEAVY, deadline))
    found = await own.desk.work(HEAVY, deadline, pathways, gathered.passages, members(held), goal)
    return _Told(found.pathways, found.truncated or gathered.truncated, gathered.asked)


@strawberry.type
@decided(PUBLIC)
class Pathfinding:
    """Pathways; inherited by the root."""

    pathways: PathwaysType = strawberry.field(
        resolver=find_pathways,
        metadata=costs(200),
        description="How one may come from what one holds to a programme version, in at most 4 steps 路径: "
        "each a rule or a suggestion. Rules are asked as `equivalents` asks them. For orientation: no grant.",
    )
