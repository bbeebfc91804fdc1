"""The ``credentials`` kind: Open Badges 3.0 and Comprehensive Learner Records 2.0, their proofs judged."""

from connectors.extras import need

need("standards", "cryptography", "joserfc", "pyld", "rfc8785")

from connectors.credentials.connector import MANIFEST, Credentials  # noqa: E402 - only now, so that what is missing is named
from connectors.credentials.settings import CredentialsSettings  # noqa: E402 - only now, so that what is missing is named

__all__ = ["MANIFEST", "Credentials", "CredentialsSettings"]
