"""Credentials: how a request is signed before it goes out."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from connectors.call import Call
from connectors.decoding.strict import parse
from connectors.errors import SourceError, SourceRefused, SourceUnreadable
from connectors.expressions import function
from connectors.notices import NoticeCode
from connectors.rest.settings import ApiKey, Auth, Basic, Hmac, NoAuth, OAuth2, Python
from connectors.transport import Answer, Http, Request

_EARLY = 30.0


def signer(auth: Auth, http: Http) -> Signer:
    """Make the signer of a kind of credentials."""
    match auth:
        case NoAuth():
            return Signer()
        case ApiKey():
            return _Key(auth)
        case Basic():
            return _Password(auth)
        case OAuth2():
            return _Token(auth, http)
        case Hmac():
            return _Signature(auth)
        case Python():
            return _Function(function(auth.function))


class Signer:
    """Signs nothing."""

    async def sign(self, request: Request, call: Call) -> Request:
        """Return the request with credentials."""
        return request

    async def ask(self, http: Http, request: Request, call: Call) -> Answer:
        """Send a request so signed; once more where the credential was refused and can be made anew."""
        try:
            return await http.ask(request, call, self.sign)
        except SourceRefused as error:
            if error.facts.get("status") != 401 or not self.forget(call):
                raise
        return await http.ask(request, call, self.sign)

    def forget(self, call: Call) -> bool:
        """Forget what was fetched and this call was refused with; tell whether trying again makes sense."""
        return False


class _Key(Signer):
    def __init__(self, auth: ApiKey) -> None:
        self._auth = auth

    async def sign(self, request: Request, call: Call) -> Request:
        told = self._auth.prefix + self._auth.key.reveal()
        if self._auth.param:
            return replace(request, params=(*request.params, (self._auth.param, told)))
        return _headed(request, self._auth.header, told)


class _Password(Signer):
    def __init__(self, auth: Basic) -> None:
        self._auth = auth

    async def sign(self, request: Request, call: Call) -> Request:
        told = f"{self._auth.name}:{self._auth.password.reveal()}".encode()
        return _headed(request, "Authorization", "Basic " + base64.b64encode(told).decode())


class _Token(Signer):
    """One token for all calls, fetched once however many of them need it at the same time."""

    def __init__(self, auth: OAuth2, http: Http) -> None:
        self._auth = auth
        self._http = http
        self._token = ""
        self._ends = 0.0
        self._turn = asyncio.Lock()
        self._fetches = 0
        self._failed: SourceError | None = None
        self._given: WeakKeyDictionary[Call, str] = WeakKeyDictionary()

    def __repr__(self) -> str:
        return "<OAuth2 token, hidden>"

    async def sign(self, request: Request, call: Call) -> Request:
        if call.clock.now() >= self._ends:
            await self._fetched(call, self._fetches)
        self._given[call] = self._token
        return _headed(request, "Authorization", f"Bearer {self._token}")

    def forget(self, call: Call) -> bool:
        given = self._given.get(call)
        if given == self._token:  # else another call has a new one already
            self._ends = 0.0
        return given is not None

    async def _fetched(self, call: Call, seen: int) -> None:
        """Fetch, or take what another call fetched meanwhile: its token, or what is wrong with the server."""
        async with self._turn:
            if call.clock.now() < self._ends:
                return
            if self._fetches > seen and self._failed is not None:
                raise self._failed
            self._failed = None
            try:
                await self._fetch(call)
            except SourceError as error:
                # That one call had no time left says nothing about the next.
                self._failed = None if error.code is NoticeCode.TIMED_OUT else error
                raise
            finally:
                self._fetches += 1

    async def _fetch(self, call: Call) -> None:
        answer = await self._http.ask(self._asked(), call)
        told = parse(answer.body.decode("utf-8", "replace"))
        if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
            raise SourceRefused(where="token")
        lasts = told.get("expires_in", 300)
        if not isinstance(lasts, int) or not 0 <= lasts <= 10**7:
            raise SourceUnreadable(where="expires_in")
        self._token = told["access_token"]
        self._ends = call.clock.now() + max(1.0, lasts - _EARLY)

    def _asked(self) -> Request:
        form = {
            "grant_type": "client_credentials",
            **({"scope": self._auth.scope} if self._auth.scope else {}),
        }
        told = f"{self._auth.client}:{self._auth.secret.reveal()}".encode()
        return Request(
            url=self._auth.token_url,
            method="POST",
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Authorization": "Basic " + base64.b64encode(told).decode(),
            },
            body=urlencode(form).encode(),
            read=True,
        )


class _Signature(Signer):
    def __init__(self, auth: Hmac) -> None:
        self._auth = auth

    async def sign(self, request: Request, call: Call) -> Request:
        auth = self._auth
        params = (
            *request.params,
            (auth.client_param, auth.client),
            (auth.timestamp_param, str(int(call.clock.moment().timestamp()))),
            (auth.nonce_param, secrets.token_hex(16)),
        )
        return replace(request, params=(*params, (auth.signature_param, self._signature(params, request))))

    def _signature(self, params: tuple[tuple[str, str], ...], request: Request) -> str:
        told = list(params)
        if request.body is not None:
            told.append(("body", hashlib.sha256(request.body).hexdigest()))
        message = "&".join(f"{name}={value}" for name, value in sorted(told))
        signed = hmac.new(self._auth.secret.reveal().encode(), message.encode(), self._auth.digest)
        return signed.hexdigest().upper() if self._auth.upper else signed.hexdigest()


class _Function(Signer):
    def __init__(self, sign: Callable[..., Any]) -> None:
        self._sign = sign

    async def sign(self, request: Request, call: Call) -> Request:
        signed = await self._sign(request, call)
        if not isinstance(signed, Request):
            raise SourceUnreadable(where="auth")
        return signed


def _headed(request: Request, name: str, value: str) -> Request:
    return replace(request, headers={**request.headers, name: value})
