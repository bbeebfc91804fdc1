"""The ``elmo`` kind: EMREX ELMO transcripts and the course lists and transcripts of Erasmus Without Paper."""

from connectors.elmo.manifest import MANIFEST
from connectors.elmo.settings import ElmoSettings

__all__ = ["MANIFEST", "ElmoSettings"]
