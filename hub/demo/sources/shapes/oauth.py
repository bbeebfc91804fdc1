"""A REST interface behind OAuth 2: client credentials for a short-lived token, pages by cursor."""

from __future__ import annotations

import base64
import secrets
import time
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.demo.sources.cast import Holding, known_to
from hub.demo.sources.systems import System

CLIENT: Final = "alliance-hub"
LASTS: Final = 600
PAGE: Final = 4


def make(system: System, key: str) -> Starlette:
    """Make the interface of a system; the client's secret is ``key``."""
    learners = known_to(system.code)
    tokens: dict[str, float] = {}
    wanted = "Basic " + base64.b64encode(f"{CLIENT}:{key}".encode()).decode()

    async def token(request: Request) -> Response:
        body = (await request.body()).decode("ascii", "replace")
        if request.headers.get("authorization") != wanted or "client_credentials" not in body:
            return JSONResponse({"error": "invalid_client"}, 401)
        now = time.monotonic()
        for old in [each for each, ends in tokens.items() if ends < now]:
            del tokens[old]
        made = secrets.token_urlsafe(24)
        tokens[made] = now + LASTS
        return JSONResponse({"access_token": made, "token_type": "Bearer", "expires_in": LASTS})

    async def transcript(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if tokens.get(given, 0) < time.monotonic():
            return JSONResponse({"error": "invalid_token"}, 401)
        student, after = request.query_params.get("student", ""), request.query_params.get("after", "0")
        person = learners.get(student)
        rows = [_row(student, one) for one in person.holds[system.code]] if person else []
        start = int(after) if after.isdigit() and len(after) < 7 else 0
        following = str(start + PAGE) if start + PAGE < len(rows) else None
        return JSONResponse({"results": rows[start : start + PAGE], "next": following})

    return Starlette(
        routes=[Route("/oauth/token", token, methods=["POST"]), Route("/v2/transcripts", transcript)]
    )


def _row(student: str, one: Holding) -> dict[str, Any]:
    return {
        "recordId": one.id,
        "studentId": student,
        "courseCode": one.code,
        "courseTitle": {"zh": one.title, "en": one.title_en},
        "credits": one.amount,
        "finalMark": one.mark,
        "completedOn": one.on.isoformat(),
    }
