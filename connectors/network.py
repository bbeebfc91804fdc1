"""The real network: one aiohttp session per source, so that no source holds another's connections."""

from __future__ import annotations

import asyncio
import socket
import ssl
from functools import lru_cache

import aiohttp
from yarl import URL

from connectors.address import Addresses, AddressForbidden
from connectors.errors import SourceError, SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.notices import NoticeCode
from connectors.policy import Policy
from connectors.reading import read
from connectors.transport import Answer, Limits, Request

_AGENT = "alliance-hub"


class Network:
    """Sends over TCP and TLS: no cookies, no redirects, no proxies of the environment, no private addresses.

    ``tls`` is for members who want the hub's own certificate or have one of their own authority.
    """

    def __init__(self, policy: Policy, tls: ssl.SSLContext | None = None) -> None:
        self._policy = policy
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request, limits: Limits) -> Answer:
        """Send once; raise only what ``connectors.errors`` names, without the foreign text."""
        try:
            async with asyncio.timeout(limits.total):
                return await self._send(request, limits)
        except (aiohttp.ClientError, OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise _translated(error) from None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _send(self, request: Request, limits: Limits) -> Answer:
        url = URL(request.url).extend_query(request.params) if request.params else URL(request.url)
        async with self._opened().request(
            request.method,
            url,
            headers=dict(request.headers),
            data=request.body,
            allow_redirects=False,
            timeout=_patience(limits.connect, limits.read),
        ) as answer:
            return await _taken(answer, limits.max_bytes)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector(),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                headers={"Accept-Encoding": "gzip, deflate", "User-Agent": _AGENT},
                read_bufsize=64 * 1024,
            )
        return self._session

    def _connector(self) -> aiohttp.TCPConnector:
        return aiohttp.TCPConnector(
            limit=self._policy.concurrent,
            happy_eyeballs_delay=None,
            socket_factory=Addresses(self._policy.private).open,
            ssl=self._tls or True,
        )


async def _taken(answer: aiohttp.ClientResponse, most: int) -> Answer:
    encoding = answer.headers.get("Content-Encoding", "")
    if encoding.lower() in ("", "identity") and (answer.content_length or 0) > most:
        raise SourceUnreadable(NoticeCode.TOO_LARGE, bytes=most)
    body = b"" if answer.status == 204 else await read(answer.content.iter_any(), encoding, most)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(status=answer.status, headers=headers, body=body)


@lru_cache(16)
def _patience(connect: float, read: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=connect, sock_read=read)


def _translated(error: Exception) -> SourceError:
    match error:
        case TimeoutError():
            return SourceUnavailable(NoticeCode.TIMED_OUT)
        case aiohttp.ClientConnectorDNSError():
            return SourceUnavailable(NoticeCode.NAME_UNKNOWN)
        case aiohttp.ClientSSLError():
            return SourceRefused(NoticeCode.TLS_FAILED)
        case aiohttp.ClientOSError() if isinstance(error.__cause__, ssl.SSLError):
            # TLS 1.3 tells only after the handshake that our certificate was not accepted.
            return SourceRefused(NoticeCode.TLS_FAILED)
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, AddressForbidden):
            return SourceRefused(NoticeCode.ADDRESS_FORBIDDEN)
        case aiohttp.ClientConnectorError() | socket.gaierror():
            return SourceUnavailable(NoticeCode.UNREACHABLE)
        case aiohttp.ClientPayloadError() | aiohttp.ServerDisconnectedError() | ConnectionError():
            return SourceUnavailable(NoticeCode.BROKEN_OFF)
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return SourceUnreadable(NoticeCode.SETTINGS_WRONG, where="url")
        case aiohttp.ClientResponseError() | ValueError():
            return SourceUnreadable(where="http")
    return SourceUnavailable(NoticeCode.UNREACHABLE)
