"""The ``graphql`` kind: a member's GraphQL interface, by settings alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec import field as setting
from msgspec.structs import force_setattr

from connectors.contract import Manifest, Offers, Settings, Verb
from connectors.decoding.text import Reading
from connectors.expressions import Expression
from connectors.mapping import Declared, ResultMap
from connectors.rest import Rest, RestSettings
from connectors.rest.connector import needs
from connectors.rest.settings import Auth, Errors, Nested, NoAuth, Paging, Results
from connectors.sent import Sent, referring
from connectors.transport import Http

Meaning = Literal["empty", "unavailable", "busy", "refused", "unreadable"]

USUAL: dict[str, Meaning] = {
    "UNAUTHENTICATED": "refused",
    "FORBIDDEN": "refused",
    "TOO_MANY_REQUESTS": "busy",
    "INTERNAL_SERVER_ERROR": "unavailable",
    "SERVICE_UNAVAILABLE": "unavailable",
}
"""What the usual ``extensions.code`` mean; a source's own table goes before it."""


class Asked(Declared, frozen=True):
    """The query that gives results: ``{codes}``, ``{code}`` and ``{cursor}`` stand in its variables.

    ``next`` finds the cursor of the next page, nothing at the last. Everything else is as in REST.
    """

    query: str
    rows: Expression
    map: ResultMap
    key_scheme: str
    variables: dict[str, Any] = setting(default_factory=dict)
    nested: Nested | None = None
    next: Expression = ""
    batch: Annotated[int, Meta(ge=1, le=1000)] = 1
    most_pages: Annotated[int, Meta(ge=1, le=1000)] = 40

    def __post_init__(self) -> None:
        force_setattr(self, "variables", referring(self.variables))


class GraphQLSettings(Settings, frozen=True):
    """A GraphQL source; an answer with ``errors`` is not taken for one, even if it has data too."""

    url: str
    results: Asked
    auth: Auth = NoAuth()
    headers: dict[str, Sent] = setting(default_factory=dict)
    reading: Reading = Reading()
    known: dict[str, Meaning] = setting(default_factory=dict)

    def rest(self) -> RestSettings:
        """Say the same as a REST source that takes POST."""
        return RestSettings(
            url=self.url,
            auth=self.auth,
            headers={"Accept": "application/json", **self.headers},
            reading=self.reading,
            errors=Errors(when="errors", code="errors[0].extensions.code", known={**USUAL, **self.known}),
            results=_results(self.results),
        )


def _results(asked: Asked) -> Results:
    paging = Paging(kind="cursor", next=asked.next, most=asked.most_pages, in_body=True)
    return Results(
        path="",
        method="POST",
        body={"query": asked.query, "variables": asked.variables},
        rows=asked.rows,
        nested=asked.nested,
        paging=paging if asked.next else None,
        map=asked.map,
        key_scheme=asked.key_scheme,
        batch=asked.batch,
    )


@asynccontextmanager
async def opened(settings: GraphQLSettings, http: Http) -> AsyncIterator[Rest]:
    """Open the source."""
    yield Rest(settings.rest(), http)


def offered(settings: GraphQLSettings) -> Offers:
    """Offer results."""
    return Offers(verbs=frozenset({Verb.RESULTS}), batch=settings.results.batch)


MANIFEST = Manifest(
    name="graphql",
    version="1",
    settings=GraphQLSettings,
    offers=offered,
    opens=opened,
    needs=lambda settings: needs(settings.rest()),
    title="GraphQL, declared",
)
