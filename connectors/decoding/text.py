"""Text: a declared codec, and damage that is counted, named and refused over a threshold."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Annotated, Literal

from msgspec import Meta, Struct

from connectors.call import Call
from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode

Codec = Literal["utf-8", "utf-16", "gb18030", "gbk", "big5", "latin-1"]

_MOVED = {
    0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15,
    0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE7C7: 0x1E3F, 0xE81E: 0x9FB4,
    0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
    0xE864: 0x9FBB,
}  # fmt: skip
"""Private-use points of the GB18030 editions of 2000 and 2005, and what they became by 2022."""

_DAMAGE = re.compile(
    "\ufffd|[\ue000-\uf8ff]|[ÃÂ][\x80-\xbf]|[\x80-\x9f]|锟斤拷|烫烫|屯屯"
    r"|(?<=[\u3400-\u9fff])\?(?=[\u3400-\u9fff])|\?{2,}"
)
_MARK = re.compile("[\ufffd\ue000-\uf8ff\x80-\x9fÃÂ锟烫屯]")
_LOST = re.compile("[\u3400-\u9fff]\\?|\\?{2}")
"""Looked for first, one by one, since it is quick to see that there is none."""

_DAMAGED_NAME = re.compile(_DAMAGE.pattern + r"|\?")


class Reading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a source's text is to be read.

    ``codec`` is what the bytes are, whatever their label says. ``damaged`` is how many damaged places one
    answer may hold: they are remarked; more, and the answer is refused.
    """

    codec: Codec = "utf-8"
    damaged: Annotated[int, Meta(ge=0)] = 0


def decode(body: bytes, reading: Reading, call: Call) -> str:
    """Decode, count the damage and judge it; ``SourceUnreadable`` (TEXT_DAMAGED) over the threshold."""
    text = plain(body, reading)
    judge(damage(text), reading, call)
    return text


def plain(body: bytes, reading: Reading) -> str:
    """Decode by the declared codec; what does not decode is left as replacement characters."""
    codec = reading.codec
    if codec == "utf-8":
        return body.removeprefix(BOM_UTF8).decode("utf-8", "replace")
    if codec not in ("gb18030", "gbk"):
        return body.decode(codec, "replace")
    return body.decode("gb18030", "replace").translate(_MOVED)


def damage(text: str, name: bool = False) -> int:
    """Count damaged places: replacement and private-use characters, lost ones (``?``), and doubled codecs.

    In a ``name`` every question mark is a lost character; elsewhere one at the end may be a question.

    >>> damage("阿卜杜拉"), damage("张?三"), damage("张?", name=True), damage("锟斤拷")
    (0, 1, 1, 1)
    """
    if _sound(text, name):
        return 0
    return sum(1 for _ in (_DAMAGED_NAME if name else _DAMAGE).finditer(text))


def _sound(text: str, name: bool) -> bool:
    """Tell quickly that nothing is damaged; False where one has to look closer."""
    if "?" in text and (name or _LOST.search(text)):
        return False
    return text.isascii() or not _MARK.search(text)


def judge(found: int, reading: Reading, call: Call) -> None:
    """Remark damage, or refuse it over the threshold."""
    if found > reading.damaged:
        raise SourceUnreadable(NoticeCode.TEXT_DAMAGED, damaged=found)
    if found:
        call.remark(NoticeCode.TEXT_DAMAGED, found)
