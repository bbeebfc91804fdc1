"""How a source's catalogue is synchronised, as its declaration says."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Kind = Literal["COURSE", "CERTIFICATE", "PROGRAMME", "EXAM", "EXPERIENCE"]
Class = Literal["DEGREE", "NON_DEGREE", "NO_FIXED_FORM"]


class Syncing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bounds of one synchronisation, all of them on by default; times in seconds.

    ``deadline`` and ``requests`` take the place of the traffic policy's, for a catalogue is longer than an
    answer. Nothing is kept of a catalogue of more than ``items`` items or ``bytes`` bytes. Where more than
    the share ``loss`` of the items is gone at once, their removal is held for a reviewer. After
    ``full_every`` the whole catalogue is asked for again, although a cursor is at hand.

    ``kinds`` reads the source's own words for kinds; ``kind`` and ``outcome_class`` are what its new items
    are where it does not say.
    """

    deadline: Annotated[float, Meta(gt=0, le=3600)] = 120.0
    requests: Annotated[int, Meta(ge=1, le=100_000)] = 1_000
    items: Annotated[int, Meta(ge=1, le=200_000)] = 50_000
    bytes: Annotated[int, Meta(ge=1, le=512 * 1024 * 1024)] = 64 * 1024 * 1024
    loss: Annotated[float, Meta(ge=0, le=1)] = 0.2
    full_every: Annotated[float, Meta(ge=0)] = 7 * 86_400.0
    kinds: dict[str, Kind] = field(default_factory=dict)
    kind: Kind | None = None
    outcome_class: Class | None = None
