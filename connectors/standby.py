"""An open source: its connector, guarded by its traffic policy, and the outcome of one call to it."""

from __future__ import annotations

import asyncio
import logging
import random
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct

from connectors.breaker import Breaker
from connectors.call import Call
from connectors.clock import Clock
from connectors.errors import SourceError, SourceUnavailable, SourceUnreadable
from connectors.network import Network
from connectors.notices import Notice, NoticeCode, notice
from connectors.pace import Bulkhead
from connectors.session import Session
from connectors.source import Source, fitting
from connectors.transport import Transport
from connectors.watch import Watch

T = TypeVar("T")

_log = logging.getLogger("alliance_hub.connectors")


class Outcome(Struct, Generic[T], frozen=True):
    """What one call came to: a value or an error, never both."""

    elapsed: float
    fetched: datetime
    value: T | None = None
    error: SourceError | None = None
    remarks: tuple[Notice, ...] = ()
    as_of: datetime | None = None


class OpenSource:
    """A source ready to be asked, its failures counted, its calls bounded in number and time."""

    def __init__(
        self,
        source: Source,
        clock: Clock,
        transport: Transport | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.source = source
        self.clock = clock
        self.breaker = Breaker(source.policy, clock)
        self._watch = Watch(source.code, self.breaker, clock)
        self._bulkhead = Bulkhead(source.policy)
        self._transport = transport or Network(source.policy, source.tls.context() if source.tls else None)
        self._session = Session(self._transport, source.policy, jitter)
        self._open = AsyncExitStack()
        self._connector: Any = None
        self._busy = 0
        self._retired = False

    def __repr__(self) -> str:
        return f"<OpenSource {self.source.code}>"

    async def open(self) -> None:
        """Open the connector, within the policy's deadline; ``ValueError`` if it lacks what it offers."""
        self._open.push_async_callback(self._transport.close)
        try:
            async with asyncio.timeout(self.source.policy.deadline):
                opened = self.source.manifest.opens(self.source.settings, self._session)
                self._connector = fitting(await self._open.enter_async_context(opened), self.source.offers)
        except BaseException:
            await self._open.aclose()
            raise

    async def retire(self) -> None:
        """Close it as soon as nobody waits for its answer."""
        self._retired = True
        if not self._busy:
            await self._open.aclose()

    async def ask(
        self,
        put: Callable[[Any, Call], Awaitable[T]],
        seconds: float,
        request_id: str = "",
        *,
        requests: int | None = None,
    ) -> Outcome[T]:
        """Put one question, within ``seconds`` and the policy's own deadline; whatever happens is told.

        With ``requests`` it is one that takes long: it may send so many, and has all of ``seconds``.
        """
        began = self.clock.now()
        call = self._call(seconds, request_id, requests)
        self._busy += 1
        try:
            value, error = await self._guarded(put, call), None
        except SourceError as failed:
            value, error = None, failed
            self._watch.failed(failed, request_id)
        finally:
            self._watch.look()
            await self._left()
        return self._outcome(value, error, call, began)

    def _call(self, seconds: float, request_id: str, requests: int | None) -> Call:
        policy = self.source.policy
        return Call(
            seconds=min(seconds, policy.deadline) if requests is None else seconds,
            requests=requests or policy.requests,
            clock=self.clock,
            request_id=request_id,
        )

    def _outcome(self, value: T | None, error: SourceError | None, call: Call, began: float) -> Outcome[T]:
        return Outcome(
            elapsed=self.clock.now() - began,
            fetched=self.clock.moment(),
            value=value,
            error=error,
            remarks=tuple(notice(code, count=count) for code, count in sorted(call.remarks.items())),
            as_of=call.as_of,
        )

    async def _left(self) -> None:
        self._busy -= 1
        if self._retired and not self._busy:
            await self._open.aclose()

    async def _guarded(self, put: Callable[[Any, Call], Awaitable[T]], call: Call) -> T:
        fair = call.left() >= min(self.source.policy.read, self.source.policy.deadline) * 0.99
        try:
            async with asyncio.timeout(call.left()), self._bulkhead:
                self.breaker.enter()
                self._session.retries.earn()
                value = await self._counted(put, call)
        except TimeoutError:
            if fair:
                self.breaker.failed()
            raise SourceUnavailable(NoticeCode.TIMED_OUT) from None
        self.breaker.succeeded()
        return value

    async def _counted(self, put: Callable[[Any, Call], Awaitable[T]], call: Call) -> T:
        """Put the question; count what makes the source ill, and turn surprises into a DEFECT."""
        try:
            return await put(self._connector, call)
        except SourceError as error:
            if error.ill:
                self.breaker.failed()
            raise
        except TimeoutError:
            raise
        except asyncio.CancelledError:
            if _called_off():
                raise
            self.breaker.failed()
            raise SourceUnreadable(NoticeCode.DEFECT) from None
        except Exception as error:  # noqa: BLE001  (a connector may raise anything; it must not cross)
            self.breaker.failed()
            _log.error("source %s: %s", self.source.code, _places(error))
            raise SourceUnreadable(NoticeCode.DEFECT) from None


def _called_off() -> bool:
    """Tell whether it is us who were cancelled, and not something a connector let slip."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _places(error: BaseException) -> str:
    """Say what kind of error it was and where, without its text, which may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return type(error).__name__ + "".join(f" < {each.name}:{each.lineno}" for each in reversed(frames))
