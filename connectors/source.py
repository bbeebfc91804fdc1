"""A source as an operator declares it: one YAML file in ``connectors.d``."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from connectors.catalogues.syncing import Syncing
from connectors.contract import CONTRACT, PROTOCOLS, Manifest, Offers, Settings, Verb, settings_of
from connectors.errors import Misdeclared
from connectors.policy import Policy
from connectors.records import Code, Text, identifier


class Tls(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """TLS of a source's own, as paths: its authority, and the hub's certificate and key for mutual TLS."""

    authority: str = ""
    certificate: str = ""
    key: str = ""

    def context(self) -> ssl.SSLContext:
        """Read the files; ``OSError`` or ``ssl.SSLError`` if they are not what they should be."""
        made = ssl.create_default_context(cafile=self.authority or None)
        if self.certificate:
            made.load_cert_chain(self.certificate, self.key or None)
        return made


class Declaration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file says: which member's system this is, by which connector, and with what settings.

    ``issuers`` and ``keeps_consumption_of`` are written ``scheme:edition:code``; where left out, the
    connector's own manifest names them.
    """

    source: Code
    member: Code
    connector: Code
    title: Text = Text()
    issuers: tuple[str, ...] = ()
    keeps_consumption_of: tuple[str, ...] = ()
    key_schemes: tuple[str, ...] = ()
    traffic: Policy = Policy()
    sync: Syncing = Syncing()
    tls: Tls | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    synthetic: bool = False


class Source(Struct, frozen=True, kw_only=True):
    """A source that was checked and can be opened."""

    code: str
    member: str
    manifest: Manifest
    settings: Settings
    offers: Offers
    policy: Policy = Policy()
    sync: Syncing = Syncing()
    tls: Tls | None = None
    title: Text = Text()
    issuers: tuple[str, ...] = ()
    keeps_consumption_of: tuple[str, ...] = ()
    key_schemes: tuple[str, ...] = ()
    synthetic: bool = False

    def __repr__(self) -> str:
        return f"<Source {self.code} by {self.manifest.name}>"

    @property
    def schemes(self) -> frozenset[str]:
        """Return the schemes of learners' keys it is known to understand; none where it does not say."""
        at = [self.settings, getattr(self.settings, "results", None)]
        said = {getattr(each, "key_scheme", None) for each in at}
        return frozenset(each for each in said if isinstance(each, str)) or frozenset(self.key_schemes)

    def offer(self, verb: Verb) -> bool:
        """Tell whether the source may be asked this."""
        return verb in self.offers.verbs


class Quarantined(Struct, frozen=True):
    """What failed to load, and why; the hub serves the rest."""

    code: str
    reason: str


def checked(manifest: object) -> Manifest:
    """Return the manifest if it is one this hub understands; ``Misdeclared`` says what is wrong."""
    if not isinstance(manifest, Manifest):
        raise Misdeclared("the entry point does not name a Manifest")
    if manifest.contract != CONTRACT:
        raise Misdeclared(f"contract {manifest.contract} is asked for, this hub speaks {CONTRACT}")
    if not issubclass(manifest.settings, Settings):
        raise Misdeclared("its settings are not a Settings")
    if not manifest.name:
        raise Misdeclared("it has no name")
    return manifest


def declared(said: Declaration, manifest: Manifest) -> Source:
    """Join a declaration and its connector; ``Misdeclared`` names the setting that is wrong."""
    settings = settings_of(manifest, said.settings)
    if manifest.needs is not None:
        manifest.needs(settings)
    offers = manifest.offered(settings)
    _known_form((*said.issuers, *said.keeps_consumption_of))
    return Source(
        code=said.source,
        member=said.member,
        manifest=manifest,
        settings=settings,
        offers=offers,
        policy=said.traffic,
        sync=said.sync,
        tls=said.tls,
        title=said.title,
        issuers=said.issuers or manifest.issuers,
        keeps_consumption_of=said.keeps_consumption_of or manifest.keeps_consumption_of,
        key_schemes=said.key_schemes or manifest.key_schemes,
        synthetic=said.synthetic,
    )


def _known_form(keys: Iterable[str]) -> None:
    try:
        for key in keys:
            identifier(key)
    except ValueError as error:
        raise Misdeclared(str(error)) from None


def fitting(connector: object, offers: Offers) -> object:
    """Return an open connector if it has the verbs it offers; ``Misdeclared`` names the one missing."""
    for verb in sorted(offers.verbs):
        if not isinstance(connector, PROTOCOLS[verb]):
            raise Misdeclared(f"it offers {verb.value} and has no such method")
    return connector
