"""The badge issuer's key: made from the key of this run of the demo, so that both sides know it."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ISSUER: Final = "https://ynyl.example/issuer"
METHOD: Final = f"{ISSUER}#key-1"


def private_jwk(key: str) -> dict[str, str | list[str]]:
    """Give the key that signs, as a JWK."""
    seed = hashlib.sha256(b"badges" + key.encode()).digest()
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "x": _text(public), "d": _text(seed), "kid": METHOD}


def public_jwk(key: str) -> str:
    """Give the key that verifies, as the JSON of a JWK."""
    return json.dumps({name: part for name, part in private_jwk(key).items() if name != "d"})


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
