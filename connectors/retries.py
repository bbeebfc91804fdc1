"""Retries: for reads only, with full jitter, the source's own wish honoured, and a budget."""

from __future__ import annotations

from collections.abc import Callable

from connectors.errors import SourceUnavailable
from connectors.policy import Policy

_SAVED = 2.0


class Retries:
    """Decides whether to send again, and after how long.

    ``random`` gives numbers from 0 up to 1. Each question earns ``retry_share`` of a retry; what is
    saved up is at most 2, so over time the upstream calls stay within 1 + ``retry_share`` per question.
    """

    def __init__(self, policy: Policy, random: Callable[[], float]) -> None:
        self._policy = policy
        self._random = random
        self._saved = _SAVED

    def earn(self) -> None:
        """Note a new question."""
        self._saved = min(_SAVED, self._saved + self._policy.retry_share)

    def pause(self, error: SourceUnavailable, tried: int, left: float) -> float | None:
        """Return the seconds to wait before the next try, or None to give up.

        ``tried`` counts the tries made; ``left`` is what remains of the deadline, in seconds.
        """
        pause = self._wanted(error, tried)
        if tried >= self._policy.tries or self._saved < 1 or pause is None or pause >= left:
            return None
        self._saved -= 1
        return pause

    def _wanted(self, error: SourceUnavailable, tried: int) -> float | None:
        if error.retry_after is None:
            ceiling = min(self._policy.longest_backoff, self._policy.backoff * 2.0 ** (tried - 1))
            return float(self._random() * ceiling)
        return error.retry_after if error.retry_after <= self._policy.longest_retry_after else None
