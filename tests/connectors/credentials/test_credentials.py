"""What is true of the credentials kind, against a real server over TLS and files in a folder."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import aiohttp
import pytest

from connectors.clock import WallClock
from connectors.contract import settings_of
from connectors.credentials import MANIFEST
from connectors.credentials.reading import transcript
from connectors.dispatch import Dispatch
from connectors.errors import Misdeclared
from connectors.notices import NoticeCode, Status
from connectors.policy import Policy
from connectors.records import LearnerKey, Proof, ResultStatus, Verification
from connectors.roster import Declared, Roster
from connectors.source import Source, Tls
from tests.connectors.alliance import consenting, everywhere, question
from tests.connectors.credentials.issuing import (
    CLR,
    CONTEXTS,
    Issuer,
    badge,
    entry,
    marked,
    status_list,
    written,
)  # fmt: skip
from tests.connectors.processes import running

HERE = Path(__file__)
PUBLISHED = HERE.with_name("published")
CERTIFICATES = HERE.parents[1] / "outage" / "certificates"
ANA, BAO = (LearnerKey(scheme="did", code=f"did:example:{name}") for name in ("ana", "bao"))
DEGREE = LearnerKey(scheme="did", code="did:example:ebfeb1f712ebc6f1c276e12ec21")
KEY = "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A folder, and a real server that shows it over TLS: its host as addresses name it."""
    folder = tmp_path_factory.mktemp("shelf")
    tls = [str(CERTIFICATES / name) for name in ("good.pem", "source.key")]
    with running(HERE.parents[1] / "shelf.py", str(folder), "hush-hush", *tls) as port:
        yield folder, f"localhost:{port}"


def settings(where, **fields):
    place = {"folder": str(where)} if isinstance(where, Path) else {"url": f"https://{where}"}
    results = {"path": "wallet.json" if "folder" in place else "/wallet.json", "key_scheme": "did"}
    given = {
        "outcome_scheme": "badge",
        "credit_scheme": "us",
        **place,
        "results": results | fields.pop("results", {}),
    }
    return settings_of(MANIFEST, given | fields)


async def asked(made, *learners, **policy):
    source = Source(
        code="a", member="m", manifest=MANIFEST, settings=made, offers=MANIFEST.offers,
        policy=Policy(**({"private": ("127.0.0.0/8", "::1/128"), "tries": 1} | policy)),
        tls=Tls(authority=str(CERTIFICATES / "ca.pem")),
    )  # fmt: skip
    async with Roster(Declared(source), WallClock()) as roster:
        assert roster.quarantined == ()
        dispatch = Dispatch(roster, everywhere("a", learners=learners), consenting("a", learners=learners))
        return [each.replies[0] for each in await dispatch.results(question(*learners))]


async def held(where, *documents, learner=ANA, issuers=(), folder=None, text=None, **fields):
    """What becomes of a wallet of documents: over TLS where a host is given, else from a folder."""
    place = folder or where
    (place / "wallet.json").write_text(text if text is not None else written(*documents), "utf-8")
    trusted = [each if isinstance(each, dict) else each.trusted for each in issuers]
    policy = {name: fields.pop(name) for name in ("redirects",) if name in fields}
    (reply,) = await asked(settings(where, issuers=trusted, **fields), learner, **policy)
    return reply


def told(reply):
    return {each.code for each in (reply.notice, *reply.remarks) if each is not None}


def states(reply):
    return [(each.proof, each.verification) for each in reply.records]


SURE = (Proof.VALID, Verification.VERIFIED)
OPEN = (Proof.UNRESOLVABLE, Verification.UNVERIFIED)
FALSE = (Proof.INVALID, Verification.UNVERIFIED)
WEAK = (Proof.WEAK_ALGORITHM, Verification.UNVERIFIED)


async def published(name, learner, *issuers):
    results = {"path": name}
    (reply,) = await asked(settings(PUBLISHED, results=results, issuers=list(issuers)), learner)
    return reply


def keys_of(issuer, *methods):
    return {"id": issuer, "keys": {each: each.rpartition("#")[2].rpartition(":")[2] for each in methods}}


