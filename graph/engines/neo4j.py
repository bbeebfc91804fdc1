"""A Neo4j server (5.26 or newer, or a cluster, or Aura) reached by its URI; others start and stop it."""

from urllib.parse import urlsplit

from graph.engines.engine import Define, Link
from graph.errors import GraphRefused

SCHEMES = {"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"}


class Neo4j:
    """The engine of real use."""

    name = "neo4j"
    honours_deadlines = True
    generation = 0

    def __init__(self, uri: str, user: str, password: str | None, database: str | None) -> None:
        parts = urlsplit(uri)
        if "@" in parts.netloc:
            raise GraphRefused(
                "the graph's URI holds a user or a password: give them as graph.user and in "
                "ALLIANCE_HUB_GRAPH_PASSWORD"
            )
        if parts.scheme not in SCHEMES:
            raise GraphRefused(f"the graph's URI must begin with one of {', '.join(sorted(SCHEMES))}")
        self.link = Link(uri, (user, password) if password else None, database or "neo4j")

    async def open(self) -> None:
        """Nothing to start: the store reaches for the server until it answers."""

    async def close(self) -> None:
        """Nothing of ours to stop."""

    async def renew(self, reason: str) -> None:
        """Not ours to kill; the server ends overdue transactions itself."""

    def fulltext(self, label: str, field: str) -> str:
        """Neo4j takes the name the index was given."""
        return f"{label.lower()}_{field.lower()}_text"

    async def index(self, label: str, field: str, define: Define) -> None:
        """The analyzer that cuts Chinese into overlapping pairs, as the embedded engine's does."""
        await define(
            f"CREATE FULLTEXT INDEX {self.fulltext(label, field)} IF NOT EXISTS "
            f"FOR (n:{label}) ON EACH [n.{field}] OPTIONS {{indexConfig: {{`fulltext.analyzer`: 'cjk'}}}}"
        )

    async def settle(self, define: Define) -> None:
        """Neo4j fills its indexes in the background."""
        await define("CALL db.awaitIndexes(110)")
