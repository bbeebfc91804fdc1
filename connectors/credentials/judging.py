"""Judging: what a credential says, and what became of the proofs that it was its issuer who said so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from connectors.call import Call
from connectors.credentials import integrity, jose
from connectors.credentials.jose import Token
from connectors.credentials.trust import NoKey, Trust, raw
from connectors.decoding.strict import parse
from connectors.errors import SourceUnreadable
from connectors.records import Proof

_MOST_PROOFS = 10
_WORST = (Proof.INVALID, Proof.VALID, Proof.WEAK_ALGORITHM, Proof.UNRESOLVABLE)
_ENVELOPE = "data:application/vc+jwt,"

Item = dict[str, Any] | Token


class Judged(Struct, frozen=True):
    """A credential, who it says issued it, and what its proofs came to; ``trusted`` is about the issuer."""

    document: Mapping[str, Any]
    issuer: str
    proof: Proof
    trusted: bool

    def __repr__(self) -> str:
        return f"<Judged, {self.proof.value}>"


def item(told: Any) -> Item:
    """Take a credential as JSON or as a JWT, also one enveloped; ``SourceUnreadable`` for anything else."""
    if isinstance(told, str):
        return jose.opened(told)
    if not isinstance(told, dict):
        raise SourceUnreadable(where="credential")
    enveloped = told.get("id")
    if isinstance(enveloped, str) and enveloped.startswith(_ENVELOPE):
        return jose.opened(enveloped.removeprefix(_ENVELOPE))
    return told


def issuer_of(document: Mapping[str, Any]) -> str:
    """Tell who a credential says issued it, empty where it does not."""
    told = document.get("issuer")
    name = told.get("id") if isinstance(told, dict) else told
    return name if isinstance(name, str) else ""


class Judge:
    """Judges credentials by the keys of trusted issuers."""

    def __init__(self, trust: Trust, audience: str) -> None:
        self._trust = trust
        self._audience = audience

    async def judge(self, given: Item, call: Call) -> Judged:
        """Judge one credential; a proof that does not hold is a state of it, never an error."""
        if isinstance(given, Token):
            return await self._token(given, call)
        issuer, told = issuer_of(given), given.get("proof")
        proofs = told if isinstance(told, list) else [] if told is None else [told]
        found = [await self._proof(given, each, issuer, call) for each in proofs[:_MOST_PROOFS]]
        if len(proofs) > _MOST_PROOFS:
            found.append(Proof.UNRESOLVABLE)
        proof = next((each for each in _WORST if each in found), Proof.UNSIGNED)
        return Judged(given, issuer, proof, self._trust.issuer(issuer) is not None)

    async def proved(self, body: bytes, issuer: str, call: Call) -> Mapping[str, Any]:
        """Give the credential in a body if this trusted issuer proves it now; ``SourceUnreadable`` if not."""
        text = body.decode("utf-8", "replace").strip()
        judged = await self.judge(item(text if text.startswith("ey") else parse(text)), call)
        ends = judged.document.get("validUntil") or judged.document.get("expirationDate")
        lasts = ends is None or datetime.fromisoformat(str(ends)) > call.clock.moment()
        if judged.proof is not Proof.VALID or not judged.trusted or judged.issuer != issuer or not lasts:
            raise SourceUnreadable(where="status list")
        return judged.document

    async def _proof(self, document: dict[str, Any], proof: Any, issuer: str, call: Call) -> Proof:
        if not isinstance(proof, dict) or not integrity.wellformed(proof, call.clock.moment()):
            return Proof.INVALID
        if integrity.weak(proof):
            return Proof.WEAK_ALGORITHM
        if integrity.suite(proof) is None:
            return Proof.UNRESOLVABLE
        try:
            key = raw(await self._trust.key(str(proof.get("verificationMethod", "")), issuer, call))
        except (NoKey, ValueError):
            return Proof.UNRESOLVABLE
        return await asyncio.to_thread(integrity.verify, document, proof, key)

    async def _token(self, token: Token, call: Call) -> Judged:
        document = _told(token)
        issuer = issuer_of(document)
        trusted = self._trust.issuer(issuer) is not None
        if not jose.allowed(token):
            return Judged(document, issuer, Proof.WEAK_ALGORITHM, trusted)
        if not _consistent(token, document):
            return Judged(document, issuer, Proof.INVALID, trusted)
        try:
            key = await self._trust.key(token.method, issuer, call)
        except NoKey:
            return Judged(document, issuer, Proof.UNRESOLVABLE, trusted)
        proof = jose.verify(token, key, call.clock.moment(), self._audience)
        return Judged(document, issuer, proof, trusted)


def _told(token: Token) -> dict[str, Any]:
    """Give the credential a JWT carries, what only its claims say put in place."""
    within = token.claims.get("vc")
    document = dict(within) if isinstance(within, dict) else dict(token.claims)
    if not issuer_of(document):
        document["issuer"] = token.issuer
    if "jti" in token.claims:
        document.setdefault("id", token.claims["jti"])
    ends = token.claims.get("exp")
    if isinstance(ends, int) and ends < 2**40:
        until = datetime.fromtimestamp(min(max(ends, 0), 253402300799), UTC).isoformat()
        document["validUntil"] = min(until, str(document.get("validUntil", until)))
    return document


def _consistent(token: Token, document: Mapping[str, Any]) -> bool:
    """Tell whether the claims and the credential they carry name the same issuer, subject and credential."""
    subject = document.get("credentialSubject")
    pairs = (
        ("iss", issuer_of(document)),
        ("jti", document.get("id")),
        ("sub", subject.get("id") if isinstance(subject, dict) else None),
    )
    return all(value is None or token.claims.get(name, value) == value for name, value in pairs)
