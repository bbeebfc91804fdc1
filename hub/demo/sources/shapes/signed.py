"""A REST interface of the older kind: signed parameters, every answer a 200, errors inside it."""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.demo.sources.cast import Holding, Person, known_to
from hub.demo.sources.systems import System

SKEW: Final = 300
NONCES: Final = 10_000


class Gate:
    """Checks signatures: HMAC-SHA256 over the sorted parameters, a fresh timestamp, and no nonce twice."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._nonces: OrderedDict[str, None] = OrderedDict()

    def opens(self, request: Request) -> bool:
        """Tell whether a request may pass."""
        params = dict(request.query_params)
        sign, nonce, moment = params.pop("sign", ""), params.get("nonce", ""), params.get("timestamp", "0")
        message = "&".join(f"{name}={value}" for name, value in sorted(params.items()))
        wanted = hmac.new(self._key, message.encode(), "sha256").hexdigest()
        fresh = moment.isdigit() and abs(time.time() - int(moment)) < SKEW and nonce not in self._nonces
        if not (fresh and hmac.compare_digest(sign, wanted)):
            return False
        self._nonces[nonce] = None
        if len(self._nonces) > NONCES:
            self._nonces.popitem(last=False)
        return True


def make(system: System, key: str) -> Starlette:
    """Make the interface of a system; ``key`` signs."""
    learners, gate = known_to(system.code), Gate(key)

    async def scores(request: Request) -> Response:
        if not gate.opens(request):
            return _told("4010", "签名无效")
        person = learners.get(request.query_params.get("xh", ""))
        if person is None:
            return _told("1001", "查无此人")
        return _told("0", "", [_row(person.codes[system.code], one) for one in person.holds[system.code]])

    async def certificate(request: Request) -> Response:
        if not gate.opens(request):
            return _told("4010", "签名无效")
        asked = request.query_params
        held = _certificates(system, learners)
        found = held.get((asked.get("zsbh", ""), asked.get("xm", "")))
        return _told("0", "", [found]) if found else _told("1001", "查无此证")

    return Starlette(routes=[Route("/api/scores", scores), Route("/api/certificates", certificate)])


def _certificates(system: System, learners: dict[str, Person]) -> dict[tuple[str, str], dict[str, Any]]:
    """Give what certificates there are, by number and name: one for each result."""
    return {
        (number := f"ZS-{one.id}", person.named(system.code)): {
            "zsbh": number,
            "xm": person.named(system.code),
            "kcdm": one.code,
            "kcmc": one.title,
            "fzrq": one.on.isoformat(),
        }
        for person in learners.values()
        for one in person.holds[system.code]
    }


def _told(code: str, message: str, data: Any = None) -> Response:
    return JSONResponse({"code": code, "message": message, "data": data})


def _row(student: str, one: Holding) -> dict[str, Any]:
    return {
        "cjbh": one.id,
        "xh": student,
        "kcdm": one.code,
        "kcmc": one.title,
        "xf": one.amount,
        "cj": one.mark,
        "wcrq": f"{one.on.year}年{one.on.month}月{one.on.day}日",
    }
