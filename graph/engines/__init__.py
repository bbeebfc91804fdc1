"""The two servers that may stand behind the Bolt driver, and the one choice between them."""

from graph.engines.engine import Engine, EngineSettings, Link

__all__ = ["Engine", "EngineSettings", "Link", "choose"]


def choose(settings: EngineSettings) -> Engine:
    """The engine these settings name, not yet opened."""
    if settings.uri:
        from graph.engines.neo4j import Neo4j

        return Neo4j(settings.uri, settings.user, settings.password, settings.database)
    from graph.engines.embedded import Embedded

    return Embedded(settings.folder)
