"""Pools: n credits out of a set of outcomes, by whole results (R10)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as Ratio
from itertools import count
from math import lcm
from typing import NamedTuple

from graph.model.rules import PoolClause
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.recognition.amounts import SCALE, plain, units
from graph.recognition.clashes import clashing
from graph.recognition.entries import Ask
from graph.recognition.evidence import Fit, fit
from graph.recognition.limits import OPTIONS, POOL_STEPS
from graph.recognition.nodes import NO_OPENS, Opens, node, told
from graph.recognition.options import Met, Option
from graph.recognition.question import Held, Question


class Piece(NamedTuple):
    """A result that fits a pool, with its credit in whole parts of the pool's scheme."""

    held: Held
    amount: int
    opens: Opens


class Pool(NamedTuple):
    """A pool being filled: what is needed, the pieces, and whether sets beyond the needed ones count too.

    Amounts are integers of one size, fine enough for every factor used; ``parts`` of it make 1/10,000.
    """

    need: int
    parts: int
    pieces: tuple[Piece, ...]
    beyond: bool


def pool(question: Question, ask: Ask, clause: PoolClause, helds: list[Held], *, beyond: bool) -> Met:
    """Return the sets of results that reach the pool's credit.

    Sets are minimal, unless ``beyond``: then larger ones come too, for a test on the whole alternative.
    """
    fits = [fit(question, held, ask) for held in helds]
    able = [one for one in fits if one.finding is not Finding.FAIL]
    amounts, unknown = _amounts(question, able, clause)
    filled = _scaled(clause, amounts, beyond)
    found, limited = _fill(question, filled)
    nodes = [one.node for one in fits] + _notes(clause, filled, unknown)
    options = (*found, *unknown)
    share = Ratio(0) if options else _share(question, filled)
    return Met(options, told(NodeKind.CLAUSE, "", (), nodes), share, limited)


Amounts = list[tuple[Fit, Ratio | int]]


def _amounts(question: Question, fits: list[Fit], clause: PoolClause) -> tuple[Amounts, list[Option]]:
    amounts: Amounts = []
    unknown: list[Option] = []
    for one in fits:
        amount = question.earned(one.held, clause.credit.scheme)
        if isinstance(amount, Reason):
            unknown.append(Option(one.held.bit, one.opens | {(amount, one.held.result.id)}))
        else:
            amounts.append((one, amount))
    return amounts, unknown


def _scaled(clause: PoolClause, amounts: Amounts, beyond: bool) -> Pool:
    parts = lcm(*(amount.denominator for _, amount in amounts))
    worth = [(one, amount) for one, amount in amounts if amount or beyond]
    pieces = [Piece(one.held, int(amount * parts), one.opens) for one, amount in worth]
    if len(pieces) > 1:
        pieces.sort(key=lambda piece: (-piece.amount, _late(piece.held), piece.held.place))
    return Pool(units(clause.credit.amount) * parts, parts, tuple(pieces), beyond)


def _late(held: Held) -> int:
    return held.span.last.toordinal() if held.span else 1 << 30


def _notes(clause: PoolClause, filled: Pool, unknown: list[Option]) -> list[Node]:
    total = sum(piece.amount for piece in filled.pieces)
    have = str(plain(total) if filled.parts == 1 else Ratio(total, filled.parts * SCALE))
    facts = (("need", str(clause.credit.amount)), ("have", have), ("scheme", clause.credit.scheme))
    finding = Finding.PASS if total >= filled.need else Finding.FAIL
    notes = [node(NodeKind.CREDIT, finding, Reason.CREDIT_MISSING, "pool", facts)]
    for option in unknown:
        for reason, subject in sorted(option.opens, key=str):
            notes.append(node(NodeKind.CREDIT, Finding.OPEN, reason, subject))
    notes += [_conflict(piece.held) for piece in filled.pieces if _conflicting(piece.held)]
    return notes


def _conflicting(held: Held) -> bool:
    earned, available = held.result.earned, held.result.available
    if earned is None or available is None:
        return False
    return earned.scheme != available.scheme or available.amount < earned.amount


def _conflict(held: Held) -> Node:
    return node(NodeKind.CREDIT, Finding.TOLD, Reason.CREDIT_CONFLICT, held.result.id)


