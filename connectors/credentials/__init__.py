"""The ``credentials`` kind: Open Badges 3.0 and Comprehensive Learner Records 2.0, their proofs judged."""

from connectors.extras import need

need("standards", "cryptography", "joserfc", "pyld", "rfc8785")

from connectors.credentials.connector import MANIFEST, Credentials  # noqa: E402 - what it needs comes first
from connectors.credentials.settings import CredentialsSettings  # noqa: E402 - what it needs comes first

__all__ = ["MANIFEST", "Credentials", "CredentialsSettings"]
