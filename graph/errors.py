"""What can go wrong with the graph, named by what the caller does next.

GraphError
├── GraphAway      the server cannot be reached now: answer without it, ask again shortly
│   └── GraphBusy  reached, but it gave way to other work: ask again
├── GraphTimeout   the query outlived its deadline: ask for less
├── GraphConflict  a unique key is already taken: tell the user
├── GraphRefused   a query the engine does not take, or wrong credentials: a defect, or the operator's to mend
├── GraphTooLarge  an answer would be larger than any answer may be: ask for less
├── GraphTaken     the data folder belongs to another running hub: the operator's to mend
└── GraphNewer     a newer hub wrote this graph: upgrade this one
"""


class GraphError(Exception):
    """Any failure of the graph; its text is fit for a log and for an operator."""


class GraphAway(GraphError):
    """The server cannot be reached now."""


class GraphBusy(GraphAway):
    """The server is there and gave way to other work: a deadlock, a full pool."""


class GraphTimeout(GraphError):
    """A query outlived its deadline."""


class GraphConflict(GraphError):
    """A unique key is already taken."""


class GraphRefused(GraphError):
    """The engine does not take this query, these credentials or this setting."""


class GraphTooLarge(GraphError):
    """An answer would be larger than any answer may be."""


class GraphTaken(GraphError):
    """The data folder is in use by another hub."""


class GraphNewer(GraphError):
    """The graph was written by a newer hub than this one."""
