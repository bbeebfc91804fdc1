"""The ``elmo`` kind: EMREX ELMO transcripts and the course lists and transcripts of Erasmus Without Paper."""

from connectors.extras import need

need("standards", "lxml", "signxml")

from connectors.elmo.connector import MANIFEST, Elmo  # noqa: E402 - what it needs comes first
from connectors.elmo.settings import ElmoSettings  # noqa: E402 - what it needs comes first

__all__ = ["MANIFEST", "Elmo", "ElmoSettings"]
