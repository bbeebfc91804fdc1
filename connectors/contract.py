"""The contract between the hub and a connector, by version: what an integrator ships and may be asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct, ValidationError, convert

from connectors.call import Call
from connectors.errors import Misdeclared
from connectors.offered import CatalogueChanges, Offering
from connectors.records import Certificate, Health, LearnerKey, Line, Link, Record
from connectors.transport import Http

CONTRACT = 1
GROUP = "alliance_hub.connectors"


class Verb(StrEnum):
    """What a source may be asked."""

    CATALOGUE = "catalogue"
    RESULTS = "results"
    CERTIFICATE = "certificate"
    OFFERINGS = "offerings"
    LINKS = "links"
    HEALTH = "health"


class Offers(Struct, frozen=True):
    """What a connector offers; ``batch`` is how many learners one question may name."""

    verbs: frozenset[Verb]
    batch: int = 1


class Secret:
    """A secret setting: shown as stars, read only by ``reveal``."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator sets for one source: subclass it, with types and defaults."""


class Manifest(Struct, frozen=True, kw_only=True):
    """What an integrator ships: one value.

    ``offers`` may be a function of the settings, for connectors that are declared rather than written.
    ``opens`` gives an async context manager yielding the open connector. ``issuers`` (as
    ``scheme:edition:code``) are those it speaks for, ``keeps_consumption_of`` the institutions whose
    consumption it keeps; a source's own declaration may name them instead. ``needs`` is called with the
    settings when a declaration is read, and raises ``Misdeclared`` where a package is not installed.
    """

    name: str
    version: str
    settings: type[Settings]
    offers: Offers | Callable[[Any], Offers]
    opens: Callable[[Any, Http], AbstractAsyncContextManager[object]]
    needs: Callable[[Any], None] | None = None
    contract: int = CONTRACT
    title: Line = ""
    issuers: tuple[str, ...] = ()
    keeps_consumption_of: tuple[str, ...] = ()
    key_schemes: tuple[str, ...] = ()

    def offered(self, settings: Settings) -> Offers:
        """Tell what is offered under these settings."""
        return self.offers(settings) if callable(self.offers) else self.offers


@runtime_checkable
class Catalogue(Protocol):
    """Offers ``catalogue``."""

    async def catalogue(self, since: str | None, call: Call) -> CatalogueChanges:
        """Give the whole catalogue, or what changed since a cursor it gave before."""
        ...


@runtime_checkable
class Results(Protocol):
    """Offers ``results``."""

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record]]:
        """Give the records of these learners (at most ``Offers.batch``) by key; an unknown one has none."""
        ...


@runtime_checkable
class Certificates(Protocol):
    """Offers ``certificate``."""

    async def certificate(self, number: str, name: str, call: Call) -> Certificate | None:
        """Look up one certificate by its number and the holder's name; none if they do not go together."""
        ...


@runtime_checkable
class Offerings(Protocol):
    """Offers ``offerings``."""

    async def offerings(self, term: str | None, call: Call) -> Sequence[Offering]:
        """Give the courses open to learners of other members, in one term or all."""
        ...


@runtime_checkable
class Links(Protocol):
    """Offers ``links``."""

    async def links(self, learner: LearnerKey, call: Call) -> Sequence[Link]:
        """Give the keys under which other sources know this learner."""
        ...


@runtime_checkable
class Healthy(Protocol):
    """Offers ``health``."""

    async def health(self, call: Call) -> Health:
        """Tell how the source is."""
        ...


PROTOCOLS: Mapping[Verb, type] = {
    Verb.CATALOGUE: Catalogue,
    Verb.RESULTS: Results,
    Verb.CERTIFICATE: Certificates,
    Verb.OFFERINGS: Offerings,
    Verb.LINKS: Links,
    Verb.HEALTH: Healthy,
}


def settings_of(manifest: Manifest, given: Mapping[str, Any]) -> Settings:
    """Read the settings as declared; ``Misdeclared`` names the wrong one and never its value.

    A secret is written as text, as ``{env: NAME}`` or as ``{file: path}``.
    """
    try:
        return convert(dict(given), manifest.settings, dec_hook=_secret, strict=False)
    except ValidationError as error:
        raise Misdeclared(str(error)) from None


def _secret(wanted: type, given: Any) -> Any:
    if wanted is not Secret:
        raise NotImplementedError(f"a setting cannot be of type {wanted.__name__}")
    if isinstance(given, Mapping):
        return Secret(referred(given))
    if not isinstance(given, str):
        raise ValueError("a secret is text, {env: NAME} or {file: path}")
    return Secret(given)


def referred(given: Mapping[str, Any]) -> str:
    """Return what ``{env: NAME}`` or ``{file: path}`` stands for; ``ValueError`` where that is nothing."""
    match dict(given):
        case {"env": str(name), **rest} if name in os.environ and not rest:
            return os.environ[name]
        case {"env": str(name), **rest} if not rest:
            raise ValueError(f"the environment has no variable {name[:60]}")
        case {"file": str(path), **rest} if Path(path).is_file() and not rest:
            return Path(path).read_text(encoding="utf-8").strip()
    raise ValueError("a secret is text, {env: NAME} or {file: path} of a readable file")