async def test_the_published_badge_with_36_credits_available_and_42_earned_is_a_conflict():
    issuer = "https://1edtech.edu/issuers/565049"
    method = f"{issuer}#z6Mknyb2Gb4NxzW3xSr9ChTtdQZ1zs77piQ3r9SaJ9vMzmrs"
    reply = await published("badge-complete.json", DEGREE, keys_of(issuer, method))
    (record,) = reply.records
    assert (record.available.amount, record.earned.amount) == (Decimal(36), Decimal(42))
    assert (record.proof, record.verification) == (Proof.VALID, Verification.CONFLICTING)
    assert told(reply) == {NoticeCode.CREDIT_CONFLICT, NoticeCode.STATUS_UNKNOWN}
    assert (record.grade.scheme, record.grade.value) == ("LetterGrade", "A")
    assert (record.completion.first, record.valid_to) == (date(2010, 1, 2), date(2030, 1, 1))
    assert (record.title.en, record.outcome.code) == (
        "1EdTech University Degree", "https://1edtech.edu/achievements/degree",
    )  # fmt: skip


CLR_ISSUER = "urn:uuid:4ca4a241-fc3b-4d92-978e-f56fa96ae795"
CLR_KEY = "did:key:z6Mks4vZNz8Jwyb85odUeZrissHSY7JeJcXkNTDCcXLhYAZ4"
CLR_OWNER = LearnerKey(scheme="did", code="urn:uuid:360a0e1e-c3f4-4fc4-9975-379889927d54")


async def test_the_published_learner_record_has_six_credentials_and_five_associations():
    document = json.loads((PUBLISHED / "clr-complex.json").read_text("utf-8"))
    whole = transcript(document)
    assert (len(whole.credentials), len(whole.associations), len(whole.parts)) == (6, 5, 5)
    reply = await published("clr-complex.json", CLR_OWNER, keys_of(CLR_ISSUER, CLR_KEY))
    assert len(reply.records) == 6
    assert {each.proof for each in reply.records} == {Proof.VALID}
    program = next(each for each in reply.records if each.title.en.startswith("Nurse Assistant 1 Program"))
    parts = [each for each in reply.records if each.part_of]
    assert {each.id for each in parts} == set(program.parts)
    assert {each.part_of for each in parts} == {program.id}
    assert (program.part_of, len(parts)) == (None, 5)
    assert program.verification is Verification.CONFLICTING
    assert {each.verification for each in parts} == {Verification.VERIFIED}


async def test_the_published_simple_learner_record_holds_one_badge_of_another_issuer():
    method = "https://example.com/issuers/876543#z6MkvREVgsHx7Ppae68vCoByy73ZD4aMSJiPML2cryVL8JAx"
    reply = await published("clr-simple.json", DEGREE, keys_of("https://example.com/issuers/876543", method))
    assert [(each.title.en, each.proof, each.verification) for each in reply.records] == [("Teamwork", *SURE)]
    assert told(reply) == {NoticeCode.SIGNATURE_UNCHECKED}


async def test_a_published_jwt_is_read_and_its_unknown_key_said_to_be_so():
    reply = await published("badge.jwt", DEGREE)
    assert states(reply) == [OPEN]
    assert (reply.records[0].id, reply.records[0].title.en) == (
        "http://example.edu/credentials/3732", "Example University Degree",
    )  # fmt: skip


