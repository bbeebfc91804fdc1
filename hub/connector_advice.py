"""What ``connectors read`` tells beside the records: what to do about an error, what a map never found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from connectors.contract import Settings
from connectors.errors import SourceError
from connectors.graphql import GraphQLSettings
from connectors.mapping import ResultMap
from connectors.notices import NoticeCode, notice
from connectors.records import Obtained, Record, ResultStatus

_OWN: Final[Mapping[NoticeCode, str]] = {
    NoticeCode.ADDRESS_FORBIDDEN: "A host on a private network is allowed by name, beside settings: "
    "traffic: {private: [10.1.0.0/16]} 内网地址须在 traffic.private 中列明",
}
_FOUND: Final[Mapping[str, Callable[[Record], bool]]] = {
    "outcome": lambda each: each.outcome is not None,
    "title": lambda each: bool(each.title.zh or each.title.en),
    "credit": lambda each: each.earned is not None,
    "hours": lambda each: each.hours is not None,
    "mark": lambda each: (
        (each.grade, each.status, each.obtained) != (None, ResultStatus.COMPLETED, Obtained.STUDY)
    ),
    "completed": lambda each: each.completion is not None,
}
"""The parts of a map a person looks for, and whether a record has what comes of them."""


def advice(error: SourceError) -> str:
    """Say what went wrong and what to do about it, in both languages; no value of an answer is in it."""
    said = notice(error.code)
    lines = [f"{error}: {said.text.en} {said.text.zh}", f"{said.action.en} {said.action.zh}"]
    if error.retry_after is not None:
        lines.append(f"Worth asking again in {error.retry_after:g} s. {error.retry_after:g} 秒后可再试。")
    return "\n".join([*lines, *filter(None, [_OWN.get(error.code)])])


def unfound(settings: Settings, records: Sequence[Record]) -> Iterator[str]:
    """Say what the declaration maps and no record has: a name misspelt finds nothing, quietly."""
    told = _map(settings)
    if told is None or told.record:
        return
    if not records:
        yield (
            "no record: if this learner does have some, look at rows, and at map.learner"
            " 没有记录；若此人确有成绩，请核对 rows 与 map.learner"
        )
        return
    for name, found in _FOUND.items():
        if getattr(told, name) and not any(found(each) for each in records):
            said = ": every result counts as completed 全部视为已完成" * (name == "mark")
            yield f"map.{name} found nothing in any record{said}; is it spelt as the source does? 请核对拼写"


def _map(settings: Settings) -> ResultMap | None:
    whole = settings.rest() if isinstance(settings, GraphQLSettings) else settings
    found = getattr(whole, "map", None) or getattr(getattr(whole, "results", None), "map", None)
    return found if isinstance(found, ResultMap) else None
