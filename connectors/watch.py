"""The watch: what is logged of a source's failures, once for each change and not once for each question."""

from __future__ import annotations

import logging
from typing import Final

from connectors.breaker import Breaker
from connectors.clock import Clock
from connectors.errors import SourceError
from connectors.notices import NoticeCode

EACH: Final = 60.0
"""Seconds between two lines about a source that stays left alone."""

_log = logging.getLogger("alliance_hub.connectors")


class Watch:
    """Logs each failed question, but of a source that is left alone only the change and a count a minute."""

    def __init__(self, code: str, breaker: Breaker, clock: Clock) -> None:
        self._code = code
        self._breaker = breaker
        self._clock = clock
        self._open = False
        self._unsent = 0
        self._last: SourceError | None = None
        self._told = clock.now()

    def failed(self, error: SourceError, request_id: str) -> None:
        """Note a question that failed."""
        if error.code is NoticeCode.RESTING:
            self._unsent += 1
        elif not self._open:
            _log.warning("source %s: %r [%s]", self._code, error, request_id)
        else:
            self._last = error
        if self._open and self._clock.now() - self._told >= EACH:
            self._still()

    def look(self) -> None:
        """Tell it where the breaker has opened or closed since the last look."""
        if self._breaker.open == self._open:
            return
        self._open = self._breaker.open
        self._told = self._clock.now()
        if self._open:
            _log.warning(
                "source %s failed too often and is left alone, but for a probe now and then", self._code
            )
            return
        _log.warning("source %s answers again; questions not sent to it: %d", self._code, self._unsent)
        self._unsent, self._last = 0, None

    def _still(self) -> None:
        self._told = self._clock.now()
        said = "source %s is still left alone; questions not sent to it: %d; the last probe came to: %r"
        _log.warning(said, self._code, self._unsent, self._last)
