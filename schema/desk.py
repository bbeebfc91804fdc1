"""The desk: where questions of recognition are prepared, with the rule books and the workroom behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from graph.concordance import Concordance
from graph.inventory import Inventory
from graph.library import Library
from graph.store import Store
from graph.wayfinding import Wayfinder
from schema.context import Deadline
from schema.workroom import Workroom

P = ParamSpec("P")
R = TypeVar("R")

LIGHT: Final = 200
"""Rules times results up to which a question is answered at once, in the event loop."""


class Desk:
    """One for the whole hub: rule books are public and outlive requests."""

    def __init__(self, store: Store, inventory: Inventory, workroom: Workroom | None = None) -> None:
        self.library = Library(store)
        self.concordance = Concordance(store, inventory, self.library)
        self.wayfinder = Wayfinder(store, self.library, self.concordance)
        self.workroom = workroom or Workroom()

    async def work(
        self, weight: int, deadline: Deadline, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Do light work at once, heavy work in the workroom."""
        if weight <= LIGHT:
            return work(*args, **kwargs)
        return await self.workroom.run(deadline, work, *args, **kwargs)
