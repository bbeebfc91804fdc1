"""What the elmo kind ships; what is not in the base distribution is loaded when a source is opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.contract import Manifest, Offers, Verb
from connectors.elmo.settings import ElmoSettings
from connectors.extras import need
from connectors.transport import Http

VERSION = "1"


def offered(settings: ElmoSettings) -> Offers:
    """Offer what is declared."""
    verbs = [(Verb.RESULTS, settings.results), (Verb.CATALOGUE, settings.courses)]
    batch = settings.results.batch if settings.results and settings.results.repeat else 1
    return Offers(verbs=frozenset(verb for verb, place in verbs if place is not None), batch=batch)


def needs(settings: ElmoSettings) -> None:
    """Look for the extra ``standards``."""
    need("standards", "lxml", "signxml")


@asynccontextmanager
async def opens(settings: ElmoSettings, http: Http) -> AsyncIterator[object]:
    """Open the source; ``Misdeclared`` where its settings cannot work."""
    from connectors.elmo.connector import Elmo

    yield Elmo(settings, http)


MANIFEST = Manifest(
    name="elmo",
    version=VERSION,
    settings=ElmoSettings,
    offers=offered,
    opens=opens,
    needs=needs,
    title="EMREX ELMO and Erasmus Without Paper",
)
