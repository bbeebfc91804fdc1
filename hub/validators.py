"""Validators: an answer that anyone may read carries a tag, and who has it already gets 304 instead.

The tag is weak, for it stands for what is said and not for its bytes: a compressed answer has the same one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response

KEPT_ON_304: Final = ("cache-control", "etag", "vary")


@dataclass(frozen=True, slots=True)
class Freshness:
    """How long caches may give a public answer without asking again, in seconds."""

    seconds: int = 0

    def of(self, response: Response, headers: Headers) -> Response:
        """Mark a public answer; give 304 in its place where the client holds the same."""
        return self.tagged(response, bytes(response.body), headers)

    def tagged(self, response: Response, said: bytes, headers: Headers) -> Response:
        """Do the same by ``said``, which stands for the answer's body where that is not made yet."""
        tag = f'W/"{hashlib.blake2b(said, digest_size=16).hexdigest()}"'
        response.headers["etag"] = tag
        response.headers["cache-control"] = f"public, max-age={self.seconds}, must-revalidate"
        if not _holds(",".join(headers.getlist("if-none-match")), tag):
            return response
        kept = {name: response.headers[name] for name in KEPT_ON_304 if name in response.headers}
        return Response(status_code=304, headers=kept)


def _holds(given: str, tag: str) -> bool:
    weak = {part.strip().removeprefix("W/") for part in given.split(",", 64)}
    return "*" in weak or tag.removeprefix("W/") in weak
