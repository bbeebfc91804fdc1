"""A question about learners, with everything that decides whether it may be asked."""

from __future__ import annotations

from connectors.records import LearnerKey, Personal


class Asking(Personal, frozen=True):
    """Who asks, and how long they will wait.

    ``scope`` names what the principal may see: equal questions are merged, and answers kept, only within
    one scope. ``within`` is in seconds.
    """

    scope: str
    within: float = 10.0
    request_id: str = ""


class Question(Asking, frozen=True, kw_only=True):
    """A question about learners: ``purpose``, ``basis`` and the consent ``grant`` go before the consent.

    ``complete`` refuses an answer to which a linked source is missing; ``named`` does so for those sources.
    ``only`` leaves all other sources out (empty: none is left out).
    """

    learners: tuple[LearnerKey, ...]
    purpose: str
    basis: str
    grant: str | None = None
    complete: bool = False
    named: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
