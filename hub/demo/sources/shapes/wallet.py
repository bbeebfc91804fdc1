"""A wallet of badges: Open Badges 3.0 as signed JWTs, one for each certificate."""

from __future__ import annotations

from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import OKPKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.sources.badge_key import ISSUER, METHOD, private_jwk
from hub.demo.sources.cast import Holding, known_to
from hub.demo.sources.guard import Keyed
from hub.demo.sources.systems import System

CONTEXTS: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
RESULT: Final = "urn:result:1"


def make(system: System, key: str) -> ASGIApp:
    """Make the interface of a system; requests carry ``key`` in ``X-Key``."""
    learners, signing = known_to(system.code), OKPKey.import_key(private_jwk(key))

    async def wallet(request: Request) -> Response:
        person = learners.get(request.path_params["code"])
        if person is None:
            return Response(status_code=404)
        subject = f"urn:holder:{person.codes[system.code]}"
        badges = [_badge(subject, one) for one in person.holds[system.code]]
        return JSONResponse([_token(each, subject, signing) for each in badges])

    return Keyed(Starlette(routes=[Route("/wallets/{code}", wallet)]), key)


def _token(badge: dict[str, Any], subject: str, signing: OKPKey) -> str:
    claims = {"iss": ISSUER, "sub": subject, "jti": badge["id"], **badge}
    header = {"alg": "Ed25519", "typ": "JWT", "kid": METHOD}
    return jwt.encode(header, claims, signing, algorithms=["Ed25519"])


def _badge(subject: str, one: Holding) -> dict[str, Any]:
    return {
        "@context": list(CONTEXTS),
        "id": f"urn:badge:{one.id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "颐宁养老服务集团"},
        "validFrom": f"{one.on.isoformat()}T00:00:00Z",
        "name": one.title,
        "credentialSubject": _earned(subject, one),
    }


def _earned(subject: str, one: Holding) -> dict[str, Any]:
    """Say who earned it, when, with what credit and mark."""
    return {
        "id": subject,
        "type": ["AchievementSubject"],
        "identifier": [_identity(subject)],
        "activityEndDate": f"{one.on.isoformat()}T00:00:00Z",
        "creditsEarned": int(one.amount),
        "achievement": _achievement(one),
        "result": [{"type": ["Result"], "resultDescription": RESULT, "value": one.mark}],
    }


def _identity(subject: str) -> dict[str, Any]:
    code = subject.rpartition(":")[2]
    return {"type": "IdentityObject", "hashed": False, "identityHash": code, "identityType": "sourcedId"}


def _achievement(one: Holding) -> dict[str, Any]:
    """Say what can be earned, and how it is marked."""
    grade = {"id": RESULT, "type": ["ResultDescription"], "name": "成绩", "resultType": "LetterGrade"}
    return {
        "id": f"urn:ynyl:{one.code}",
        "type": ["Achievement"],
        "name": one.title,
        "description": "Synthetic",
        "criteria": {"narrative": "Synthetic"},
        "creditsAvailable": int(one.amount),
        "resultDescription": [grade],
    }
