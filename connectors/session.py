"""The session a connector is given: its source's traffic policy, around one transport."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from connectors.call import Call
from connectors.errors import SourceBusy, SourceError, SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.notices import NoticeCode
from connectors.pace import Pace
from connectors.policy import Policy
from connectors.retries import Retries
from connectors.transport import Answer, Limits, Request, Sign, Transport

_ERRORS: Mapping[int, tuple[type[SourceError], NoticeCode]] = {
    401: (SourceRefused, NoticeCode.CREDENTIALS_REFUSED),
    403: (SourceRefused, NoticeCode.FORBIDDEN),
    404: (SourceUnreadable, NoticeCode.NOT_THERE),
    408: (SourceUnavailable, NoticeCode.TIMED_OUT),
}


class Session:
    """Sends requests within a call's allowance: paced, retried where harmless, redirects judged."""

    def __init__(
        self, transport: Transport, policy: Policy, jitter: Callable[[], float] = random.random
    ) -> None:
        self._transport = transport
        self._policy = policy
        self._pace = Pace(policy)
        self.retries = Retries(policy, jitter)

    async def ask(self, request: Request, call: Call, sign: Sign | None = None) -> Answer:
        """Send until it is answered, hopeless, or too late; signed anew each time."""
        tried = 0
        while True:
            tried += 1
            try:
                signed = await sign(request, call) if sign else request
                return await self._followed(signed, call)
            except SourceUnavailable as error:
                pause = self.retries.pause(error, tried, call.left()) if request.repeatable else None
                if pause is None:
                    raise
            await call.clock.sleep(pause)

    async def _followed(self, request: Request, call: Call) -> Answer:
        asked = request
        for _ in range(self._policy.redirects + 1):
            answer = await self._sent(asked, call)
            if not 300 <= answer.status < 400:
                return _judged(answer, request, call)
            asked = self._redirected(asked, answer, urlsplit(request.url).netloc)
        raise SourceUnreadable(NoticeCode.REDIRECTED)

    async def _sent(self, request: Request, call: Call) -> Answer:
        call.spend()
        await self._pace.wait(call)
        limits = Limits(
            connect=self._policy.connect,
            read=self._policy.read,
            total=call.left(),
            max_bytes=self._policy.max_bytes,
        )
        return await self._transport.send(request, limits)

    def _redirected(self, request: Request, answer: Answer, home: str) -> Request:
        """Look at one hop: the same scheme, a host that is named, and a read."""
        there = urljoin(request.url, answer.headers.get("location", ""))
        parts, here = urlsplit(there), urlsplit(request.url)
        allowed = parts.netloc == home or parts.hostname in self._policy.hosts
        if not (self._policy.redirects and request.repeatable and allowed and parts.scheme == here.scheme):
            raise SourceUnreadable(NoticeCode.REDIRECTED)
        headers = request.headers if parts.netloc == home else {}
        return Request(url=there, method=request.method, headers=headers, absent_ok=request.absent_ok)


def _judged(answer: Answer, request: Request, call: Call) -> Answer:
    status = answer.status
    if 200 <= status < 300 or (status == 404 and request.absent_ok):
        return answer
    if status == 429:
        raise SourceBusy(retry_after=_asked_wait(answer, call))
    if status >= 500:
        raise SourceUnavailable(NoticeCode.FAILING, retry_after=_asked_wait(answer, call), status=status)
    kind, code = _ERRORS.get(status, (SourceUnreadable, NoticeCode.REJECTED))
    raise kind(code, status=status)


def _asked_wait(answer: Answer, call: Call) -> float | None:
    """Read Retry-After: seconds, or a date."""
    said = answer.headers.get("retry-after", "")
    if said.isascii() and said.isdigit() and len(said) < 8:
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - call.clock.moment()).total_seconds())
    except (ValueError, TypeError):
        return None
