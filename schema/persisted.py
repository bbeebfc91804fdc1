"""Persisted documents: asked for by their name instead of their text.

Automatic ones are the clients': a text sent once with its SHA-256 is remembered, so that the hash alone
will do until it is forgotten. Trusted ones are the operator's: read from a manifest when the hub starts,
never forgotten, and where it is so configured the only ones answered.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, Protocol

from schema.errors import Refusal

KEPT: Final = 1_000  # texts
KEPT_LENGTH: Final = 2_000_000  # characters of all kept texts together
LONGEST_KEPT: Final = 50_000  # characters of one

_HASH = re.compile(r"[0-9a-f]{64}")


class Asked(Protocol):
    """What a question says about its document: its text, or its name."""

    @property
    def query(self) -> str | None: ...  # noqa: D102 - as `Question` has it
    @property
    def document_id(self) -> str | None: ...  # noqa: D102 - as `Question` has it
    @property
    def extensions(self) -> dict[str, Any] | None: ...  # noqa: D102 - as `Question` has it


class Persisted:
    """The documents of one hub that have names."""

    def __init__(self, trusted: Mapping[str, str] | None = None, *, only: bool = False) -> None:
        self._trusted = dict(trusted or {})
        self._only = only
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._length = 0

    @property
    def kept(self) -> int:
        """How many automatic documents are remembered now."""
        return len(self._kept)

    def find(self, asked: Asked) -> str:
        """Give the text of the document that is asked; `Refusal` where there is none or it may not be."""
        if asked.document_id is not None:
            return self._named(asked.document_id)
        digest = _digest(asked.extensions)
        if digest in self._trusted:
            return self._trusted[digest]
        if self._only:
            raise Refusal("ONLY_TRUSTED_DOCUMENTS")
        return self._hashed(digest, asked.query) if digest else _text(asked.query)

    def keep(self, asked: Asked, text: str) -> None:
        """Remember a text that was sent with its hash and is fit to be asked; the oldest are forgotten."""
        digest = _digest(asked.extensions)
        if digest is None or asked.query is None or self._only or len(text) > LONGEST_KEPT:
            return
        self._length += 0 if digest in self._kept else len(text)
        self._kept[digest] = text
        while len(self._kept) > KEPT or self._length > KEPT_LENGTH:
            self._length -= len(self._kept.popitem(last=False)[1])

    def _named(self, name: str) -> str:
        if name not in self._trusted:
            raise Refusal("DOCUMENT_UNKNOWN")
        return self._trusted[name]

    def _hashed(self, digest: str, text: str | None) -> str:
        if text is not None:
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                raise Refusal("PERSISTED_QUERY_HASH_MISMATCH")
            return text
        if digest not in self._kept:
            raise Refusal("PERSISTED_QUERY_NOT_FOUND")
        self._kept.move_to_end(digest)
        return self._kept[digest]


def _text(query: str | None) -> str:
    if not query:
        raise Refusal("BODY_WRONG_SHAPE", member="query", wanted="a string")
    return query


def _digest(extensions: dict[str, Any] | None) -> str | None:
    sent = (extensions or {}).get("persistedQuery")
    if sent is None:
        return None
    digest = sent.get("sha256Hash") if isinstance(sent, dict) and sent.get("version") == 1 else None
    if not isinstance(digest, str) or not _HASH.fullmatch(digest):
        raise Refusal(
            "BODY_WRONG_SHAPE", member="extensions.persistedQuery", wanted="version 1 and a SHA-256"
        )
    return digest
