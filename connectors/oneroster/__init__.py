"""The ``oneroster`` kind: OneRoster 1.2 by REST, or as zipped CSV in a folder."""

from connectors.oneroster.connector import MANIFEST, OneRoster
from connectors.oneroster.settings import OneRosterSettings

__all__ = ["MANIFEST", "OneRoster", "OneRosterSettings"]
