"""The ``elmo`` kind: EMREX ELMO transcripts and the course lists and transcripts of Erasmus Without Paper."""

from connectors.extras import need

need("standards", "lxml", "signxml")

from connectors.elmo.connector import MANIFEST, Elmo  # noqa: E402 - only now, so that what is missing is named
from connectors.elmo.settings import ElmoSettings  # noqa: E402 - only now, so that what is missing is named

__all__ = ["MANIFEST", "Elmo", "ElmoSettings"]
