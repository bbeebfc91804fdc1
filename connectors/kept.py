"""Kept answers, where an operator turns that on: by source, question and access scope, for a time."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import blake2b
from typing import Generic, TypeVar

from connectors.clock import Clock

T = TypeVar("T")


class Kept(Generic[T]):
    """Answers in memory, the least recently used going first.

    Keys are digests under a secret of this process, so that no key holds a personal datum.
    """

    def __init__(self, clock: Clock, most: int = 10_000) -> None:
        self._clock = clock
        self._most = most
        self._secret = secrets.token_bytes(32)
        self._answers: OrderedDict[bytes, tuple[float, T]] = OrderedDict()

    def put(self, key: Iterable[str], answer: T) -> None:
        """Keep an answer as of now."""
        digest = self._digest(key)
        self._answers[digest] = (self._clock.now(), answer)
        self._answers.move_to_end(digest)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def get(self, key: Iterable[str], age: float) -> T | None:
        """Return the answer kept for at most ``age`` seconds, if there is one."""
        if age <= 0:
            return None
        digest = self._digest(key)
        found = self._answers.get(digest)
        if found is None or self._clock.now() - found[0] >= age:
            return None
        self._answers.move_to_end(digest)
        return found[1]

    def _digest(self, key: Iterable[str]) -> bytes:
        told = blake2b(key=self._secret, digest_size=20)
        for part in key:
            spelled = part.encode()
            told.update(len(spelled).to_bytes(4, "big") + spelled)
        return told.digest()
