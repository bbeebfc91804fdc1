"""Suites and algorithms against what others published: W3C, the IETF and 1EdTech."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.credentials import jose
from connectors.credentials.canonical import Unsound, by_graph
from connectors.credentials.integrity import verify
from connectors.credentials.multikey import ed25519
from connectors.credentials.status import bit, unpacked
from connectors.credentials.trust import okp
from connectors.records import Proof

PUBLISHED = Path(__file__).with_name("published")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EXAMPLES = {
    "https://www.w3.org/ns/credentials/examples/v2": {
        "@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
    }
}


def published(name):
    return json.loads((PUBLISHED / name).read_text("utf-8"))


def proofs(document):
    told = document["proof"]
    return told if isinstance(told, list) else [told]


def key_of(proof):
    return ed25519(proof["verificationMethod"].rpartition("#")[2].rpartition(":")[2])


@pytest.mark.parametrize("name", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_the_vectors_of_vc_di_eddsa_verify_and_nothing_changed_does(name):
    document = published(f"{name}.json")
    (proof,) = proofs(document)
    assert verify(document, proof, key_of(proof), EXAMPLES) is Proof.VALID
    for changed in (
        {**document, "name": "Another"},
        {**document, "credentialSubject": {**document["credentialSubject"], "alumniOf": "Elsewhere"}},
    ):
        assert verify(changed, proof, key_of(proof), EXAMPLES) is Proof.INVALID
    assert (
        verify(document, {**proof, "created": "2024-01-01T00:00:00Z"}, key_of(proof), EXAMPLES)
        is Proof.INVALID
    )
    other = ed25519("z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi")
    assert verify(document, proof, other, EXAMPLES) is Proof.INVALID


def test_a_json_proof_holds_only_under_the_contexts_it_names():
    document = published("eddsa-jcs-2022.json")
    (proof,) = proofs(document)
    more = {
        **document,
        "@context": [*document["@context"], "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
    }
    other = {**document, "@context": document["@context"][::-1]}
    assert verify(more, proof, key_of(proof)) is Proof.VALID
    assert verify(other, proof, key_of(proof)) is Proof.INVALID


@pytest.mark.parametrize(
    "name",
    ["badge-complete", "badge-revoked", "badge-did-key", "status-list", "clr-simple", "clr-complex"],
)
def test_credentials_published_by_1edtech_verify_and_nothing_changed_does(name):
    document = published(f"{name}.json")
    within = document["credentialSubject"].get("verifiableCredential", [])
    for each in (document, *within):
        for proof in proofs(each):
            assert verify(each, proof, key_of(proof)) is Proof.VALID
            assert verify({**each, "id": "urn:another"}, proof, key_of(proof)) is Proof.INVALID
    assert len(within) == {"clr-simple": 1, "clr-complex": 6}.get(name, 0)


def test_the_published_status_list_has_one_bit_set():
    told = unpacked(published("status-list.json")["credentialSubject"]["encodedList"], 1024 * 1024)
    assert [index for index in range(len(told) * 8) if bit(told, index)] == [23]


RSA = {
    "kty": "RSA",
    "e": "AQAB",
    "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL"
    "-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS"
    "-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2et"
    "hFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
}
EC = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
PAYLOAD = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
A1 = f"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
A2 = (
    f"eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9"
    "CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOL"
    "n6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtV"
    "rBp0igcN_IoypGlUPQGe77Rw"
)
A3 = (
    f"eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)
A5 = f"eyJhbGciOiJub25lIn0.{PAYLOAD}."


@pytest.mark.parametrize(("text", "key"), [(A2, RSA), (A3, EC)])
def test_the_vectors_of_rfc_7515_verify_and_nothing_changed_does(text, key):
    token = jose.opened(text)
    assert jose.allowed(token)
    assert jose.verify(token, key, NOW) is Proof.VALID
    other = RSA if key is EC else EC
    assert jose.verify(token, other, NOW) is Proof.INVALID
    head, _, tail = text.split(".")
    claims = base64.urlsafe_b64encode(b'{"iss":"ann"}').decode().rstrip("=")
    assert jose.verify(jose.opened(f"{head}.{claims}.{tail}"), key, NOW) is Proof.INVALID


@pytest.mark.parametrize("text", [A1, A5])
def test_a_shared_secret_and_no_signature_at_all_are_not_on_the_list(text):
    token = jose.opened(text)
    assert not jose.allowed(token)
    for key in (
        RSA,
        EC,
        {"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4"},
    ):
        assert jose.verify(token, key, NOW) is Proof.INVALID


def test_a_document_of_which_anything_would_be_left_out_has_no_canonical_form():
    good = published("badge-revoked.json")
    assert by_graph(good)
    subject = good["credentialSubject"]
    for bad in (
        {**good, "@context": [*good["@context"], {"creditsEarned": None}]},
        {**good, "@context": [*good["@context"], "https://elsewhere.example/context"]},
        {**good, "unknownToAnyContext": 42},
        {**good, "@id": "urn:other"},
        {**good, "credentialSubject": {**subject, "id": "relative"}},
        {**good, "credentialSubject": {**subject, "@included": []}},
        {**good, "credentialSubject": {**subject, "type": ["AchievementSubject", "Unknown"]}},
        {**good, "credentialSubject": {**subject, "id": "_:b0"}},
    ):
        with pytest.raises(Unsound):
            by_graph(bad)


def test_a_graph_made_to_be_compared_in_every_order_is_given_up():
    good = published("badge-revoked.json")
    same = {"type": ["Address"], "addressCountry": "X"}
    nested = {"type": ["Profile"], "endorsement": []}
    twins = [
        {**nested, "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "1"} for _ in range(11)]}
    ] * 2
    assert by_graph({**good, "issuer": {**good["issuer"], "address": same}})
    with pytest.raises(Unsound):
        by_graph(
            {
                **good,
                "credentialSubject": [{"type": ["AchievementSubject"], "source": each} for each in twins],
            }
        )


def test_deep_nesting_has_no_canonical_form():
    good = published("badge-revoked.json")
    deep = {"type": ["Profile"]}
    for _ in range(100):
        deep = {"type": ["Profile"], "parentOrg": deep}
    with pytest.raises(Unsound):
        by_graph({**good, "issuer": {**good["issuer"], "parentOrg": deep}})


def test_an_ed25519_key_as_jwk_has_32_bytes():
    assert len(okp(ed25519("z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"))["x"]) == 43
