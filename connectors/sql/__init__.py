"""The ``sql`` kind: read-only views of a member's database, by settings alone."""

from connectors.sql.connector import MANIFEST, Sql
from connectors.sql.settings import SqlSettings

__all__ = ["MANIFEST", "Sql", "SqlSettings"]
