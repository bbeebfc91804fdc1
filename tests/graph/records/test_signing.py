"""Signatures: right for just these bytes and this key; everything else is told by its code."""

from __future__ import annotations

import base64
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc.jwk import ECKey, OctKey, OKPKey

from graph.records import RecordRefused
from graph.records.signing import new_key, read_key, signed, verify

RECORD = b'{"record":1}' * 20_000
KEY, OTHER = new_key(), new_key()
PUBLIC = read_key(KEY.as_pem(private=False).decode(), private=False)
SIGNATURE = signed(RECORD, KEY)


def refused(signature=SIGNATURE, record=RECORD, key=PUBLIC) -> str:
    with pytest.raises(RecordRefused) as caught:
        verify(record, signature, key)
    return caught.value.code


def headed(**header) -> str:
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return f"{head}..{SIGNATURE.rpartition('.')[2]}"


def test_a_signature_is_right_for_its_bytes_and_its_key():
    verify(RECORD, SIGNATURE, PUBLIC)
    verify(RECORD, SIGNATURE + "\n", PUBLIC)


def test_it_is_a_plain_jws_that_any_ed25519_verifies():
    head, _, signature = SIGNATURE.split(".")
    payload = base64.urlsafe_b64encode(RECORD).decode().rstrip("=")
    raw = base64.urlsafe_b64decode(KEY.as_dict(private=False)["x"] + "=")
    given = base64.urlsafe_b64decode(signature + "==")
    Ed25519PublicKey.from_public_bytes(raw).verify(given, f"{head}.{payload}".encode())


def test_another_key_or_other_bytes_do_not_fit():
    assert refused(key=OTHER) == "SIGNATURE_WRONG"
    assert refused(record=RECORD + b" ") == "SIGNATURE_WRONG"
    assert refused(record=b"") in {"SIGNATURE_WRONG", "SIGNATURE_MALFORMED"}


def test_every_character_of_the_signature_counts():
    for place, character in enumerate(SIGNATURE):
        for other in {chr(ord(character) ^ 1), "A", "."} - {character}:
            assert refused(SIGNATURE[:place] + other + SIGNATURE[place + 1 :])


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "EdDSA", "RS256", "", None, 1, ["Ed25519"]])
def test_no_other_algorithm_is_accepted(algorithm):
    kid = KEY.thumbprint()
    assert refused(headed(alg=algorithm, kid=kid)) == "SIGNATURE_ALGORITHM"
    bare = headed(alg=algorithm, kid=kid).rpartition(".")[0] + "."
    assert refused(bare) in {"SIGNATURE_ALGORITHM", "SIGNATURE_MALFORMED"}


def test_a_public_key_is_never_taken_as_a_secret():
    head = headed(alg="HS256", kid=KEY.thumbprint()).partition(".")[0]
    payload = base64.urlsafe_b64encode(RECORD).rstrip(b"=")
    mac = hmac.digest(KEY.as_pem(private=False), head.encode() + b"." + payload, "sha256")
    signature = base64.urlsafe_b64encode(mac).decode().rstrip("=")
    assert refused(f"{head}..{signature}") == "SIGNATURE_ALGORITHM"


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "a..b.c", "é..x", "x" * 5_000, SIGNATURE.replace("..", ".e30.")]
)
def test_what_is_no_detached_jws_is_refused(text):
    assert refused(text) == "SIGNATURE_MALFORMED"


def test_a_header_that_asks_for_more_is_refused():
    more = headed(alg="Ed25519", kid=KEY.thumbprint(), crit=["b64"], b64=False)
    assert refused(more) == "SIGNATURE_MALFORMED"


def test_keys_are_read_as_pem_and_as_jwk():
    for text in (KEY.as_pem(private=True).decode(), json.dumps(KEY.as_dict(private=True))):
        verify(RECORD, signed(RECORD, read_key(text, private=True)), PUBLIC)


BAD_KEYS = {
    "nothing": "",
    "junk": "{not json",
    "a list": '{"kty": []}',
    "public": KEY.as_pem(private=False).decode(),
    "another curve": OKPKey.generate_key("X25519").as_pem(private=True).decode(),
    "another kind": ECKey.generate_key("P-256").as_pem(private=True).decode(),
    "a secret": json.dumps(OctKey.generate_key(256).as_dict()),
}


@pytest.mark.parametrize("bad", BAD_KEYS)
def test_what_is_no_private_ed25519_key_is_refused_without_quoting_it(bad):
    with pytest.raises(RecordRefused) as caught:
        read_key(BAD_KEYS[bad], private=True)
    assert caught.value.code == "KEY_UNUSABLE"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("text", [KEY.as_pem(private=True).decode(), json.dumps(KEY.as_dict(private=True))])
def test_a_private_key_is_refused_where_a_public_one_is_meant_without_quoting_it(text):
    with pytest.raises(RecordRefused) as caught:
        read_key(text, private=False)
    assert caught.value.code == "KEY_PRIVATE"
    assert KEY.as_dict(private=True)["d"] not in str(caught.value)
    public = read_key(KEY.as_pem(private=False).decode(), private=False)
    assert public.thumbprint() == KEY.thumbprint()
