"""Data Integrity proofs: eddsa-rdfc-2022 and eddsa-jcs-2022, and Ed25519Signature2020."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from connectors.credentials.canonical import Unsound, by_graph, by_json
from connectors.credentials.multikey import multibase
from connectors.records import Proof

_PURPOSE = "assertionMethod"
_WEAK = frozenset(
    {
        "RsaSignature2018",
        "Ed25519Signature2018",
        "JcsEd25519Signature2020",
        "LinkedDataSignature2015",
        "GraphSignature2012",
    }
)
"""Suites given up, for SHA-1 or for what they leave unsigned."""


def suite(proof: Mapping[str, Any]) -> str | None:
    """Tell the suite of a proof that can be checked, None of any other."""
    if proof.get("type") == "DataIntegrityProof":
        named = proof.get("cryptosuite")
        return named if named in ("eddsa-rdfc-2022", "eddsa-jcs-2022") else None
    return "Ed25519Signature2020" if proof.get("type") == "Ed25519Signature2020" else None


def weak(proof: Mapping[str, Any]) -> bool:
    """Tell whether a proof is by a suite that was given up."""
    return proof.get("type") in _WEAK


def wellformed(proof: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a proof is meant to assert, and has not itself expired."""
    if proof.get("proofPurpose") != _PURPOSE:
        return False
    expires = proof.get("expires")
    return expires is None or _later(expires, now)


def _later(moment: object, now: datetime) -> bool:
    try:
        return isinstance(moment, str) and datetime.fromisoformat(moment) > now
    except (ValueError, TypeError):
        return False


def verify(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    key: bytes,
    contexts: Mapping[str, Any] | None = None,
) -> Proof:
    """Check one proof with an Ed25519 key of 32 bytes; ``contexts`` are known besides those kept.

    UNRESOLVABLE where the document has no canonical form, so that nobody can say what was signed.
    """
    named = suite(proof)
    if named is None or "previousProof" in proof:
        return Proof.UNRESOLVABLE
    try:
        signature = multibase(proof.get("proofValue"))
        signed = (
            _by_json(document, proof) if named == "eddsa-jcs-2022" else _by_graph(document, proof, contexts)
        )
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except Unsound:
        return Proof.UNRESOLVABLE
    except (InvalidSignature, ValueError):
        return Proof.INVALID
    return Proof.VALID


def _by_graph(
    document: Mapping[str, Any], proof: Mapping[str, Any], contexts: Mapping[str, Any] | None
) -> bytes:
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    options["@context"] = document.get("@context")
    return _joined(by_graph(options, contexts), by_graph(_unproved(document), contexts))


def _by_json(document: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """By JSON the proof says itself which contexts it was made under: those the document begins with."""
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unproved = _unproved(document)
    if "@context" in options:
        said, all_of_them = _listed(options["@context"]), _listed(document.get("@context"))
        if all_of_them[: len(said)] != said:
            raise ValueError("the proof is of other contexts")
        unproved["@context"] = options["@context"]
    return _joined(by_json(options), by_json(unproved))


def _listed(context: Any) -> list[Any]:
    return context if isinstance(context, list) else [context]


def _unproved(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def _joined(options: bytes, document: bytes) -> bytes:
    return sha256(options).digest() + sha256(document).digest()
