"""The ``credentials`` kind: Open Badges 3.0 and Comprehensive Learner Records 2.0, their proofs judged."""

from connectors.credentials.manifest import MANIFEST
from connectors.credentials.settings import CredentialsSettings

__all__ = ["MANIFEST", "CredentialsSettings"]
