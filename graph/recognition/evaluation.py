"""Evaluation: one question, every rule concerned, the answer (R1, R2, R12, R20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from graph.model.book import RuleBook
from graph.model.learning import Context, Result
from graph.model.rules import WaiverMode
from graph.model.values import Key
from graph.model.verdicts import Answer, Judged, MightConcern, Named, Rollup, Target, Verdict
from graph.recognition.amounts import plain
from graph.recognition.entries import Entry
from graph.recognition.index import Index, compiled
from graph.recognition.judging import Ruling, judge
from graph.recognition.limits import Budget
from graph.recognition.obstacles import rank
from graph.recognition.question import Question
from graph.recognition.results import QuestionError, merged
from graph.recognition.scope import concerned, might_concern, named, names_rule, unnamed
from graph.recognition.trees import tree
from graph.recognition.worlds import Silence, Worlds


def evaluate(
    book: RuleBook | Index,
    results: Iterable[Result],
    context: Context,
    names: tuple[Named, ...] = (),
) -> Answer:
    """Say what a rule book makes of these results.

    Pure and deterministic; the order of results, rules and everything else in the book does not matter.
    ``QuestionError`` if two different results share an id, or the book is another institution's.
    """
    index = compiled(book)
    if index.institution != context.institution:
        raise QuestionError("INSTITUTION", context.institution)
    return _Evaluation(index, results, context, names).answer()


class _Evaluation:
    """One question on its way to its answer."""

    def __init__(
        self, index: Index, results: Iterable[Result], context: Context, names: tuple[Named, ...]
    ) -> None:
        self.names = names
        held = merged(results)
        self.question = Question(index, context, held, Budget())
        self.worlds = Worlds(self.question, held)
        self.places = concerned(self.question) | named(self.question, names)

    def answer(self) -> Answer:
        """Judge every rule version concerned, and put the answer together."""
        entries = (self.question.index.entries[place] for place in sorted(self.places))
        judged = _preferred([one for entry in entries for one in self._judge(entry)])
        silent = tuple(self._silent())
        return Answer(
            judged=judged,
            targets=_rollups(judged, self.names),
            others=self._others(),
            unevaluated=unnamed(self.question),
            might_concern=silent,
            incomplete=any(one.rules for one in silent),
            hypothetical=any(held.result.hypothetical for held in self.question.helds),
            limited=any(one.limited for one in judged),
        )

    def _judge(self, entry: Entry) -> Iterator[Judged]:
        rulings = judge(self.question, entry)
        for ruling, silence in zip(rulings, self.worlds.silence(entry, rulings), strict=True):
            if silence.deciding or not self._left_out(ruling):
                yield _judged(self.question, ruling, silence)

    def _left_out(self, ruling: Ruling) -> bool:
        """Tell whether another version stands for this one, and nobody asked for it (R5)."""
        if ruling.applied.verdict is not Verdict.SUPERSEDED:
            return False
        return not (ruling.applied.later and names_rule(self.names, ruling.entry))

    def _silent(self) -> Iterator[MightConcern]:
        for source in self.worlds.sources:
            rules = might_concern(self.question, source, self.places)
            yield MightConcern(source=source.code, rules=rules)

    def _others(self) -> int:
        return self.question.index.belonging(self.question.context.programme) - len(self.places)


def _judged(question: Question, ruling: Ruling, silence: Silence) -> Judged:
    applied, rule = ruling.applied, ruling.entry.rule
    giving = applied.aim.giving
    ruling = _undecided(ruling) if silence.deciding else ruling
    return Judged(
        rule=rule.key,
        version=rule.version,
        grant=applied.aim.grant,
        target=applied.aim.target,
        verdict=ruling.applied.verdict,
        gives=ruling.applied.gives,
        mode=giving.mode if giving else WaiverMode.FULL,
        credit=None if ruling.applied.credit is None else plain(ruling.applied.credit),
        scheme=applied.whole.scheme if applied.whole and applied.whole.counts else "",
        evidence=question.ids(applied.mask),
        reason=ruling.applied.reason,
        alternative=ruling.way,
        nearest=ruling.nearest,
        priority=rule.priority,
        grade=ruling.applied.grade,
        deciding=silence.deciding,
        limited=ruling.limited or silence.limited,
        tree=tree(question, ruling, silence.deciding),
    )


def _undecided(ruling: Ruling) -> Ruling:
    """Put UNDECIDED in the place of the verdict as known (R20); the tests stay."""
    reason = ruling.applied.reason
    applied = ruling.applied._replace(
        verdict=Verdict.UNDECIDED, gives=False, credit=None, grade=None, reason=reason
    )
    return ruling._replace(applied=applied)


def _preferred(judged: list[Judged]) -> tuple[Judged, ...]:
    """Mark, per target, the smallest number among rules that give (R12)."""
    least: dict[Target, int] = {}
    for one in judged:
        if one.gives:
            least[one.target] = min(one.priority, least.get(one.target, one.priority))
    return tuple(
        replace(one, preferred=True) if one.gives and one.priority == least[one.target] else one
        for one in judged
    )


def _rollups(judged: tuple[Judged, ...], names: tuple[Named, ...]) -> tuple[Rollup, ...]:
    by_target: defaultdict[Target, list[Judged]] = defaultdict(list)
    for one in judged:
        by_target[one.target].append(one)
    for name in names:
        if name.target is not None:
            by_target.setdefault(name.target, [])
    return tuple(_rollup(target, by_target[target]) for target in sorted(by_target, key=_by_name))


def _by_name(target: Target) -> tuple[str, bytes]:
    return target.kind.value, target.key.encode()


def _rollup(target: Target, judged: list[Judged]) -> Rollup:
    if not judged:
        return Rollup(target=target, verdict=Verdict.NOT_EVALUATED)
    best = min(judged, key=lambda one: rank(one.verdict, one.gives))
    preferred: dict[tuple[Key, int], None] = {
        (one.rule, one.version): None for one in judged if one.preferred
    }
    return Rollup(target=target, verdict=best.verdict, gives=best.gives, preferred=tuple(preferred))
