"""The breaker: leaves a failing source alone, but for one probe at a time."""

from __future__ import annotations

from collections import deque

from connectors.clock import Clock
from connectors.errors import SourceUnavailable
from connectors.notices import NoticeCode
from connectors.policy import Policy


class Breaker:
    """Counts what came of calls; while open it lets one probe through each ``probe_each`` seconds."""

    def __init__(self, policy: Policy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._run = 0
        self._seen: deque[bool] = deque(maxlen=policy.breaker_window)
        self._probe_at: float | None = None

    @property
    def open(self) -> bool:
        """Tell whether the source is being left alone."""
        return self._probe_at is not None

    def enter(self) -> None:
        """Let a call through, or raise ``SourceUnavailable`` (RESTING) with the seconds to the next probe."""
        if self._probe_at is None:
            return
        wait = self._probe_at - self._clock.now()
        if wait > 0:
            raise SourceUnavailable(NoticeCode.RESTING, retry_after=round(wait, 1))
        self._probe_at = self._clock.now() + self._policy.probe_each

    def succeeded(self) -> None:
        """Note a call that came back well; a probe that does so closes the breaker."""
        if self.open:
            self._seen.clear()
        self._probe_at = None
        self._run = 0
        self._seen.append(True)

    def failed(self) -> None:
        """Note a failure, and open if there were too many."""
        self._run += 1
        self._seen.append(False)
        if self._too_many() or self.open:
            self._probe_at = self._clock.now() + self._policy.probe_each

    def _too_many(self) -> bool:
        failures = self._seen.count(False)
        enough = len(self._seen) >= self._policy.breaker_least
        return self._run >= self._policy.breaker_run or (
            enough and failures >= self._policy.breaker_share * len(self._seen)
        )