def _share(question: Question, filled: Pool) -> Ratio:
    """Return the part of the needed credit that results which do not clash bring together."""
    total = banned = 0
    for piece in filled.pieces:
        if not piece.held.bit & banned:
            total += piece.amount
            banned |= clashing(question, piece.held)
    return min(Ratio(total, filled.need), Ratio(1)) if filled.need else Ratio(1)


def _fill(question: Question, filled: Pool) -> tuple[list[Option], bool]:
    """Search the good pieces first, where that is too much the latest and the earliest first, then all."""
    if _bound(question, filled) < filled.need:
        return [], False
    if question.budget.exhausted:
        return [], True
    found: dict[Option, None] = {}
    sought: set[int] = set()
    for pieces in _orders(filled.pieces):
        if len(pieces) not in sought:
            limited = _gather(question, filled._replace(pieces=pieces), found, len(found) + OPTIONS // 4)
            sought |= set() if limited else {len(pieces)}
    return list(found), len(filled.pieces) not in sought


def _orders(pieces: tuple[Piece, ...]) -> dict[tuple[Piece, ...], None]:
    good = tuple(piece for piece in pieces if piece.held.verified and not piece.opens)
    late = tuple(sorted(good, key=lambda piece: -_late(piece.held)))
    early = tuple(sorted(good, key=lambda piece: _late(piece.held)))
    return dict.fromkeys((good, late, early, pieces))


def _bound(question: Question, filled: Pool) -> int:
    """Return more than any set without clashes can bring: of results that all clash, only the best."""
    if len(filled.pieces) < 2:
        return sum(piece.amount for piece in filled.pieces)
    total = 0
    groups: list[int] = []
    for piece in filled.pieces:
        clash = clashing(question, piece.held)
        place = next((n for n, group in enumerate(groups) if not group & ~clash), None)
        if place is not None:
            groups[place] |= piece.held.bit
            continue
        total += piece.amount
        if clash:
            groups.append(piece.held.bit)
    return total


def _gather(question: Question, filled: Pool, found: dict[Option, None], limit: int) -> bool:
    for option in _sets(question, filled):
        if option is None or len(found) >= limit:
            return True
        found[option] = None
    return False


def _sets(question: Question, filled: Pool) -> Iterator[Option | None]:
    """Yield sets that reach the credit and need each of their pieces; None when the steps are spent."""
    rest = _rests(filled.pieces)
    stack = [_Step(0, 0, 0, 0, Option(0, NO_OPENS), True)]
    for taken in count():
        if not stack:
            return
        step = stack.pop()
        left = POOL_STEPS if question.budget.spend() else 0
        if taken > left + 2 * len(filled.pieces):
            yield None
            return
        if step.fresh and _reached(filled, step):
            yield step.chosen
        done = step.total >= filled.need and not filled.beyond
        if not done and step.place < len(filled.pieces) and step.total + rest[step.place] >= filled.need:
            stack += _next(question, step, filled.pieces[step.place])


class _Step(NamedTuple):
    """A search step: the next piece, what is chosen, and whether that was added just now."""

    place: int
    total: int
    least: int
    banned: int
    chosen: Option
    fresh: bool


def _reached(filled: Pool, step: _Step) -> bool:
    """Tell whether a set reaches the credit, and needs each of its pieces unless larger sets count too."""
    needed = filled.beyond or not step.chosen.mask or step.total - step.least < filled.need
    return step.total >= filled.need and needed


def _next(question: Question, step: _Step, piece: Piece) -> Iterator[_Step]:
    yield step._replace(place=step.place + 1, fresh=False)
    if not piece.held.bit & step.banned:
        banned = step.banned | clashing(question, piece.held)
        chosen = Option(step.chosen.mask | piece.held.bit, step.chosen.opens | piece.opens)
        least = min(step.least or piece.amount, piece.amount)
        yield _Step(step.place + 1, step.total + piece.amount, least, banned, chosen, True)


def _rests(pieces: tuple[Piece, ...]) -> list[int]:
    rests = [0]
    for piece in reversed(pieces):
        rests.append(rests[-1] + piece.amount)
    return rests[::-1]
