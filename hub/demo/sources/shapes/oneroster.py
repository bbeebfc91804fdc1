"""A OneRoster 1.2 service: rostering and gradebook, filtered, in pages, behind OAuth 2."""

from __future__ import annotations

import base64
import re
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.demo.sources.cast import catalogue, known_to
from hub.demo.sources.systems import System

CLIENT: Final = "alliance-hub"
CHANGED: Final = "2026-11-01T00:00:00.000Z"
LARGEST: Final = 100
TOKENS: Final = 100
FILTER: Final = re.compile(r"(student|user)\.sourcedId='([^']{1,64})'")
Things = Sequence[Mapping[str, Any]]


def make(system: System, key: str) -> Starlette:
    """Make the interface of a system; the client's secret is ``key``."""
    held, tokens = _held(system), deque[str](maxlen=TOKENS)
    wanted = "Basic " + base64.b64encode(f"{CLIENT}:{key}".encode()).decode()

    async def token(request: Request) -> Response:
        if request.headers.get("authorization") != wanted:
            return JSONResponse({"error": "invalid_client"}, 401)
        tokens.append(made := secrets.token_urlsafe(24))
        return JSONResponse({"access_token": made, "token_type": "Bearer", "expires_in": 3600})

    async def many(request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in tokens:
            return JSONResponse({"imsx_codeMajor": "failure"}, 401)
        kind, asked = request.path_params["kind"], request.query_params
        things = _filtered(held.get(kind, {}).values(), asked.get("filter", ""))
        start, size = int(asked.get("offset", "0")), min(int(asked.get("limit", "100")), LARGEST)
        total = {"X-Total-Count": str(len(things))}
        return JSONResponse({kind: things[start : start + size]}, headers=total)

    async def one(request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in tokens:
            return JSONResponse({"imsx_codeMajor": "failure"}, 401)
        kind, name = request.path_params["kind"], request.path_params["name"]
        found = held.get(kind, {}).get(name)
        return JSONResponse({_SINGLE[kind]: found} if found else {}, 200 if found else 404)

    return Starlette(
        routes=[
            Route("/token", token, methods=["POST"]),
            Route("/ims/oneroster/{service}/v1p2/{kind}", many),
            Route("/ims/oneroster/{service}/v1p2/{kind}/{name}", one),
        ]
    )


_SINGLE: Final = {"courses": "course", "classes": "class", "lineItems": "lineItem", "results": "result"}


def _filtered(things: Any, wanted: str) -> list[Mapping[str, Any]]:
    asked = FILTER.fullmatch(wanted)
    if not asked:
        return list(things) if not wanted else []
    return [each for each in things if each.get(asked[1], {}).get("sourcedId") == asked[2]]


def _held(system: System) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {
        "courses": {},
        "classes": {},
        "lineItems": {},
        "results": {},
    }
    for each in catalogue(system):
        code, credits_ = each["key"].split(":", 2)[2], each["credit"]["amount"]
        _put(
            found, "courses", code, title=each["title"]["zh"], courseCode=code, metadata={"credits": credits_}
        )
        _put(
            found,
            "classes",
            f"class-{code}",
            title=each["title"]["zh"],
            course=_ref(code, "course"),
            terms=[],
        )
        final = {"class": _ref(f"class-{code}", "class"), "category": _ref("final", "category")}
        _put(found, "lineItems", f"final-{code}", title="期末", resultValueMax=100, **final)
    for learner, person in known_to(system.code).items():
        for one in person.holds[system.code]:
            about = {"student": _ref(learner, "user"), "lineItem": _ref(f"final-{one.code}", "lineItem")}
            graded = {"scoreStatus": "fully graded", "scoreDate": one.on.isoformat()}
            _put(found, "results", one.id, score=int(one.mark), **about, **graded)
    return found


def _put(found: dict[str, dict[str, dict[str, Any]]], kind: str, name: str, **fields: Any) -> None:
    found[kind][name] = {"sourcedId": name, "status": "active", "dateLastModified": CHANGED, **fields}


def _ref(name: str, kind: str) -> dict[str, str]:
    return {"sourcedId": name, "type": kind}
