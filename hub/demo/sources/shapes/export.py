"""A skill centre that has no interface: one export as CSV in GB18030, renewed each night, to be fetched."""

from __future__ import annotations

import csv
import io

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.sources.cast import known_to
from hub.demo.sources.guard import Keyed
from hub.demo.sources.systems import System

HEADER = ("证书编号", "考生号", "姓名", "职业代码", "证书名称", "折合学分", "成绩", "发证日期")


def make(system: System, key: str) -> ASGIApp:
    """Make the file server of a system; requests carry ``key`` in ``X-Key``."""
    sheet = _sheet(system)

    async def export(_request: Request) -> Response:
        return Response(sheet, media_type="text/csv")

    return Keyed(Starlette(routes=[Route("/export/certificates-20261122.csv", export)]), key, 403)


def _sheet(system: System) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for code, person in sorted(known_to(system.code).items()):
        for one in person.holds[system.code]:
            day = one.on.strftime("%Y-%m-%d")
            name = person.named(system.code)
            writer.writerow((one.id, code, name, one.code, one.title, one.amount, one.mark, day))
    return text.getvalue().encode("gb18030")
