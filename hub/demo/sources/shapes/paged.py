"""A modern REST interface: JSON in pages, a key in a header, a 404 for nobody; catalogue and offerings."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.sources.cast import Holding, catalogue, known_to
from hub.demo.sources.guard import Keyed
from hub.demo.sources.systems import System

LARGEST: Final = 100
OPEN_TERM: Final = "2026-2027-1"


def make(system: System, key: str) -> ASGIApp:
    """Make the interface of a system; requests carry ``key`` in ``X-Key``."""
    college = _College(system)
    app = Starlette(
        routes=[
            Route("/students/{code}/results", college.results),
            Route("/courses", college.courses),
            Route("/open-courses", college.offered),
            Route("/health", college.health),
        ]
    )
    return Keyed(app, key, free=frozenset({"/health"}))


class _College:
    """What the interface answers, of one system."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._learners = known_to(system.code)

    async def results(self, request: Request) -> Response:
        person = self._learners.get(request.path_params["code"])
        if person is None:
            return JSONResponse({"error": "unknown student"}, 404)
        code = self._system.code
        rows = [_row(person.codes[code], one) for one in person.holds[code]]
        page, size = _whole(request, "page", 1), min(_whole(request, "size", 20), LARGEST)
        return _json({"data": {"items": rows[(page - 1) * size : page * size], "total": len(rows)}})

    async def courses(self, request: Request) -> Response:
        items = catalogue(self._system)
        start = _whole(request, "offset", 0)
        size = min(_whole(request, "limit", LARGEST), LARGEST)
        page = [_course(each) for each in items[start : start + size]]
        return _json({"items": page, "version": f"v{len(items)}"})

    async def offered(self, _request: Request) -> Response:
        some = catalogue(self._system)[::10]
        return _json([_open(place, each, some) for place, each in enumerate(some)])

    async def health(self, _request: Request) -> Response:
        return _json({"well": True})


def _row(student: str, one: Holding) -> dict[str, Any]:
    return {
        "id": one.id,
        "student": {"no": student},
        "course": {"code": one.code, "name": one.title, "nameEn": one.title_en},
        "credit": one.amount,
        "score": one.mark,
        "finished": one.on.strftime("%Y%m%d"),
    }


def _course(each: Any) -> dict[str, Any]:
    code, title = each["key"].split(":", 2)[2], each["title"]
    return {
        "code": code,
        "name": title["zh"],
        "nameEn": title.get("en", ""),
        "credit": each["credit"]["amount"],
    }


def _open(place: int, each: Any, some: Any) -> dict[str, Any]:
    needs = [some[place - 1]["key"].split(":", 2)[2]] if place % 3 == 2 else []
    return {"id": f"open-{place}", **_course(each), "term": OPEN_TERM, "seats": 12 + place, "needs": needs}


def _whole(request: Request, name: str, default: int) -> int:
    said = request.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else default


def _json(value: Any) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), media_type="application/json")
