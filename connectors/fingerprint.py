"""Fingerprints: equal for equal results, from whatever source and in whatever spelling."""

from __future__ import annotations

import hashlib
import unicodedata

from connectors.records import Record


def fold(text: str) -> str:
    """Fold spelling: NFKC, case, blanks and the many dashes, until nothing changes any more."""
    folded = _fold(text)
    return folded if folded == text else fold(folded)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join("-" if unicodedata.category(c) == "Pd" else c for c in plain if not c.isspace())


def fingerprint(record: Record, *, learner: str, secret: bytes = b"") -> str:
    """Return 64 hex digits that are equal for equal results, from whatever source in whatever spelling.

    Over issuer, outcome code, ``learner`` (one name for the person across sources) and completion. Keyed
    with ``secret`` (at most 64 bytes), since the space of identity numbers is small enough to search.
    """
    days = record.completion
    seen = (
        fold(record.issuer.scheme + ":" + record.issuer.code) if record.issuer else "",
        fold(record.outcome.scheme + ":" + record.outcome.code) if record.outcome else fold(record.title.zh),
        fold(learner),
        f"{days.first}..{days.last}" if days else "",
    )
    return hashlib.blake2b("\x1f".join(seen).encode(), key=secret, digest_size=32).hexdigest()
