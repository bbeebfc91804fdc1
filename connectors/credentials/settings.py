"""What is declared of a source of credentials."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from msgspec import field as setting

from connectors.documents import Located, Place
from connectors.expressions import Expression
from connectors.mapping import Declared
from connectors.rest.settings import Paging


class TrustedIssuer(Declared, frozen=True, kw_only=True):
    """An issuer whose credentials count: its ``id`` as credentials name it.

    ``key`` is what it is called here (``scheme:edition:code``). ``keys`` are its public keys by the id of the
    verification method, each a Multikey text or a JWK; they need no network. ``jwks`` is the https address of
    its key set. ``hosts`` are further hosts (``host`` or ``host:port``), besides the one in its id, at which
    its keys and status lists may be looked up.
    """

    id: str
    key: str = ""
    keys: dict[str, str | dict[str, Any]] = setting(default_factory=dict)
    jwks: str = ""
    hosts: tuple[str, ...] = ()


class Wallet(Place, frozen=True, kw_only=True):
    """Where a learner's credentials are: JSON, one or many, or compact JWTs.

    ``identity`` tells what in a credential's subject is the learner's key: ``id``, or the type of an
    identifier (``emailAddress``, ``sourcedId``), also where only its salted SHA-256 is given. Over HTTP
    ``paging`` follows pages, and ``rows`` then finds the credentials in one.
    """

    key_scheme: str
    identity: str = "id"
    rows: Expression = "@"
    paging: Paging | None = None


class CredentialsSettings(Located, frozen=True, kw_only=True):
    """A source of Open Badges and Comprehensive Learner Records.

    Only credentials of ``issuers`` are verified; a key or status list of anybody else is never fetched.
    ``outcome_scheme`` is the scheme of achievements, ``credit_scheme`` that of their credits, and ``grades``
    say what types of results are called here. ``audience`` is whom a JWT with ``aud`` must name.
    ``most_list_bytes`` bounds an unpacked status list.
    """

    outcome_scheme: str
    credit_scheme: str
    results: Wallet
    issuers: tuple[TrustedIssuer, ...] = ()
    grades: dict[str, str] = setting(default_factory=dict)
    audience: str = ""
    most_list_bytes: Annotated[int, Meta(ge=16 * 1024, le=64 * 1024 * 1024)] = 1024 * 1024
