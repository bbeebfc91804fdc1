"""Reading: a body taken in piece by piece, unpacked with a bound, and counted all the while."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode

_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_PIECE = 64 * 1024


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
    """Unpacks gzip or deflate, never more than one piece at a time."""

    def __init__(self, window: int) -> None:
        self._zlib = zlib.decompressobj(window)

    @property
    def whole(self) -> bool:
        return self._zlib.eof

    def unpack(self, piece: bytes) -> _Parts:
        return _Parts(self._zlib, piece)


class _Parts:
    """The parts one packed piece unpacks to, made as they are asked for."""

    def __init__(self, unpacker: zlib._Decompress, piece: bytes) -> None:
        self._zlib = unpacker
        self._rest = piece
        self._more = bool(piece)

    def __iter__(self) -> _Parts:
        return self

    def __next__(self) -> bytes:
        if not self._more or self._zlib.eof:
            raise StopIteration
        try:
            part = self._zlib.decompress(self._rest, _PIECE)
        except zlib.error:
            raise SourceUnreadable(where="content-encoding") from None
        self._rest = self._zlib.unconsumed_tail
        self._more = bool(self._rest) or len(part) == _PIECE
        return part
