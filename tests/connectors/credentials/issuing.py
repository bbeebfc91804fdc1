"""Issuers made here, with keys of their own, and the synthetic credentials they sign."""

from __future__ import annotations

import base64
import gzip
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import OKPKey

from connectors.credentials.integrity import _by_graph, _by_json

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-01-01T00:00:00Z",
    "proofPurpose": "assertionMethod",
}


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _ALPHABET[digit] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def badge(subject, issuer, n="1", **fields):
    """An Open Badge; ``fields`` go into the subject, but ``over`` over the whole."""
    over = fields.pop("over", {})
    achievement = {
        "id": f"urn:achievement:{n}",
        "type": ["Achievement"],
        "name": f"数据结构 {n}",
        "description": "Synthetic",
        "criteria": {"narrative": "Synthetic"},
        **fields.pop("achievement", {}),
    }
    return {
        "@context": CONTEXTS,
        "id": f"urn:badge:{subject}:{n}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "North"},
        "validFrom": "2024-06-30T00:00:00Z",
        "name": f"Badge {n}",
        "credentialSubject": {
            "id": subject, "type": ["AchievementSubject"], "achievement": achievement, **fields,
        },
        **over,
    }  # fmt: skip


def marked(value, kind="LetterGrade", **fields):
    """What a badge's subject says of a result, and its achievement of what that means."""
    described = {"id": "urn:result:1", "type": ["ResultDescription"], "name": "Grade", "resultType": kind}
    result = {"type": ["Result"], "resultDescription": "urn:result:1", "value": value, **fields}
    return {"result": [result], "achievement": {"resultDescription": [described]}}


def status_list(issuer, revoked=(), purpose="revocation", encoded=None, kind="BitstringStatusList"):
    bits = bytearray(16 * 1024)
    for each in revoked:
        bits[each // 8] |= 128 >> each % 8
    packed = base64.urlsafe_b64encode(gzip.compress(bytes(bits))).decode().rstrip("=")
    return {
        "@context": CONTEXTS[:1],
        "id": "urn:list:1",
        "type": ["VerifiableCredential", f"{kind}Credential"],
        "issuer": issuer,
        "validFrom": "2024-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "urn:list:1#list",
            "type": kind,
            "statusPurpose": purpose,
            "encodedList": encoded or "u" + packed,
        },
    }


def entry(url, index, purpose="revocation"):
    return {
        "id": f"{url}#{index}", "type": "BitstringStatusListEntry", "statusPurpose": purpose,
        "statusListIndex": str(index), "statusListCredential": url,
    }  # fmt: skip


class Issuer:
    """An issuer with one Ed25519 key: under a did:key of its own, or under a name given."""

    def __init__(self, name=None):
        self.key = Ed25519PrivateKey.generate()
        self.multikey = base58(b"\xed\x01" + self.key.public_key().public_bytes_raw())
        self.name = name or f"did:key:{self.multikey}"
        self.method = f"{self.name}#{self.multikey}"

    @property
    def jwk(self):
        told = base64.urlsafe_b64encode(self.key.public_key().public_bytes_raw()).decode().rstrip("=")
        return {"kty": "OKP", "crv": "Ed25519", "x": told, "kid": self.method}

    @property
    def trusted(self):
        return {"id": self.name, "key": "uscc:-:1210", "keys": {self.method: self.multikey}}

    def controller(self, **over):
        method = {
            "id": self.method,
            "type": "Multikey",
            "controller": self.name,
            "publicKeyMultibase": self.multikey,
        }
        return {"id": self.name, "verificationMethod": [method], "assertionMethod": [self.method], **over}

    def sign(self, document, **over):
        """Prove a credential by Data Integrity."""
        proof = {**PROOF, "verificationMethod": self.method, **over}
        jcs = proof["cryptosuite"] == "eddsa-jcs-2022"
        signed = _by_json(document, proof) if jcs else _by_graph(document, proof, None)
        return {**document, "proof": {**proof, "proofValue": base58(self.key.sign(signed))}}

    def token(self, document, header=None, **claims):
        """Prove a credential as a JWT."""
        told = {
            "iss": self.name,
            "sub": document["credentialSubject"]["id"],
            "jti": document["id"],
            **document,
        }
        private = OKPKey.import_key(
            {**self.jwk, "d": base64.urlsafe_b64encode(self.key.private_bytes_raw()).decode().rstrip("=")}
        )
        named = {"alg": "Ed25519", "kid": self.method, **(header or {})}
        return jwt.encode(named, {**told, **claims}, private, algorithms=[named["alg"]])


def written(*documents):
    """What a wallet answers."""
    return json.dumps([*documents], ensure_ascii=False)
