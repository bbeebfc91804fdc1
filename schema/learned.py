"""Learned: what members' records amount to as results, and which silence stays. Where the two rooms meet.

`whatIf`, plans and audits share it: `learned` asks, `Learned.within` puts what was learned into a context.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import strawberry
from msgspec.structs import replace
from strawberry.types import Info

from connectors.fingerprint import fingerprint
from connectors.records import Identifier, LearnerKey, Proof, identifier
from connectors.replies import Coverage
from connectors.roster import Roster
from graph.model.learning import Completion, Consumption, Context, Result, SilentSource, Verification
from graph.model.values import Grade, Key, key_of, normalised
from graph.recognition import Index
from schema.errors import Refusal
from schema.learners import Held, Learner, LearnerKeyInput, held, read_learner, read_purpose
from schema.loaders import AsOf
from schema.placing import PlacedRecord, credit
from schema.switchboard import line

SIGNED = (Proof.VALID, Proof.UNSIGNED)


@strawberry.input(description="A learner whose records are asked of the linked sources, in place of results.")
class LearnerInput:
    """A learner to be asked about."""

    key: LearnerKeyInput = strawberry.field(description="Who.")
    purpose: str = strawberry.field(description="What the records are wanted for.")
    basis: str = strawberry.field(description="The legal basis, such as `consent`.")
    grant: str | None = strawberry.field(default=None, description="The consent shown for it.")
    within: float | None = strawberry.field(
        default=None, description="Seconds to wait for sources, at most 30. Default: 8."
    )


@dataclass(frozen=True, slots=True, repr=False)
class Learned:
    """Results of a learner, the sources that did not tell, and what was consumed before.

    ``unmapped`` are the records that are no results yet, since no tie places them.
    """

    results: tuple[Result, ...]
    silent: tuple[SilentSource, ...]
    coverage: Coverage
    unmapped: tuple[PlacedRecord, ...]
    consumed: tuple[Consumption, ...] = ()

    @property
    def outcomes(self) -> set[Key]:
        """What the results are of."""
        return {one.outcome for one in self.results if one.outcome}

    def within(self, context: Context) -> Context:
        """Put silence and consumption into the context of a question."""
        return replace(
            context,
            silent=(*context.silent, *self.silent),
            consumed=(*context.consumed, *self.consumed),
        )

    def known_to(self, index: Index, typed: Sequence[Result] = ()) -> tuple[Result, ...]:
        """Give the results as a rule book can weigh them, after those typed.

        Credit in a scheme that nobody declared is credit unknown. `Refusal` RESULT_ID_TWICE where a typed
        result bears the name of a record's.
        """
        taken = {one.id for one in self.results}
        for at, one in enumerate(typed):
            if one.id in taken:
                raise Refusal("RESULT_ID_TWICE", place=at)
        return (*typed, *(_declared(one, index) for one in self.results))


async def learned(info: Info, given: LearnerInput, as_of: AsOf | None) -> Learned:
    """Ask the linked sources about a learner and make results of their records."""
    asked = read_purpose(given.purpose, given.basis, given.grant, given.within)
    learner = Learner(read_learner(given.key), asked, as_of)
    found = await held(info, learner)
    board = line(info).board
    return Learned(
        results=_results(found, learner.key, board.roster, board.secret),
        silent=_silent(found.coverage.missing, board.roster),
        coverage=found.coverage,
        unmapped=tuple(found.unmapped),
    )


def _silent(missing: Iterable[str], roster: Roster) -> tuple[SilentSource, ...]:
    """Say for whom the silent sources speak, and whose consumption they keep.

    One that is not known yet, or names no issuer, may speak for any: silence never makes a verdict firmer.
    """
    silent = []
    for code in missing:
        source = roster.known.get(code)
        issuers = _spelled(source.issuers) if source else ()
        keeps = _spelled(source.keeps_consumption_of) if source else None
        silent.append(SilentSource(code=code, issuers=issuers or None, keeps_consumption_of=keeps))
    return tuple(silent)


def _spelled(keys: Iterable[str]) -> tuple[Key, ...]:
    return tuple(key for each in keys if (key := _key(identifier(each))))


def _key(given: Identifier | None) -> Key | None:
    """Write an identifier as the graph does; None where it cannot be a key there."""
    if given is None:
        return None
    try:
        parts = (normalised(part) for part in (given.scheme, given.edition, given.code))
        return key_of(*parts)
    except ValueError:
        return None


def _results(found: Held, learner: LearnerKey, roster: Roster, secret: bytes) -> tuple[Result, ...]:
    """Make a result of each record that is tied; two that differ under one id get names of their own."""
    seen: Counter[str] = Counter()
    results = []
    for reply in found.replies:
        source = roster.known.get(reply.source)
        issuers = _spelled(source.issuers) if source else ()
        for record in reply.records:
            if record.outcome is None:
                continue
            name = f"{reply.source}:{record.id}"
            seen[name] += 1
            spoken = name if seen[name] == 1 else f"{name}#{seen[name]}"
            results.append(_result(spoken, record, _issuer(record, issuers), learner, secret))
    return tuple(results)


def _issuer(record: PlacedRecord, issuers: Sequence[Key]) -> Key | None:
    """Give the record's issuer, or the one that its source speaks for, if that is just one."""
    return _key(record.issuer) or (issuers[0] if len(issuers) == 1 else None)


def _result(
    name: str, record: PlacedRecord, issuer: Key | None, learner: LearnerKey, secret: bytes
) -> Result:
    assert record.outcome is not None
    done, grade = record.completion, record.grade
    return Result(
        id=name,
        outcome=record.outcome.key,
        issuer=issuer,
        earned=credit(record.earned),
        available=credit(record.available),
        grade=Grade(scheme=normalised(grade.scheme), value=grade.value) if grade else None,
        completion=Completion(first=done.first, last=done.last) if done else None,
        valid_to=record.valid_to,
        status=record.status,
        attempts=record.attempts,
        verification=_verification(record),
        part_of=f"{record.source}:{record.part_of}" if record.part_of else None,
        obtained=record.obtained,
        source=record.source,
        fingerprint=_fingerprint(record, issuer, learner, secret),
    )


def _verification(record: PlacedRecord) -> Verification:
    """A record is no more verified than its signature, and not while its source gives it no more."""
    doubtful = record.proof not in SIGNED or record.vanished
    if doubtful and record.verification is Verification.VERIFIED:
        return Verification.UNVERIFIED
    return record.verification


def _fingerprint(record: PlacedRecord, issuer: Key | None, learner: LearnerKey, secret: bytes) -> str:
    """Mark equal results of whatever source: by what they are tied to, not by each source's own code."""
    assert record.outcome is not None
    same = replace(
        record.record,
        outcome=identifier(record.outcome.key),
        issuer=identifier(issuer) if issuer else None,
    )
    return fingerprint(same, learner=f"{learner.scheme}|{learner.code}", secret=secret)


def _declared(one: Result, index: Index) -> Result:
    earned = one.earned if one.earned and index.credit_schemes.of(one.earned.scheme) else None
    available = one.available if one.available and index.credit_schemes.of(one.available.scheme) else None
    if (earned, available) == (one.earned, one.available):
        return one
    return replace(one, earned=earned, available=available)
