"""Sifting: an answer about learners is taken by key, and whatever was not asked for is dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from connectors.call import Call
from connectors.errors import SourceError, SourceUnreadable
from connectors.notices import NoticeCode
from connectors.records import LearnerKey, Provenance, Record, Verification

Given = Mapping[LearnerKey, "Sequence[Record] | SourceError"]
Sifted = dict[LearnerKey, "tuple[Record, ...] | SourceError"]

_PLAIN = Provenance()


def sift(asked: Sequence[LearnerKey], given: Given, call: Call) -> Sifted:
    """Give each learner asked for their own records, in the order of ids.

    Records of others are dropped and remarked; equal ones said twice are kept once; two records that say
    different things under one id are both kept, as conflicting. ``SourceUnreadable`` (DEFECT) where the
    connector did not give canonical records.
    """
    if not isinstance(given, Mapping):
        raise SourceUnreadable(NoticeCode.DEFECT, where="results")
    strangers = sum(1 for key in given if key not in asked)
    if strangers:
        call.remark(NoticeCode.FOREIGN_RECORDS, strangers)
    return {key: _own(key, given.get(key, ()), call) for key in asked}


def _own(
    key: LearnerKey, given: Sequence[Record] | SourceError, call: Call
) -> tuple[Record, ...] | SourceError:
    if isinstance(given, SourceError):
        return given
    records = tuple(given)
    if not all(isinstance(each, Record) for each in records):
        raise SourceUnreadable(NoticeCode.DEFECT, where="results")
    own = [each for each in records if each.learner == key]
    if len(own) < len(records):
        call.remark(NoticeCode.FOREIGN_RECORDS, len(records) - len(own))
    return _single(own, call)


def _single(records: list[Record], call: Call) -> tuple[Record, ...]:
    if len({each.id for each in records}) == len(records):
        return tuple(sorted(records, key=lambda each: each.id))
    by_id: dict[str, list[Record]] = {}
    for each in sorted(records, key=lambda each: each.id):
        versions = by_id.setdefault(each.id, [])
        if all(not _same(each, other) for other in versions):
            versions.append(each)
    call.remark(NoticeCode.DUPLICATES, len(records) - sum(map(len, by_id.values())) or 1)
    return tuple(each for versions in by_id.values() for each in _marked(versions))


def _same(one: Record, other: Record) -> bool:
    return replace(one, provenance=_PLAIN) == replace(other, provenance=_PLAIN)


def _marked(versions: list[Record]) -> list[Record]:
    if len(versions) == 1:
        return versions
    return [replace(each, verification=Verification.CONFLICTING) for each in versions]