@pytest.mark.parametrize("cryptosuite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
async def test_a_trusted_issuers_badge_is_verified_and_a_changed_one_is_not(tmp_path, cryptosuite):
    north = Issuer("https://north.example/issuer")
    fields = marked("A")
    good = north.sign(badge(ANA.code, north.name, creditsEarned=3, **fields), cryptosuite=cryptosuite)
    reply = await held(tmp_path, good, issuers=[north])
    (record,) = reply.records
    assert states(reply) == [SURE]
    assert told(reply) == set()
    assert (record.earned.amount, record.issuer.key, record.title.zh) == (
        Decimal(3),
        "uscc:-:1210",
        "数据结构 1",
    )
    changed = json.loads(json.dumps(good))
    changed["credentialSubject"]["creditsEarned"] = 30
    reply = await held(tmp_path, changed, issuers=[north])
    assert (states(reply), told(reply)) == ([FALSE], {NoticeCode.SIGNATURE_INVALID})


async def test_an_issuer_nobody_trusts_proves_its_badge_and_verifies_nothing(tmp_path):
    own = Issuer()
    reply = await held(tmp_path, own.sign(badge(ANA.code, own.name)))
    assert states(reply) == [(Proof.VALID, Verification.UNVERIFIED)]
    other = Issuer("https://other.example/issuer")
    assert states(await held(tmp_path, other.sign(badge(ANA.code, other.name)))) == [OPEN]


async def test_an_issuer_cannot_sign_for_another(tmp_path):
    north, thief = Issuer("https://north.example/issuer"), Issuer()
    forged = thief.sign(badge(ANA.code, north.name))
    assert states(await held(tmp_path, forged, issuers=[north])) == [OPEN]
    assert states(
        await held(tmp_path, thief.token(badge(ANA.code, north.name), iss=north.name), issuers=[north])
    ) == [OPEN]


@pytest.mark.parametrize(
    ("over", "wanted"),
    [
        ({"proofPurpose": "authentication"}, FALSE),
        ({"expires": "2025-01-01T00:00:00Z"}, FALSE),
        ({"expires": "2199-01-01T00:00:00Z"}, SURE),
        ({"proofValue": "zzz0"}, FALSE),
        ({"cryptosuite": "bbs-2023"}, OPEN),
        ({"type": "RsaSignature2018"}, WEAK),
        ({"verificationMethod": "https://elsewhere.example/#k"}, OPEN),
        ({"previousProof": "urn:other"}, OPEN),
    ],
)
async def test_a_proof_is_valid_only_as_it_was_meant(tmp_path, over, wanted):
    north = Issuer("https://north.example/issuer")
    signable = {name: value for name, value in over.items() if name in ("proofPurpose", "expires")}
    good = north.sign(badge(ANA.code, north.name), **signable)
    reply = await held(tmp_path, {**good, "proof": good["proof"] | over}, issuers=[north])
    assert states(reply) == [wanted]


async def test_one_bad_proof_of_several_makes_them_all_bad(tmp_path):
    north = Issuer("https://north.example/issuer")
    good = north.sign(badge(ANA.code, north.name))
    both = {**good, "proof": [good["proof"], {**good["proof"], "created": "2020-01-01T00:00:00Z"}]}
    assert states(await held(tmp_path, both, issuers=[north])) == [FALSE]
    twice = {**good, "proof": [good["proof"], good["proof"]]}
    assert states(await held(tmp_path, twice, issuers=[north])) == [SURE]


async def test_inline_contexts_and_unsigned_words_are_not_taken_for_signed(tmp_path):
    north = Issuer("https://north.example/issuer")
    good = north.sign(badge(ANA.code, north.name))
    sneaked = {**good, "@context": [*CONTEXTS, {"creditsEarned": None}]}
    sneaked["credentialSubject"] = {**good["credentialSubject"], "creditsEarned": 99}
    assert states(await held(tmp_path, sneaked, issuers=[north])) == [OPEN]


async def test_a_badge_as_jwt_is_verified_and_every_trick_with_its_header_fails(tmp_path):
    north = Issuer("https://north.example/issuer")
    document = badge(ANA.code, north.name, creditsEarned=3)
    good = north.token(document)
    assert states(await held(tmp_path, good, issuers=[north])) == [SURE]
    assert states(await held(tmp_path, issuers=[north], text=good)) == [SURE]
    enveloped = {"id": f"data:application/vc+jwt,{good}", "type": "EnvelopedVerifiableCredential"}
    assert states(await held(tmp_path, enveloped, issuers=[north])) == [SURE]
    answer = json.dumps({"credential": [], "compactJwsString": [good]})
    assert states(await held(tmp_path, issuers=[north], text=answer)) == [SURE]
    _, claims, tail = good.split(".")
    for header, wanted in (
        ({"alg": "none"}, WEAK),
        ({"alg": "HS256", "kid": north.method}, WEAK),
        ({"alg": "RS256", "kid": north.method}, FALSE),
        ({"alg": "Ed25519", "kid": "did:key:elsewhere", "jwk": Issuer().jwk}, OPEN),
    ):
        tricked = f"{_part(header)}.{claims}.{'' if header['alg'] == 'none' else tail}"
        assert states(await held(tmp_path, tricked, issuers=[north])) == [wanted]
    shared = _hmac_with_public_key(claims, north)
    assert states(await held(tmp_path, shared, issuers=[north])) == [WEAK]


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _hmac_with_public_key(claims, issuer):
    """The classic confusion: the public key as the secret."""
    signed = f"{_part({'alg': 'HS256', 'kid': issuer.method})}.{claims}"
    mac = hmac.new(issuer.key.public_key().public_bytes_raw(), signed.encode(), "sha256").digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


@pytest.mark.parametrize(
    ("claims", "wanted"),
    [
        ({"nbf": 4102444800}, FALSE),
        ({"nbf": 1577836800}, SURE),
        ({"aud": "elsewhere"}, FALSE),
        ({"aud": ["elsewhere", "hub"]}, SURE),
        ({"sub": "did:example:bao"}, FALSE),
        ({"jti": "urn:other"}, FALSE),
        ({"exp": "never"}, FALSE),
    ],
)
async def test_the_claims_of_a_jwt_are_held_to_what_they_say(tmp_path, claims, wanted):
    north = Issuer("https://north.example/issuer")
    token = north.token(badge(ANA.code, north.name), **claims)
    if "sub" in claims:
        token = north.token({"vc": badge(ANA.code, north.name), **badge(ANA.code, north.name)}, **claims)
    assert states(await held(tmp_path, token, issuers=[north], audience="hub")) == [wanted]


async def test_an_expired_jwt_keeps_its_proof_and_says_until_when_it_counted(tmp_path):
    north = Issuer("https://north.example/issuer")
    reply = await held(tmp_path, north.token(badge(ANA.code, north.name), exp=1735700000), issuers=[north])
    assert states(reply) == [SURE]
    assert reply.records[0].valid_to == date(2025, 1, 1)


async def test_an_end_without_a_zone_is_by_the_alliances_clocks(tmp_path, elsewhere):
    north = Issuer("https://north.example/issuer")
    ending = badge(ANA.code, north.name) | {"validUntil": "2030-01-01T20:00:00"}
    assert (await held(tmp_path, north.sign(ending), issuers=[north])).records[0].valid_to == date(2030, 1, 1)


async def test_more_credentials_than_can_be_read_are_too_large(tmp_path):
    reply = await held(tmp_path, text=json.dumps([{}] * 1001))
    assert reply.notice.code is NoticeCode.TOO_LARGE


async def test_keys_are_looked_up_by_did_web_by_controller_and_by_key_set(shelf):
    folder, host = shelf
    (folder / "issuers").mkdir()
    (folder / "issuers" / "one").mkdir()
    web = Issuer(f"did:web:{host.replace(':', '%3A')}:issuers:one")
    (folder / "issuers" / "one" / "did.json").write_text(json.dumps(web.controller()))
    page = Issuer(f"https://{host}/issuers/two")
    (folder / "issuers" / "two").write_text(json.dumps(page.controller()))
    jwks = Issuer("https://jwks.example/three")
    (folder / "issuers" / "keys").write_text(
        json.dumps({"keys": [jwks.jwk, {"kty": "oct", "k": "eA", "kid": "x"}]})
    )
    trusted = [
        {"id": web.name}, {"id": page.name}, {"id": jwks.name, "jwks": f"https://{host}/issuers/keys"},
    ]  # fmt: skip
    documents = [each.sign(badge(ANA.code, each.name, n)) for n, each in (("1", web), ("2", page))]
    documents.append(jwks.token(badge(ANA.code, jwks.name, "3")))
    reply = await held(host, *documents, folder=folder, issuers=trusted)
    assert states(reply) == [SURE, SURE, SURE]


async def test_a_key_its_controller_does_not_assert_with_proves_nothing(shelf):
    folder, host = shelf
    for name, over in (("a", {"assertionMethod": []}), ("b", {"id": "https://other.example/"})):
        issuer = Issuer(f"https://{host}/no-{name}")
        (folder / f"no-{name}").write_text(json.dumps(issuer.controller(**over)))
        reply = await held(
            host, issuer.sign(badge(ANA.code, issuer.name)), folder=folder, issuers=[{"id": issuer.name}]
        )
        assert states(reply) == [OPEN]


async def test_nothing_is_fetched_for_an_issuer_nobody_trusts_nor_at_another_host(shelf):
    folder, host = shelf
    stranger = Issuer(f"https://{host}/stranger")
    (folder / "stranger").write_text(json.dumps(stranger.controller()))
    reply = await held(host, stranger.sign(badge(ANA.code, stranger.name)), folder=folder)
    assert states(reply) == [OPEN]
    listed = Issuer("https://listed.example/issuer")
    elsewhere = badge(ANA.code, listed.name, over={"credentialStatus": entry(f"https://{host}/stranger", 1)})
    reply = await held(host, listed.sign(elsewhere), folder=folder, issuers=[listed])
    assert states(reply) == [(Proof.VALID, Verification.UNVERIFIED)]
    assert told(reply) == {NoticeCode.STATUS_UNKNOWN}
    async with aiohttp.ClientSession() as client:
        counts = await (await client.get(f"https://{host}/counts", ssl=False)).json()
    assert "stranger" not in counts


@pytest.mark.parametrize("redirects", [0, 3])
async def test_a_did_web_that_redirects_in_a_loop_is_unresolvable(shelf, redirects):
    folder, host = shelf
    looping = Issuer(f"did:web:{host.replace(':', '%3A')}:loop:x")
    reply = await held(
        host, looping.sign(badge(ANA.code, looping.name)), folder=folder, issuers=[{"id": looping.name}],
        redirects=redirects,
    )  # fmt: skip
    assert states(reply) == [OPEN]


@pytest.mark.parametrize(
    "did",
    [
        "did:web:",
        "did:web:host:..:secret",
        "did:web:host%2Fpath",
        "did:web:u%40host",
        "did:web:host:a%2F..%2Fb",
    ],
)
async def test_a_did_web_that_would_lead_elsewhere_is_unresolvable(tmp_path, did):
    odd = Issuer(did)
    assert states(
        await held(
            tmp_path, odd.sign(badge(ANA.code, did), cryptosuite="eddsa-jcs-2022"), issuers=[{"id": did}]
        )
    ) == [OPEN]


async def listed(shelf, made, index=7, purpose="revocation", **how):
    """One badge whose status is in a list, and what becomes of it."""
    folder, host = shelf
    north = Issuer("https://north.example/issuer")
    url = f"https://{host}/list"
    (folder / "list").write_text(json.dumps(made(north)))
    document = badge(ANA.code, north.name, over={"credentialStatus": entry(url, index, purpose) | how})
    return await held(host, north.sign(document), folder=folder, issuers=[{**north.trusted, "hosts": [host]}])


async def test_a_revoked_and_a_suspended_badge_have_their_status_and_another_does_not(shelf):
    for purpose in ("revocation", "suspension"):
        for revoked, wanted in (([7], ResultStatus.REVOKED), ([6, 8], ResultStatus.COMPLETED)):

            def made(issuer, revoked=revoked, purpose=purpose):
                return issuer.sign(status_list(issuer.name, revoked, purpose))

            reply = await listed(shelf, made, purpose=purpose)
            assert [(each.status, each.verification) for each in reply.records] == [
                (wanted, Verification.VERIFIED)
            ]


async def test_a_status_list_of_2021_is_read_too(shelf):
    kind = {"type": "StatusList2021Entry"}
    unsigned = status_list("x", [7], kind="StatusList2021")

    def made(issuer):
        return issuer.token({**unsigned, "issuer": issuer.name})

    folder, host = shelf
    north = Issuer("https://north.example/issuer")
    (folder / "list").write_text(made(north))
    document = badge(ANA.code, north.name, over={"credentialStatus": entry(f"https://{host}/list", 7) | kind})
    token = north.token(document)
    reply = await held(host, token, folder=folder, issuers=[{**north.trusted, "hosts": [host]}])
    assert [each.status for each in reply.records] == [ResultStatus.REVOKED]


def bomb():
    return "u" + base64.urlsafe_b64encode(gzip.compress(b"\0" * 50_000_000, 9)).decode().rstrip("=")


HOSTILE_LISTS = {
    "a gzip bomb": lambda issuer: issuer.sign(status_list(issuer.name, encoded=bomb())),
    "not packed": lambda issuer: issuer.sign(status_list(issuer.name, encoded="uAAAA")),
    "cut off": lambda issuer: issuer.sign(
        status_list(issuer.name, encoded=status_list("x")["credentialSubject"]["encodedList"][:40])
    ),
    "unsigned": lambda issuer: status_list(issuer.name),
    "another issuer's": lambda issuer: Issuer().sign(status_list(issuer.name)),
    "changed": lambda issuer: {**issuer.sign(status_list(issuer.name)), "validFrom": "2020-01-01T00:00:00Z"},
    "another purpose": lambda issuer: issuer.sign(status_list(issuer.name, purpose="suspension")),
    "ended": lambda issuer: issuer.sign({**status_list(issuer.name), "validUntil": "2025-01-01T00:00:00Z"}),
    "no list": lambda issuer: [],
}


@pytest.mark.parametrize("how", HOSTILE_LISTS)
async def test_a_status_list_that_cannot_be_believed_leaves_the_status_unknown(shelf, how):
    reply = await listed(shelf, HOSTILE_LISTS[how])
    assert states(reply) == [(Proof.VALID, Verification.UNVERIFIED)]
    assert told(reply) == {NoticeCode.STATUS_UNKNOWN}


@pytest.mark.parametrize(
    "over",
    [
        {"statusListIndex": "99999999"},
        {"statusListIndex": "-1"},
        {"statusListIndex": True},
        {"statusSize": 2},
        {"type": "Unheard"},
    ],
)
async def test_an_entry_that_cannot_be_looked_up_leaves_the_status_unknown(shelf, over):
    folder, host = shelf
    north = Issuer("https://north.example/issuer")
    (folder / "list").write_text(json.dumps(north.sign(status_list(north.name))))
    document = badge(ANA.code, north.name, over={"credentialStatus": entry(f"https://{host}/list", 7) | over})
    reply = await held(
        host, north.sign(document, cryptosuite="eddsa-jcs-2022"), folder=folder,
        issuers=[{**north.trusted, "hosts": [host]}],
    )  # fmt: skip
    assert (states(reply), told(reply)) == (
        [(Proof.VALID, Verification.UNVERIFIED)],
        {NoticeCode.STATUS_UNKNOWN},
    )


async def test_a_revocation_list_of_1edtech_names_what_was_revoked(shelf):
    folder, host = shelf
    north = Issuer("https://north.example/issuer")
    revoked = f"urn:badge:{ANA.code}:1"
    (folder / "revocations").write_text(
        json.dumps(
            {
                "id": f"https://{host}/revocations",
                "issuer": north.name,
                "revokedCredential": [{"id": revoked}],
            }
        )
    )
    status = {"id": f"https://{host}/revocations", "type": "1EdTechRevocationList"}
    documents = [
        north.sign(badge(ANA.code, north.name, n, over={
            "@context": [*CONTEXTS, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
            "credentialStatus": status,
        }))
        for n in ("1", "2")
    ]  # fmt: skip
    reply = await held(host, *documents, folder=folder, issuers=[{**north.trusted, "hosts": [host]}])
    assert [each.status for each in reply.records] == [ResultStatus.REVOKED, ResultStatus.COMPLETED]


def record_of(issuer, subject, *credentials, associations=()):
    return {
        "@context": [CONTEXTS[0], CLR, CONTEXTS[1]],
        "id": "urn:clr:1",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": {"id": issuer, "type": ["Profile"]},
        "validFrom": "2024-01-01T00:00:00Z",
        "name": "Transcript",
        "credentialSubject": {
            "id": subject, "type": ["ClrSubject"], "verifiableCredential": list(credentials),
            "association": [
                {"type": ["Association"], "associationType": kind, "sourceId": one, "targetId": other}
                for kind, one, other in associations
            ],
        },
    }  # fmt: skip


async def test_a_transcript_keeps_parents_and_parts_apart_and_a_forged_one_orders_nothing(tmp_path):
    north = Issuer("https://north.example/issuer")
    whole, part = (
        north.sign(badge(ANA.code, north.name, n, creditsEarned=amount))
        for n, amount in (("1", 120), ("2", 15))
    )
    order = [("isParentOf", "urn:achievement:1", "urn:achievement:2")]
    clr = north.sign(record_of(north.name, ANA.code, whole, part, associations=order))
    reply = await held(tmp_path, clr, whole, issuers=[north])
    first, second = reply.records
    assert (first.parts, second.part_of, told(reply)) == ((second.id,), first.id, set())
    assert sum(each.earned.amount for each in reply.records if each.part_of is None) == Decimal(120)
    forged = {**clr, "name": "Another"}
    reply = await held(tmp_path, forged, issuers=[north])
    assert states(reply) == [SURE, SURE]
    assert [each.part_of for each in reply.records] == [None, None]
    assert told(reply) == {NoticeCode.SIGNATURE_INVALID}


async def test_a_badge_of_another_is_dropped_also_where_its_subject_is_hashed(tmp_path):
    north = Issuer("https://north.example/issuer")

    def hashed(code, kind="sha256"):
        told = hashlib.new(kind, (code + "salty").encode()).hexdigest()
        identity = {
            "type": "IdentityObject",
            "identityHash": f"{kind}${told}",
            "identityType": "emailAddress",
            "hashed": True,
            "salt": "salty",
        }
        return north.sign(badge(f"urn:{code}", north.name, identifier=[identity]))

    email = LearnerKey(scheme="email", code="ana@north.example")
    results = {"key_scheme": "email", "identity": "emailAddress"}
    documents = [hashed("ana@north.example"), hashed("bao@north.example"), hashed("ana@north.example", "md5")]
    reply = await held(tmp_path, *documents, learner=email, issuers=[north], results=results)
    assert states(reply) == [SURE]
    foreign = next(each for each in (reply.notice, *reply.remarks) if each.code is NoticeCode.FOREIGN_RECORDS)
    assert foreign.count == 2


async def test_resits_are_attempts_and_a_revoked_one_does_not_stand(tmp_path):
    north = Issuer("https://north.example/issuer")
    documents = [
        north.sign(badge(ANA.code, north.name, activityEndDate=f"202{n}-06-30T00:00:00Z",
                         over={"id": f"urn:badge:{n}"}, **marked(grade, **more)))
        for n, grade, more in ((3, "F", {"status": "Failed"}), (4, "B", {}))
    ]  # fmt: skip
    reply = await held(tmp_path, *documents, issuers=[north])
    (record,) = reply.records
    assert [each.grade.value for each in record.attempts] == ["F", "B"]
    assert (record.grade.value, record.status) == ("B", ResultStatus.COMPLETED)


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        '["ey.x"]',
        '["eyJ.e30.e30"]',
        '[{"type":[],"credentialSubject":[]}]',
        "{",
        "<html>",
        '[{"proof":7}]',
    ],
)
async def test_what_is_no_credential_is_unreadable(tmp_path, text):
    reply = await held(tmp_path, text=text)
    assert (reply.status, reply.records) == (Status.UNREADABLE, ())


async def test_deeply_nested_json_is_survived(tmp_path):
    north = Issuer("https://north.example/issuer")
    good = north.sign(badge(ANA.code, north.name))
    deep = json.dumps(good)[:-1] + ', "evidence": ' + "[" * 400 + "]" * 400 + "}"
    reply = await held(tmp_path, text=deep, issuers=[north])
    assert reply.status in (Status.ANSWERED, Status.UNREADABLE)
    assert all(each.verification is not Verification.VERIFIED for each in reply.records)
    huge = await held(tmp_path, text="[" * 200_000 + "]" * 200_000)
    assert huge.status is Status.UNREADABLE


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuers": [{"id": "x", "key": "no-triple"}]},
        {"issuers": [{"id": "x", "jwks": "http://plain.example"}]},
    ],
)
async def test_settings_that_cannot_work_are_misdeclared(tmp_path, wrong):
    with pytest.raises(Misdeclared):
        async with MANIFEST.opens(settings(tmp_path, **wrong), None):
            pass
