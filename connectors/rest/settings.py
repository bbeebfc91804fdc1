"""What is declared of a REST source."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec import field as setting
from msgspec.structs import force_setattr

from connectors.contract import Secret, Settings
from connectors.decoding.text import Reading
from connectors.expressions import Expression
from connectors.mapping import Amount, Coded, Declared, ResultMap
from connectors.sent import Sent, referring


class NoAuth(Declared, frozen=True, tag="none", tag_field="kind"):
    """No credentials."""


class ApiKey(Declared, frozen=True, tag="api_key", tag_field="kind"):
    """A key in a header, or in a parameter where one is named."""

    key: Secret
    header: str = "X-API-Key"
    param: str = ""
    prefix: str = ""


class Basic(Declared, frozen=True, tag="basic", tag_field="kind"):
    """A name and a password."""

    name: str
    password: Secret


class OAuth2(Declared, frozen=True, tag="oauth2", tag_field="kind"):
    """Client credentials: a token is fetched, kept while it lasts, fetched anew on a 401."""

    token_url: str
    client: str
    secret: Secret
    scope: str = ""


class Hmac(Declared, frozen=True, tag="hmac", tag_field="kind"):
    """A signature over the sorted parameters, a timestamp (in seconds) and a nonce.

    What is signed is ``k=v`` of every parameter joined by ``&``, and a body's SHA-256 as ``body``.
    """

    client: str
    secret: Secret
    client_param: str = "appId"
    timestamp_param: str = "timestamp"
    nonce_param: str = "nonce"
    signature_param: str = "sign"
    digest: Literal["sha256", "sha512", "sm3"] = "sha256"
    upper: bool = False


class Python(Declared, frozen=True, tag="python", tag_field="kind"):
    """A function (request, call) that returns the request with credentials: ``module:name``."""

    function: str


Auth = NoAuth | ApiKey | Basic | OAuth2 | Hmac | Python


class Paging(Declared, frozen=True):
    """How pages follow one another; ``most`` is how many may.

    ``page`` counts from ``first`` and ends with a page that is not full, or at ``pages`` of them.
    ``cursor`` and ``link`` follow what ``next`` finds, or the header of the answer that ``header`` names;
    ``link`` also the Link header. With ``in_body`` a
    cursor fills the hole ``{cursor}`` of the body (null at first) instead of a parameter.
    """

    kind: Literal["page", "offset", "cursor", "link"]
    param: str = "page"
    size_param: str = ""
    size: Annotated[int, Meta(ge=1, le=10_000)] = 100
    first: int = 1
    next: Expression = ""
    header: str = ""
    pages: Expression = ""
    in_body: bool = False
    most: Annotated[int, Meta(ge=1, le=1000)] = 40


class Errors(Declared, frozen=True):
    """Errors a source tells inside a 200: ``when`` finds something true, ``code`` the source's own code.

    ``known`` says what its codes mean; any other is SAYS_NO.
    """

    when: Expression
    code: Expression = ""
    known: dict[str, Literal["empty", "unavailable", "busy", "refused", "unreadable"]] = setting(
        default_factory=dict
    )


class Nested(Declared, frozen=True):
    """Rows inside rows: ``rows`` finds them in each outer one, which they then have as ``parent``."""

    rows: Expression
    parent: Annotated[str, Meta(min_length=1)] = "parent"


class Endpoint(Declared, frozen=True):
    """One endpoint: ``{code}`` and ``{codes}`` in path, params, body and form stand for what is asked.

    ``body`` is sent as JSON, ``form`` as a form; either is for POST, and ``{env: NAME}`` in them, as in
    params, is a secret. ``rows`` finds the list of rows in an answer. ``absent`` tells that a 404 means there
    is nothing known; otherwise it means that the endpoint is not there.
    """

    path: str
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, Sent] = setting(default_factory=dict)
    body: dict[str, Any] | None = None
    form: dict[str, Sent] | None = None
    rows: Expression = "@"
    nested: Nested | None = None
    paging: Paging | None = None
    absent: bool = False

    def __post_init__(self) -> None:
        if self.body is not None and self.form is not None:
            raise ValueError("an endpoint has a body or a form, not both")
        if self.form is not None and self.method != "POST":
            raise ValueError("a form is sent by method: POST")
        force_setattr(self, "body", referring(self.body))


class Results(Endpoint, frozen=True, kw_only=True):
    """The endpoint that gives results; ``batch`` learners at once, ``key_scheme`` is how they are named."""

    map: ResultMap
    key_scheme: str
    batch: Annotated[int, Meta(ge=1, le=1000)] = 1


class Catalogue(Endpoint, frozen=True, kw_only=True):
    """The endpoint that gives the catalogue; ``{since}`` stands for the cursor, ``cursor`` finds the next."""

    outcome: Coded
    title: Expression
    title_en: Expression = ""
    level: Expression = ""
    item_kind: Expression = ""
    issuer: Coded | None = None
    credit: Amount | None = None
    removed: Expression = ""
    cursor: Expression = ""


class OpenCourses(Endpoint, frozen=True, kw_only=True):
    """The endpoint that gives courses open to learners of other members; ``{term}`` stands for the term.

    ``prerequisites`` finds a list of codes in the scheme of ``outcome``, ``seats`` those still free.
    """

    id: Expression
    outcome: Coded
    course_title: Expression
    credit: Amount | None = None
    term: Expression = ""
    runs: Expression = ""
    seats: Expression = ""
    prerequisites: Expression = ""
    open_to: Expression = ""
    link: Expression = ""


class CertificateLookup(Endpoint, frozen=True, kw_only=True):
    """The endpoint that verifies a certificate: ``{number}`` and ``{name}`` stand for what is asked."""

    number: Expression
    holder: Expression
    outcome: Coded | None = None
    title: Expression = ""
    issued: Expression = ""
    valid_to: Expression = ""
    revoked: Expression = ""


class Probe(Declared, frozen=True):
    """A path that answers 2xx when the source is well."""

    path: str


class RestSettings(Settings, frozen=True):
    """A REST source by settings alone.

    ``xml`` is read into plain values, for JMESPath; ``xpath`` is XML whose every expression is an XPath
    (``xpath:course/@code``), by local names.
    """

    url: str
    format: Literal["json", "xml", "xpath"] = "json"
    auth: Auth = NoAuth()
    headers: dict[str, Sent] = setting(default_factory=dict)
    reading: Reading = Reading()
    errors: Errors | None = None
    results: Results | None = None
    catalogue: Catalogue | None = None
    certificate: CertificateLookup | None = None
    offerings: OpenCourses | None = None
    health: Probe | None = None
