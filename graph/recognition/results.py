"""Results as the evaluator holds them: equal fingerprints made one (recognition.md, Values)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from msgspec.structs import replace

from graph.model.learning import Result, ResultStatus, Verification


class QuestionError(ValueError):
    """A question that has no answer; ``code`` says why in one word."""

    def __init__(self, code: str, subject: str) -> None:
        super().__init__(f"{code}: {subject}")
        self.code = code
        self.subject = subject


Merged = tuple[Result, tuple[str, ...]]
"""One result and the ids it goes by, the smallest (its own) first."""


def merged(results: Iterable[Result]) -> tuple[Merged, ...]:
    """Make equal fingerprints one; the answer is ordered by id in byte order."""
    ordered = sorted(_distinct(results), key=lambda result: (result.fingerprint, result.id.encode()))
    found = [_one(list(group)) for _, group in groupby(ordered, key=_identity)]
    return tuple(sorted(found, key=lambda one: one[0].id.encode()))


def _distinct(results: Iterable[Result]) -> Iterable[Result]:
    known: dict[str, Result] = {}
    for result in results:
        if known.setdefault(result.id, result) != result:
            raise QuestionError("RESULT_ID_TWICE", result.id)
    return known.values()


def _identity(result: Result) -> tuple[str, str]:
    return (result.fingerprint, "" if result.fingerprint else result.id)


def _one(group: list[Result]) -> Merged:
    first = group[0]
    if len(group) == 1:
        return first, (first.id,)
    ids = tuple(result.id for result in group)
    return replace(first, verification=_verification(group), status=_status(group)), ids


def _status(group: list[Result]) -> ResultStatus:
    revoked = any(result.status is ResultStatus.REVOKED for result in group)
    return ResultStatus.REVOKED if revoked else group[0].status


def _verification(group: list[Result]) -> Verification:
    said = {(result.grade, result.earned, result.available or result.earned) for result in group}
    if len(said) > 1:
        return Verification.CONFLICTING
    verified = any(result.verification is Verification.VERIFIED for result in group)
    return Verification.VERIFIED if verified else group[0].verification
