"""The read-only CASE REST API, 1.1: what came as packages, asked for by identifier."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graph.errors import GraphAway, GraphBusy, GraphTimeout
from graph.exchange.case.identifiers import is_identifier
from graph.exchange.case.library import KINDS, Library
from graph.exchange.case.verbatim import encode
from graph.moment import Moment
from hub.case_listing import Listing, Misasked, listing, selection, shown

ROOT: Final = "/ims/case/v1p1"
VERSION: Final = "1.1"

Said = dict[str, Any]
Answer = Callable[[Request, Moment], Awaitable[Said | None]]

_SETS: Final = frozenset({"CFConcepts", "CFSubjects", "CFItemTypes"})
"""Kinds that the specification answers as a set, though one was asked for."""

_WHY: Final = {
    404: ("unknownobject", "Unknown Object, or Invalid UUID"),
    405: ("forbidden", "this service is read-only: ask by GET"),
    503: ("server_busy", "the graph is away or busy: ask again in a moment"),
}


def routes(library: Library) -> list[Route]:
    """Give the routes; they are answered behind the hub's guard like all others."""
    service = _Service(library)
    one = {name: f"{ROOT}/{name}/{{identifier}}" for name in service.answers}
    found = [Route(path, _Door(library, service.answers[name])) for name, path in one.items()]
    return [Route(f"{ROOT}/CFDocuments", _Door(library, service.documents)), *found]


class _Door:
    """One endpoint: asks, dresses the answer, and tells what went wrong as the specification wants."""

    def __init__(self, library: Library, answer: Answer) -> None:
        self._library, self._answer = library, answer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return refusal(405, allow="GET, HEAD")
        try:
            at = await self._library.moment()
            said = await self._answer(request, at)
        except Misasked as error:
            return refusal(400, error.minor, str(error))
        except (GraphAway, GraphBusy, GraphTimeout):
            return refusal(503, retry_after="1")
        return refusal(404) if said is None else _answered(request, said, at)


def _answered(request: Request, said: Said, at: Moment) -> Response:
    body = encode(said)
    response = Response(body, media_type="application/json")
    mark = hashlib.sha256(body).hexdigest()[:32]
    response.headers["x-snapshot"] = f"hash={mark}, valid={at.valid_on}, known={at.known_at}"
    for name, value in getattr(request.state, "case_headers", {}).items():
        response.headers[name] = value
    return response


def refusal(status: int, minor: str = "", why: str = "", **headers: str) -> Response:
    """Answer in the specification's shape, imsx_StatusInfo."""
    told, reason = _WHY.get(status, (minor, why))
    field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor or told}
    body = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": why or reason,
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(encode(body), status, named, media_type="application/json")


class _Service:
    """The answers; links that a package left out lead to this hub."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.answers: dict[str, Answer] = {
            "CFDocuments": self.document,
            "CFPackages": self.package,
            "CFItems": self.item,
            "CFAssociations": self.association,
            "CFItemAssociations": self.item_associations,
        } | {kind: self._defined(kind) for kind in KINDS}

    async def documents(self, request: Request, at: Moment) -> Said:
        """Answer the list of documents."""
        asked = listing(request.query_params)
        found = (await self._library.documents(at)).values()
        passing = asked.all(_document(request, said) for said in found)
        request.state.case_headers = _paging(request, asked, len(passing))
        return {"CFDocuments": asked.page(passing)}

    async def document(self, request: Request, at: Moment) -> Said | None:
        """Answer a document."""
        fields = selection(request.query_params)
        said = await self._library.document(_asked(request), at)
        return said and shown(_document(request, said), fields)

    async def package(self, request: Request, at: Moment) -> Said | None:
        """Answer a package: as it was imported, and marked as 1.1."""
        said = await self._library.package(_asked(request), at)
        return said and said | {"CFDocument": {"caseVersion": VERSION} | said["CFDocument"]}

    async def item(self, request: Request, at: Moment) -> Said | None:
        """Answer an item."""
        found = await self._library.item(_asked(request), at)
        return found and await self._member(request, "CFItems", *found, at)

    async def association(self, request: Request, at: Moment) -> Said | None:
        """Answer an association."""
        found = await self._library.association(_asked(request), at)
        return found and await self._member(request, "CFAssociations", *found, at)

    async def item_associations(self, request: Request, at: Moment) -> Said | None:
        """Answer an item with every association that names it at either end."""
        item = await self.item(request, at)
        if item is None:
            return None
        found = await self._library.associations_of(_asked(request), at)
        named = [await self._member(request, "CFAssociations", *one, at) for one in found]
        return {"CFItem": item, "CFAssociations": named}

    def _defined(self, kind: str) -> Answer:
        async def answer(request: Request, at: Moment) -> Said | None:
            said = await self._library.definition(kind, _asked(request), at)
            return said and ({kind: [said]} if kind in _SETS else said)

        return answer

    async def _member(self, request: Request, kind: str, said: Said, home: str, at: Moment) -> Said:
        document = (await self._library.documents(at)).get(home, {})
        link = _link(request, "CFDocuments", home, document.get("title"))
        own = _link(request, kind, said["identifier"], "")["uri"]
        return {"uri": own, "CFDocumentURI": link} | said


def _document(request: Request, said: Said) -> Said:
    identifier, title = said["identifier"], said.get("title")
    own = _link(request, "CFDocuments", identifier, title)["uri"]
    package = _link(request, "CFPackages", identifier, title)
    return {"caseVersion": VERSION, "uri": own, "CFPackageURI": package} | said


def _link(request: Request, kind: str, identifier: str, title: object) -> Said:
    uri = f"{_base(request)}{ROOT}/{kind}/{identifier}"
    return {"title": title, "identifier": identifier, "uri": uri}


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _asked(request: Request) -> str:
    """Return the identifier in the path; one that is no UUID names nothing."""
    identifier: str = request.path_params["identifier"]
    return identifier if is_identifier(identifier) else "-"


def _paging(request: Request, asked: Listing, total: int) -> dict[str, str]:
    last = max(total - 1, 0) // asked.limit * asked.limit
    places = {
        "first": 0,
        "last": last,
        "prev": asked.offset - asked.limit,
        "next": asked.offset + asked.limit,
    }
    wanted = {rel: place for rel, place in places.items() if 0 <= place <= last}
    links = (f'<{_turned(request, place)}>; rel="{rel}"' for rel, place in wanted.items())
    return {"x-total-count": str(total), "link": ", ".join(links)}


def _turned(request: Request, offset: int) -> str:
    query = urlencode(dict(request.query_params) | {"offset": str(offset)})
    return f"{_base(request)}{ROOT}/CFDocuments?{query}"
