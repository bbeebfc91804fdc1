"""A transcript service in EMREX ELMO 1.x: one XML document for each learner."""

from __future__ import annotations

from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.sources.cast import Holding, Person, known_to
from hub.demo.sources.guard import Keyed
from hub.demo.sources.systems import System

NAMESPACE = "https://github.com/emrex-eu/elmo-schemas/tree/v1"


def make(system: System, key: str) -> ASGIApp:
    """Make the interface of a system; requests carry ``key`` in ``X-Key``."""
    learners = known_to(system.code)

    async def transcript(request: Request) -> Response:
        person = learners.get(request.query_params.get("student", ""))
        if person is None:
            return Response(status_code=404)
        return Response(_elmo(system.code, person), media_type="application/xml")

    return Keyed(Starlette(routes=[Route("/elmo", transcript)]), key)


def _elmo(system: str, person: Person) -> str:
    parts = "".join(f"<learningOpportunitySpecification>{_part(one)}" for one in person.holds[system])
    name = person.named(system)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><elmo xmlns="{NAMESPACE}">'
        "<generatedDate>2026-11-01T08:00:00+08:00</generatedDate><learner><citizenship>CN</citizenship>"
        f'<identifier type="local">{person.codes[system]}</identifier>'
        f"<givenNames>{escape(name[1:])}</givenNames><familyName>{escape(name[:1])}</familyName></learner>"
        '<report><issuer><country>CN</country><identifier type="alliance">CQRTVU</identifier>'
        '<title xml:lang="zh">重庆广播电视大学</title></issuer>'
        f"{parts}<issueDate>2026-11-01T08:00:00+08:00</issueDate></report></elmo>"
    )


def _part(one: Holding) -> str:
    return (
        f'<identifier type="local">{escape(one.code)}</identifier>'
        f'<title xml:lang="zh">{escape(one.title)}</title><title xml:lang="en">{escape(one.title_en)}</title>'
        "<type>Course</type><specifies><learningOpportunityInstance>"
        f'<identifier type="local">{one.id}</identifier><date>{one.on.isoformat()}</date>'
        f"<status>passed</status><gradingSchemeLocalId>percent</gradingSchemeLocalId>"
        f"<resultLabel>{one.mark}</resultLabel>"
        f"<credit><scheme>OUC</scheme><value>{one.amount}</value></credit>"
        "</learningOpportunityInstance></specifies></learningOpportunitySpecification>"
    )
