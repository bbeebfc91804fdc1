"""A call: one question on its way to one source, with what it may still spend."""

from __future__ import annotations

from datetime import datetime

from connectors.clock import Clock, WallClock
from connectors.errors import SourceUnavailable, SourceUnreadable
from connectors.notices import NoticeCode


class Remarks(dict[NoticeCode, int]):
    """How often each thing was remarked on; 0 for what never was."""

    def __missing__(self, code: NoticeCode) -> int:
        return 0


class Call:
    """What one question may spend at one source, and what the connector remarks on the way.

    ``seconds`` is what is left of the question's deadline when the call begins; ``requests`` is how many
    requests it may send, pages and retries included.
    """

    def __init__(
        self, *, seconds: float, requests: int = 50, clock: Clock | None = None, request_id: str = ""
    ) -> None:
        self.clock = clock or WallClock()
        self.ends = self.clock.now() + seconds
        self.requests = requests
        self.request_id = request_id
        self.remarks = Remarks()
        self.as_of: datetime | None = None

    def left(self) -> float:
        """Return the seconds left; ``SourceUnavailable`` (TIMED_OUT) when there are none."""
        left = self.ends - self.clock.now()
        if left <= 0:
            raise SourceUnavailable(NoticeCode.TIMED_OUT)
        return left

    def spend(self) -> None:
        """Take one request from the budget; ``SourceUnreadable`` (BUDGET_SPENT) when none is left."""
        if self.requests <= 0:
            raise SourceUnreadable(NoticeCode.BUDGET_SPENT)
        self.requests -= 1

    def remark(self, code: NoticeCode, count: int = 1) -> None:
        """Note something the asker should hear about although there is an answer."""
        self.remarks[code] += count

    def dated(self, as_of: datetime) -> None:
        """Note the time the source gives its data; of several, the oldest counts."""
        self.as_of = min(self.as_of or as_of, as_of)

    def __repr__(self) -> str:
        return f"<Call, {self.requests} requests left>"
