"""JOSE: credentials as compact JWTs, by the algorithms on one list and no others."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import import_key
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry
from msgspec import Struct

from connectors.credentials.trust import Jwk
from connectors.decoding.strict import parse
from connectors.errors import SourceUnreadable
from connectors.records import Proof

ALGORITHMS = {
    "EdDSA": "OKP",
    "Ed25519": "OKP",
    "ES256": "EC",
    "ES384": "EC",
    "RS256": "RSA",
    "PS256": "RSA",
}
"""The algorithms allowed, and the kind of key each goes with: a shared secret never does."""

_MOST = 2 * 1024 * 1024
_LEAST_RSA = 2048


class Token(Struct, frozen=True):
    """A compact JWT, read and not yet believed."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def __repr__(self) -> str:
        return "<Token, hidden>"

    @property
    def issuer(self) -> str:
        """Return who it says issued it."""
        return str(self.claims.get("iss", ""))

    @property
    def method(self) -> str:
        """Return the key it names; a key sent along (``jwk``, ``jku``, ``x5c``) is never looked at."""
        named = str(self.header.get("kid", ""))
        if named.startswith("#"):
            return self.issuer + named
        return named or self.issuer


def opened(text: str) -> Token:
    """Read a compact JWT; ``SourceUnreadable`` where it is none."""
    parts = text.strip().split(".")
    if len(parts) != 3 or len(text) > _MOST:
        raise SourceUnreadable(where="jwt")
    header, claims = (_part(each) for each in parts[:2])
    return Token(text.strip(), header, claims)


def _part(text: str) -> dict[str, Any]:
    try:
        told = parse(
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("utf-8")
        )
    except ValueError:
        raise SourceUnreadable(where="jwt") from None
    if not isinstance(told, dict):
        raise SourceUnreadable(where="jwt")
    return told


def allowed(token: Token) -> bool:
    """Tell whether its algorithm is on the list; ``none`` and every shared secret are not."""
    return token.header.get("alg") in ALGORITHMS


def verify(token: Token, key: Jwk, now: datetime, audience: str = "") -> Proof:
    """Check signature and claims: made for a later time or for somebody else, it is not valid for us.

    One that has expired keeps its proof: from when it no longer counts, its record says.
    """
    alg = str(token.header.get("alg"))
    if ALGORITHMS.get(alg) != key.get("kty"):
        return Proof.INVALID
    try:
        if _too_short(key):
            return Proof.WEAK_ALGORITHM
        jws.deserialize_compact(token.text, import_key(dict(key)), registry=_registry(alg))
    except (JoseError, ValueError, TypeError, KeyError):
        return Proof.INVALID
    return Proof.VALID if _meant(token.claims, now, audience) else Proof.INVALID


def _registry(alg: str) -> JWSRegistry:
    registry = JWSRegistry(algorithms=[alg])
    registry.max_payload_length = _MOST
    registry.max_header_length = 16 * 1024
    return registry


def _too_short(key: Jwk) -> bool:
    text = str(key.get("n", ""))
    return (
        key.get("kty") == "RSA"
        and len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) * 8 < _LEAST_RSA
    )


def _meant(claims: Mapping[str, Any], now: datetime, audience: str) -> bool:
    registry = JWTClaimsRegistry(now=int(now.timestamp()), leeway=60, aud={"value": audience or "-"})
    try:
        registry.validate(dict(claims))
    except ExpiredTokenError:
        return _meant({name: value for name, value in claims.items() if name != "exp"}, now, audience)
    except (JoseError, TypeError, ValueError):
        return False
    return True
