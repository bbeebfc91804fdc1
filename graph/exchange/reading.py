"""Read a text file in chunks of whole lines: bounded memory, checked encoding, junk refused early."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from graph.exchange.findings import Refused, refused

CHUNK = 1024 * 1024
LONGEST_LINE = 4 * 1024 * 1024
SNIFFED = 64 * 1024
MARK = b"\xef\xbb\xbf"


class Chunk(NamedTuple):
    """Some whole lines as UTF-8 bytes; ``first`` is the number of the first one, from 1."""

    first: int
    data: bytes


def chunks(stream: IO[bytes], file: str, encoding: str = "utf-8") -> Iterator[Chunk]:
    """Yield the file as chunks of whole lines in UTF-8, without byte order mark."""
    first, start = 1, True
    while data := _read(stream, file, first):
        if start:
            _sniff(data[:SNIFFED], file, encoding)
            data, start = data.removeprefix(MARK), False
        yield Chunk(first, _utf8(data, file, first, encoding))
        first += data.count(b"\n")


def lines(stream: IO[bytes], file: str, encoding: str = "utf-8") -> Iterator[str]:
    """Yield the file's lines as text, each with its newline."""
    for chunk in chunks(stream, file, encoding):
        yield from _split(chunk.data.decode())


def whole(stream: IO[bytes], file: str, encoding: str, largest: int) -> str:
    """Return the whole text of a file of at most ``largest`` bytes."""
    parts, size = [], 0
    for chunk in chunks(stream, file, encoding):
        size += len(chunk.data)
        if size > largest:
            raise refused("FILE_TOO_LARGE", file, size=f">{largest}", limit=largest)
        parts.append(chunk.data)
    return b"".join(parts).decode()


def _split(text: str) -> list[str]:
    # Not splitlines(): it would also break at form feeds and Unicode separators inside a cell.
    return [line + "\n" for line in text.removesuffix("\n").split("\n")]


def _read(stream: IO[bytes], file: str, first: int) -> bytes:
    try:
        data = stream.read(CHUNK)
        if data.endswith(b"\n") or len(data) < CHUNK:
            return data
        rest = stream.readline(LONGEST_LINE)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise refused("ZIP_UNSAFE", file, first, why="it is damaged") from error
    if len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
        raise _too_long(data, file, first)
    return data + rest


def _too_long(data: bytes, file: str, first: int) -> Refused:
    if b"\0" in data[:SNIFFED]:
        return refused("BINARY", file, first)
    return refused("LINE_TOO_LONG", file, first + data.count(b"\n"), limit=LONGEST_LINE)


def _sniff(head: bytes, file: str, encoding: str) -> None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _wrong(file, 1, encoding, "UTF-16", "utf-8")
    if b"\0" in head:
        raise refused("BINARY", file, 1)
    if encoding.lower() == "gb18030" and not head.isascii() and _is(_whole_lines(head), "utf-8"):
        raise _wrong(file, 1, encoding, "UTF-8", "utf-8")


def _whole_lines(head: bytes) -> bytes:
    return head[: head.rfind(b"\n") + 1] or head


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _utf8(data: bytes, file: str, first: int, encoding: str) -> bytes:
    if data.isascii():
        return data
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecoded(data, file, first, encoding, error.start) from error
    return data if encoding.lower() == "utf-8" else text.encode()


def _undecoded(data: bytes, file: str, first: int, encoding: str, place: int) -> Refused:
    line = first + data.count(b"\n", 0, place)
    other = "gb18030" if encoding.lower() == "utf-8" else "utf-8"
    bad = data[data.rfind(b"\n", 0, place) + 1 :].split(b"\n", 1)[0]
    return _wrong(file, line, encoding, other if _is(bad, other) else "", other)


def _wrong(file: str, line: int, encoding: str, seen: str, declare: str) -> Refused:
    looks_zh, looks_en = (f"看来是 {seen};", f"it looks like {seen}; ") if seen else ("", "")
    entry = f'"files": {{"{file}": {{"encoding": "{declare}"}}}}'
    return refused(
        "ENCODING_WRONG",
        file,
        line,
        encoding=encoding,
        do_zh=f"{looks_zh}另存为 UTF-8,或在 bundle.json 中声明 {entry}",
        do_en=f"{looks_en}save it as UTF-8, or declare {entry} in bundle.json",
    )
