"""Trust: whose key a proof names, found among those given, in did:key, or at the issuer's own addresses."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from connectors.call import Call
from connectors.credentials.multikey import ed25519
from connectors.credentials.settings import TrustedIssuer
from connectors.decoding.strict import parse
from connectors.errors import SourceError, SourceUnreadable
from connectors.transport import Http, Request

Jwk = Mapping[str, Any]

_LASTS = 300.0
_MOST_KEPT = 128
_MOST_BYTES = 16 * 1024 * 1024
_DID_KEY = "did:key:"
_DID_WEB = "did:web:"


class NoKey(Exception):
    """The key a proof names is not to be had, or is nobody's we trust."""


class Kept(NamedTuple):
    """A document looked up before, and until when it counts."""

    ends: float
    body: bytes


class Lookups:
    """Looks up documents of trusted issuers: https only, at their own hosts, each once in five minutes."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._kept: dict[str, Kept] = {}

    async def look(self, url: str, issuer: TrustedIssuer, call: Call) -> bytes:
        """Fetch a document; ``SourceError`` where it is not to be had, or not at the issuer's hosts."""
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.netloc not in _hosts(issuer) or parts.username is not None:
            raise SourceUnreadable(where="host")
        kept = self._kept.get(url)
        if kept is not None and kept.ends > call.clock.now():
            return kept.body
        answer = await self._http.ask(Request(url=url, headers={"Accept": "application/json"}), call)
        self._keep(url, Kept(call.clock.now() + _LASTS, answer.body))
        return answer.body

    def _keep(self, url: str, found: Kept) -> None:
        """Keep a document, and let the oldest go while there are too many or they are too large together."""
        self._kept.pop(url, None)
        self._kept[url] = found
        size = sum(len(each.body) for each in self._kept.values())
        while len(self._kept) > _MOST_KEPT or size > _MOST_BYTES:
            size -= len(self._kept.pop(next(iter(self._kept))).body)


def _hosts(issuer: TrustedIssuer) -> set[str]:
    told = {*issuer.hosts, urlsplit(issuer.id).netloc, urlsplit(issuer.jwks).netloc}
    if issuer.id.startswith(_DID_WEB):
        told.add(urlsplit(_web(issuer.id)).netloc)
    return told - {""}


class Trust:
    """The issuers an operator trusts, and their keys."""

    def __init__(self, issuers: Iterable[TrustedIssuer], http: Http) -> None:
        self._issuers = {each.id: each for each in issuers}
        self.lookups = Lookups(http)

    def issuer(self, name: str) -> TrustedIssuer | None:
        """Return the issuer if it is trusted."""
        return self._issuers.get(name)

    async def key(self, method: str, issuer: str, call: Call) -> Jwk:
        """Find the public key a proof names, if it is the issuer's to sign with.

        A did:key issuer is its own key, trusted or not; anybody else's key is looked for only where the
        issuer is trusted. ``NoKey`` where there is none.
        """
        trusted, controller = self._issuers.get(issuer), method.partition("#")[0]
        try:
            if controller == issuer and controller.startswith(_DID_KEY):
                return okp(ed25519(controller.removeprefix(_DID_KEY)))
            if trusted is None:
                raise NoKey
            if method in trusted.keys:
                return _given(trusted.keys[method])
            if trusted.jwks:
                return _from_set(await self._json(trusted.jwks, trusted, call), method)
            if controller != issuer:
                raise NoKey
            return await self._controlled(method, controller, trusted, call)
        except (SourceError, ValueError, TypeError, AttributeError, KeyError):
            raise NoKey from None

    async def _controlled(self, method: str, controller: str, trusted: TrustedIssuer, call: Call) -> Jwk:
        """Look the key up in what the controller itself publishes, as one it asserts with."""
        url = _web(controller) if controller.startswith(_DID_WEB) else controller
        told = await self._json(url, trusted, call)
        if told.get("id") != controller:
            raise NoKey
        asserting = _items(told.get("assertionMethod"))
        for each in [*_items(told.get("verificationMethod")), *asserting]:
            if isinstance(each, dict) and _names(each, method, controller):
                if not any(_names(one, method, controller) for one in asserting):
                    raise NoKey
                return _given(each.get("publicKeyMultibase") or each["publicKeyJwk"])
        raise NoKey

    async def _json(self, url: str, trusted: TrustedIssuer, call: Call) -> dict[str, Any]:
        told = parse((await self.lookups.look(url, trusted, call)).decode("utf-8"))
        if not isinstance(told, dict):
            raise NoKey
        return told


def okp(raw: bytes) -> Jwk:
    """Write 32 bytes of an Ed25519 key as a JWK."""
    return {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}


def raw(key: Jwk) -> bytes:
    """Return the 32 bytes of an Ed25519 JWK; ``ValueError`` for any other key."""
    if key.get("kty") != "OKP" or key.get("crv") != "Ed25519":
        raise ValueError("not an Ed25519 key")
    text = str(key.get("x", ""))
    told = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(told) != 32:
        raise ValueError("not an Ed25519 key")
    return told


def _given(key: str | Mapping[str, Any]) -> Jwk:
    """Take a key as Multikey or JWK; a shared one is none."""
    if isinstance(key, str):
        return okp(ed25519(key))
    if key.get("kty") not in ("OKP", "EC", "RSA"):
        raise NoKey
    return {name: value for name, value in key.items() if name not in ("d", "p", "q", "dp", "dq", "qi")}


def _from_set(told: Mapping[str, Any], method: str) -> Jwk:
    named = [
        each
        for each in _items(told.get("keys"))
        if isinstance(each, dict) and each.get("kid") in (method, method.partition("#")[2] or method)
    ]
    if len(named) != 1:
        raise NoKey
    return _given(named[0])


def _items(value: Any) -> list[Any]:
    told = value if isinstance(value, list) else [] if value is None else [value]
    return told[:100]


def _names(entry: Any, method: str, controller: str) -> bool:
    """Tell whether an entry, embedded or by reference, is the method; a reference may be relative."""
    name = entry.get("id") if isinstance(entry, dict) else entry
    return name == method or (isinstance(name, str) and name.startswith("#") and controller + name == method)


def _web(did: str) -> str:
    """Write where did:web keeps its document; ``ValueError`` for what could lead anywhere else."""
    host, *path = did.removeprefix(_DID_WEB).split(":")
    place = unquote(host)
    steps = [unquote(each) for each in path]
    if not place or any(c in place for c in "/?#@\\") or any(_strays(each) for each in steps):
        raise ValueError("not a did:web")
    return f"https://{place}/{'/'.join(steps) if steps else '.well-known'}/did.json"


def _strays(step: str) -> bool:
    return step in ("", ".", "..") or any(c in step for c in "/?#@\\")
