"""Signing records: a compact JWS with a detached payload (RFC 7515, appendix F), Ed25519 keys, offline.

The payload is the record's bytes as they are, so that record and signature are two files and the record stays
canonical. The header names the algorithm and the key's thumbprint (RFC 7638), and nothing else is accepted.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from graph.records.refusals import RecordRefused

ALGORITHM: Final = "Ed25519"
LARGEST: Final = 4_000
"""Characters of a signature."""


def new_key() -> OKPKey:
    """Make a key pair."""
    return OKPKey.generate_key("Ed25519", private=True)


def read_key(text: str, *, private: bool) -> OKPKey:
    """Read a key, PEM or JWK; ``RecordRefused`` KEY_UNUSABLE without quoting anything of it.

    A private key where a public one is wanted is KEY_PRIVATE: whoever verifies should not have it.
    """
    wanted = "private" if private else "public"
    try:
        key = OKPKey.import_key(json.loads(text) if text.lstrip().startswith("{") else text)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise RecordRefused("KEY_UNUSABLE", wanted=wanted) from None
    if key.curve_name != "Ed25519" or (private and not key.is_private):
        raise RecordRefused("KEY_UNUSABLE", wanted=wanted)
    if key.is_private and not private:
        raise RecordRefused("KEY_PRIVATE")
    return key


def signed(record: bytes, key: OKPKey) -> str:
    """Sign a record's bytes: header, nothing, signature."""
    header = {"alg": ALGORITHM, "kid": key.thumbprint()}
    head, _, signature = jws.serialize_compact(header, record, key, algorithms=[ALGORITHM]).split(".")
    return f"{head}..{signature}"


def verify(record: bytes, signature: str, key: OKPKey) -> None:
    """Return if the signature is of these bytes by this key; ``RecordRefused`` otherwise."""
    found = _extracted(record, signature.strip())
    _settled(signature.strip())
    header = found.headers()
    if header.get("alg") != ALGORITHM:
        raise RecordRefused("SIGNATURE_ALGORITHM")
    if set(header) != {"alg", "kid"}:
        raise RecordRefused("SIGNATURE_MALFORMED")
    try:
        right = header["kid"] == key.thumbprint() and jws.validate_compact(found, key, [ALGORITHM])
    except (JoseError, ValueError):
        right = False
    if not right:
        raise RecordRefused("SIGNATURE_WRONG")


def _settled(signature: str) -> None:
    """Refuse another spelling of the same signature: its last character has bits to spare."""
    text = signature.rpartition(".")[2]
    try:
        again = urlsafe_b64encode(urlsafe_b64decode(text + "=" * (-len(text) % 4))).decode()
    except ValueError:
        raise RecordRefused("SIGNATURE_MALFORMED") from None
    if again.rstrip("=") != text:
        raise RecordRefused("SIGNATURE_MALFORMED")


def _extracted(record: bytes, signature: str) -> jws.CompactSignature:
    try:
        if len(signature) > LARGEST or signature.split(".")[1:2] != [""]:
            raise RecordRefused("SIGNATURE_MALFORMED")
        return jws.extract_compact(signature.encode("ascii"), record)
    except (JoseError, ValueError) as error:
        if isinstance(error, RecordRefused):
            raise
        raise RecordRefused("SIGNATURE_MALFORMED") from None
