"""The shelf: what OneRoster holds, in one shape, whether it came by REST or as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from connectors.call import Call
from connectors.errors import SourceUnreadable

Thing = dict[str, Any]
"""A result, line item, class ... as the REST binding spells it; references are ``{"sourcedId": ...}``."""

GRADEBOOK, ROSTERING = "gradebook", "rostering"
SERVICES = {
    "results": GRADEBOOK,
    "lineItems": GRADEBOOK,
    "classes": ROSTERING,
    "courses": ROSTERING,
    "academicSessions": ROSTERING,
    "enrollments": ROSTERING,
}
SINGLE = {
    "lineItems": "lineItem",
    "classes": "class",
    "courses": "course",
    "academicSessions": "academicSession",
}


class Shelf(Protocol):
    """Gives what a source holds."""

    async def of(self, kind: str, role: str, learner: str, call: Call) -> Sequence[Thing]:
        """Give the results (role ``student``) or enrollments (role ``user``) of one learner."""
        ...

    async def one(self, kind: str, name: str, call: Call) -> Thing | None:
        """Give one thing by its ``sourcedId``; none where it is not there."""
        ...

    async def courses(self, since: str, call: Call) -> Sequence[Thing]:
        """Give the courses, all or those changed since."""
        ...


def reference(thing: Thing, name: str) -> str:
    """Return the ``sourcedId`` a thing refers to; empty where it refers to none."""
    there = thing.get(name)
    if there is None:
        return ""
    if not isinstance(there, dict) or not isinstance(there.get("sourcedId"), str):
        raise SourceUnreadable(where=name)
    return str(there["sourcedId"])


def gone(thing: Thing) -> bool:
    """Tell whether a thing is to be deleted."""
    return bool(thing.get("status") == "tobedeleted")
