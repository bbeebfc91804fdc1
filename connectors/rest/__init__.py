"""The ``rest`` kind: a member's REST interface, JSON or XML, by settings alone."""

from connectors.rest.connector import MANIFEST, Rest
from connectors.rest.settings import RestSettings

__all__ = ["MANIFEST", "Rest", "RestSettings"]
