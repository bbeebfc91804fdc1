"""Reading: a body taken in piece by piece, unpacked with a bound, and counted all the while."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, Iterator

from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode

_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_PIECE = 64 * 1024
MEMBERS = 1000
"""Members a packed body may have."""


async def read(pieces: AsyncIterable[bytes], encoding: str, most: int) -> bytes:
    """Return the whole decoded body of at most ``most`` bytes.

    ``SourceUnreadable`` (TOO_LARGE) as soon as the cap is passed, (NOT_READABLE) where it does not unpack.
    """
    body = bytearray()
    packed = _unpacker(encoding)
    async for piece in pieces:
        for part in packed.unpack(piece) if packed else (piece,):
            if len(body) + len(part) > most:
                raise SourceUnreadable(NoticeCode.TOO_LARGE, bytes=most)
            body += part
    if packed and not packed.whole:
        raise SourceUnreadable(where="content-encoding")
    return bytes(body)


def _unpacker(encoding: str) -> _Unpacker | None:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name not in _WINDOWS:
        raise SourceUnreadable(where="content-encoding")
    return _Unpacker(_WINDOWS[name])


class _Unpacker:
    """Unpacks gzip, of one member or several (RFC 1952), or deflate; never more than one piece at a time."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._zlib = zlib.decompressobj(window)
        self._members = 1

    @property
    def whole(self) -> bool:
        """Whether all that was begun has ended."""
        return self._zlib.eof

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        """Give the parts one packed piece unpacks to, made as they are asked for."""
        rest, more = piece, bool(piece)
        while more:
            if self._zlib.eof:
                rest = rest.lstrip(b"\0")  # what a last block was filled up with
                if not rest:
                    return
                self._begin()
            part = self._part(rest)
            yield part
            ended = self._zlib.eof
            rest = self._zlib.unused_data if ended else self._zlib.unconsumed_tail
            more = bool(rest) or (len(part) == _PIECE and not ended)

    def _part(self, rest: bytes) -> bytes:
        try:
            return self._zlib.decompress(rest, _PIECE)
        except zlib.error:
            raise SourceUnreadable(where="content-encoding") from None

    def _begin(self) -> None:
        """Begin another member; a body of ever so many small ones is refused, for each takes its time."""
        self._members += 1
        if self._window == zlib.MAX_WBITS or self._members > MEMBERS:
            raise SourceUnreadable(where="content-encoding")
        self._zlib = zlib.decompressobj(self._window)
