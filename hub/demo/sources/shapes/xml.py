"""A REST interface in XML, in GB18030, under a label that says otherwise, as examination offices have."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.demo.sources.cast import Holding, Person, known_to
from hub.demo.sources.systems import System


def make(system: System, key: str) -> Starlette:
    """Make the interface of a system; requests carry ``key`` as the parameter ``mm``."""
    learners = known_to(system.code)

    async def results(request: Request) -> Response:
        if request.query_params.get("mm") != key:
            return Response(status_code=403)
        person = learners.get(request.query_params.get("zkzh", ""))
        rows = "".join(_row(system.code, person, one) for one in person.holds[system.code]) if person else ""
        text = f'<?xml version="1.0" encoding="GB18030"?><cjd xmlns="urn:zk:cj">{rows}</cjd>'
        return Response(text.encode("gb18030"), headers={"Content-Type": "text/xml; charset=iso-8859-1"})

    return Starlette(routes=[Route("/cj", results)])


def _row(system: str, person: Person, one: Holding) -> str:
    return (
        f"<cj bh={quoteattr(one.id)}><zkzh>{person.codes[system]}</zkzh>"
        f"<xm>{escape(person.named(system))}</xm>"
        f"<kc dm={quoteattr(one.code)}>{escape(one.title)}</kc>"
        f"<xf>{one.amount}</xf><fs>{one.mark}</fs><sj>{one.on.year}年{one.on.month}月</sj></cj>"
    )
