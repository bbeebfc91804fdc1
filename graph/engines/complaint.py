"""The one border where the driver's exceptions become the graph's own (graph/errors.py)."""

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import (
    AuthError,
    ConnectionPoolError,
    ConstraintError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graph.errors import GraphAway, GraphBusy, GraphConflict, GraphError, GraphRefused, GraphTimeout

AWAY = (ServiceUnavailable, SessionExpired, OSError)
GONE = ("DatabaseUnavailable", "NotALeader", "DatabaseNotFound", "BookmarkTimeout")
OVERDUE = ("TransactionTimedOut", "TransactionTerminated", "LockClientStopped", "Transaction.Terminated")
# The embedded engine conceals its details in production mode; its codes still say what kind they are.
CONCEALED = "check the server log"
MEANINGS = {
    "SyntaxError": "the query cannot be parsed, or a search text is not valid Lucene syntax",
    "TypeError": "a value has a type that cannot be stored or compared there",
    "ConstraintValidationFailed": "a unique key is already taken",
    "DeadlockDetected": "another transaction changed the same records first",
    "UnknownError": "the engine failed on this query",
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise the graph's own errors in place of the driver's."""
    try:
        yield
    except (Neo4jError, DriverError, OSError) as error:
        raise translate(error) from error


def translate(error: Neo4jError | DriverError | OSError) -> GraphError:
    """The kind follows from the class or the code, never from the text."""
    return kind(error)(text(error))


def kind(error: Exception) -> type[GraphError]:
    """Which branch of the tree this is."""
    code = getattr(error, "code", None) or ""
    if isinstance(error, AWAY) or code.endswith(GONE):
        return GraphAway
    if code.endswith(OVERDUE) or "TimedOut" in code:
        return GraphTimeout
    if isinstance(error, ConstraintError):
        return GraphConflict
    if isinstance(error, AuthError):
        return GraphRefused
    return GraphBusy if isinstance(error, TransientError | ConnectionPoolError) else GraphRefused


def text(error: Exception) -> str:
    """The server's own words, or what its code means where it conceals them."""
    message, code = getattr(error, "message", None) or str(error), getattr(error, "code", None) or ""
    if CONCEALED not in message.lower():
        return f"{message} ({code})" if code else str(message)
    meaning = MEANINGS.get(code.rsplit(".", 1)[-1], "the engine gave no reason")
    return f"{meaning} ({code}; the engine's own words are in engine.log in its data folder)"
