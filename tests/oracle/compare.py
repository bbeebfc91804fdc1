"""Compare an evaluator with the oracle, and shrink a case on which they differ until it can be read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any, Protocol

import msgspec
import oracle
import yaml
from cases import Case
from oracle_plan import Item
from oracle_plan import candidates as oracle_candidates
from oracle_values import ask, clash, result_of
from oracle_verdicts import decimal
from oracle_worlds import worst_world

from graph.model import verdicts
from graph.model.verdicts import Candidate, Judged, PlanNumbers, Target, Verdict

NOT_EVALUATED = Verdict.NOT_EVALUATED
Row = tuple[str, int, int, Target]
Said = tuple[str, bool, str, str]
"""Verdict, gives, credit, scheme; credit and scheme are compared only where credit is given."""


class Answer(Protocol):
    """What an evaluator returns."""

    @property
    def judged(self) -> Iterable[Judged]:
        """The verdicts, in any order."""


FullAnswer = verdicts.Answer
Evaluate = Callable[..., Answer]
"""``evaluate(book, results, context, named_rules=..., named_targets=...)``."""


def said(judged: Iterable[Judged]) -> dict[Row, Said]:
    """What is compared, by (rule, version, place of grant, target)."""
    return {(one.rule, one.version, one.grant, one.target): _said(one) for one in judged}


def _said(one: Judged) -> Said:
    given = one.credit if one.gives else None
    credit = "" if given is None else f"{given.normalize():f}"
    return one.verdict.value, one.gives, credit, one.scheme if credit else ""


def differences(evaluate: Evaluate, case: Case) -> list[str]:
    """One line for each row that the evaluator and the oracle do not say alike; empty: they agree."""
    wanted = said(oracle.judge(*case.question))
    answer = evaluate(
        case.book,
        case.results,
        case.context,
        named_rules=case.named_rules,
        named_targets=case.named_targets,
    )
    found = said(answer.judged)
    rows = sorted(wanted.keys() | found.keys(), key=str)
    return [
        f"{row[0]} v{row[1]} grant {row[2]} {row[3].kind.value} {row[3].key}: "
        f"oracle {_words(wanted.get(row))}, evaluator {_words(found.get(row))}"
        for row in rows
        if wanted.get(row) != found.get(row)
    ]


def answer_differences(answer: FullAnswer, case: Case) -> list[str]:
    """Beside verdicts: the evidence shown (R8), the roll-up (R1), `mightConcern` (R2), who decides (R20)."""
    judged = oracle.judge(*case.question)
    silent = bool(case.context.silent)
    wanted: dict[str, object] = {
        "evidence": _evidence(judged),
        "roll-up": oracle.roll_up(judged),
        "might concern": oracle.might_concern(*case.question) if silent else {},
        "deciding": oracle.deciding_sources(*case.question) if silent else {},
    }
    found: dict[str, object] = {
        "evidence": _evidence(answer.judged),
        "roll-up": {one.target: one.verdict for one in answer.targets if one.verdict is not NOT_EVALUATED},
        "might concern": {one.source: one.rules for one in answer.might_concern},
        "deciding": {
            (one.rule, one.version, one.grant, one.target): frozenset(one.deciding)
            for one in answer.judged
            if one.verdict is Verdict.UNDECIDED
        },
    }
    return [f"{n}: oracle {wanted[n]}, evaluator {found[n]}" for n in wanted if wanted[n] != found[n]]


def _evidence(judged: Iterable[Judged]) -> dict[Row, tuple[str, ...]]:
    apart = (Verdict.UNDECIDED, Verdict.DENIED)
    shown = (one for one in judged if one.verdict not in apart)
    return {(one.rule, one.version, one.grant, one.target): one.evidence for one in shown}


def _words(one: Said | None) -> str:
    if one is None:
        return "no row"
    verdict, gives, credit, scheme = one
    return " ".join(part for part in (verdict, "gives" if gives else "", credit, scheme) if part)


def plan_differences(
    numbers: PlanNumbers,
    used: Iterable[tuple[str, int, int, tuple[str, ...]]],
    case: Case,
    conditional: bool = False,
    ties: bool | None = None,
) -> list[str]:
    """Compare a plan: its five numbers, that its applications, (rule, version, alternative, evidence), are
    one of the optimal sets, and, if told, whether there are several."""
    wanted, sets = oracle.plan(case.book, case.results, case.context, conditional)
    chosen = frozenset((rule, version, place, tuple(sorted(ids))) for rule, version, place, ids in used)
    found = []
    for name in PlanNumbers.__struct_fields__:
        ours, theirs = getattr(wanted, name), getattr(numbers, name)
        if ours != theirs:
            found.append(f"{name}: oracle {ours}, plan {theirs}")
    if chosen not in {frozenset(tuple(one) for one in one_set) for one_set in sets}:
        found.append(f"applications: {sorted(chosen)} is none of the {len(sets)} optimal sets")
    if ties is not None and ties != (len(sets) > 1):
        found.append(f"ties: oracle {len(sets)} sets, plan {ties}")
    return found


def candidate_differences(offered: Iterable[Candidate], case: Case, conditional: bool) -> list[str]:
    """Compare the applications open to a plan: which, with which grants, of how much credit."""
    allowed = {"MEETS_RULE", "CAPPED", *(("CONDITIONAL",) if conditional else ())}
    ours: dict[Any, list[Any]] = {}
    for one in offered:
        grants = (grant for grant in one.grants if grant.verdict.value in allowed)
        name = (one.rule, one.version, one.alternative, one.evidence)
        ours.setdefault(name, []).extend((g.grant, str(g.target), g.credit) for g in grants)
    theirs: dict[Any, list[Any]] = {}
    for two in oracle_candidates(ask(*case.question), conditional):
        items = ((item.offer.place, str(item.offer.target), _worth(item)) for item in two.items)
        theirs.setdefault(tuple(two.used), []).extend(items)
    names = sorted(ours.keys() | theirs.keys(), key=str)
    return [
        f"candidate {name}: oracle {theirs.get(name)}, evaluator {ours.get(name)}"
        for name in names
        if ours.get(name) != theirs.get(name)
    ]


def _worth(item: Item) -> Any:
    credit = item.counted.credit
    return None if credit is None or credit.value is None else decimal(credit.value)


def clash_differences(clashes: Callable[[Any, Any], bool], helds: Iterable[Any], case: Case) -> list[str]:
    """Compare which results clash, pair by pair."""
    known = ask(*case.question)
    q = worst_world(known, known.context.silent) if known.context.silent else known
    return [
        f"clash of {a.result.id} and {b.result.id}: the evaluator says {clashes(a, b)}"
        for a, b in combinations(helds, 2)
        if clashes(a, b) != clash(q, result_of(q, a.result.id), result_of(q, b.result.id))
    ]


# --- Shrinking -------------------------------------------------------------------------------------------


def shrunk(differs: Callable[[Case], bool], case: Case, seconds: float = 20.0) -> Case:
    """The smallest case found in the time given that still differs: parts left out, fields at their
    default."""
    until = time.monotonic() + seconds
    smaller = True
    while smaller and time.monotonic() < until:
        smaller = False
        for candidate in _simpler_cases(case):
            if time.monotonic() > until:
                break
            if _still(differs, candidate):
                case, smaller = candidate, True
                break
    return case


def _still(differs: Callable[[Case], bool], case: Case) -> bool:
    """A simpler case may be one that cannot be judged at all; such a case is not wanted."""
    try:
        return differs(case)
    except Exception:  # noqa: BLE001 - whatever it is, this is not the difference looked for
        return False


def _simpler_cases(case: Case) -> Iterator[Case]:
    for name in ("book", "context", "results", "named_rules", "named_targets"):
        for value in _simpler(getattr(case, name)):
            yield replace(case, **{name: value})


def _simpler(value: Any) -> Iterator[Any]:
    """Every value that is one step simpler: an item fewer, a field at its default, a part simpler."""
    if isinstance(value, tuple):
        for place in range(len(value)):
            yield value[:place] + value[place + 1 :]
        for place, item in enumerate(value):
            for simpler in _simpler(item):
                yield (*value[:place], simpler, *value[place + 1 :])
    elif isinstance(value, msgspec.Struct):
        for name, simpler in _simpler_fields(value):
            try:
                yield msgspec.structs.replace(value, **{name: simpler})
            except ValueError:
                continue


def _simpler_fields(value: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    for info in msgspec.structs.fields(value):
        now = getattr(value, info.name)
        if info.default is not msgspec.NODEFAULT and now != info.default:
            yield info.name, info.default
    for info in msgspec.structs.fields(value):
        for simpler in _simpler(getattr(value, info.name)):
            yield info.name, simpler


def shown(case: Case) -> str:
    """The case as YAML, without defaults: short once it is shrunk."""
    parts: dict[str, Any] = {
        "book": case.book,
        "results": case.results,
        "context": case.context,
        "named_rules": case.named_rules,
        "named_targets": case.named_targets,
    }
    plain = {name: msgspec.to_builtins(part, str_keys=True) for name, part in parts.items() if part}
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)


def report(evaluate: Evaluate, case: Case, seconds: float = 20.0) -> str:
    """What differs on a shrunk case, and the case; empty if nothing differs."""
    return report_by(lambda one: differences(evaluate, one), case, seconds)


def report_by(differ: Callable[[Case], list[str]], case: Case, seconds: float = 20.0) -> str:
    """The same for any comparison."""
    if not differ(case):
        return ""
    least = shrunk(lambda one: bool(differ(one)), case, seconds)
    return "\n".join([*differ(least), "", shown(least)])
