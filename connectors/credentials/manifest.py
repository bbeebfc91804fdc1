"""What the credentials kind ships; what is not in the base distribution is loaded when a source is opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.contract import Manifest, Offers, Verb
from connectors.credentials.settings import CredentialsSettings
from connectors.extras import need
from connectors.transport import Http

VERSION = "1"


def needs(settings: CredentialsSettings) -> None:
    """Look for the extra ``standards``."""
    need("standards", "cryptography", "joserfc", "pyld", "rfc8785")


@asynccontextmanager
async def opens(settings: CredentialsSettings, http: Http) -> AsyncIterator[object]:
    """Open the source; ``Misdeclared`` where its settings cannot work."""
    from connectors.credentials.connector import Credentials

    yield Credentials(settings, http)


MANIFEST = Manifest(
    name="credentials",
    version=VERSION,
    settings=CredentialsSettings,
    offers=Offers(verbs=frozenset({Verb.RESULTS})),
    opens=opens,
    needs=needs,
    title="Open Badges 3.0 and Comprehensive Learner Records 2.0",
)
