"""How a text is read by the search: folded, then cut into Chinese runs and words; no sign has a meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

_HAN: Final = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_PIECE: Final = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_CHINESE: Final = re.compile(rf"[{_HAN}]")
_UNSEEN: Final = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")


def folded(text: str) -> str:
    """Fold a text as titles, codes and questions are: NFKC, no case, single blanks, nothing invisible.

    >>> folded("  Ｊａｖａ\u3000软件 工程 ")
    'java 软件 工程'
    """
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())


class Pieces(NamedTuple):
    """What a folded text is made of, each piece once, the longest first."""

    runs: tuple[str, ...]
    singles: tuple[str, ...]
    words: tuple[str, ...]


def cut(text: str) -> Pieces:
    """Cut a folded text into Chinese runs, single Chinese characters, and words.

    >>> cut("java软件工程 c++ 级")
    Pieces(runs=('软件工程',), singles=('级',), words=('java', 'c'))
    """
    pieces = sorted(dict.fromkeys(_PIECE.findall(text)), key=len, reverse=True)
    chinese = [piece for piece in pieces if is_chinese(piece)]
    return Pieces(
        tuple(piece for piece in chinese if len(piece) > 1),
        tuple(piece for piece in chinese if len(piece) == 1),
        tuple(piece for piece in pieces if not is_chinese(piece)),
    )


def is_chinese(piece: str) -> bool:
    """Tell whether a piece is of Chinese characters."""
    return _CHINESE.match(piece) is not None


def pairs(run: str) -> Iterator[str]:
    """Give the overlapping pairs of a run.

    >>> list(pairs("软件工"))
    ['软件', '件工']
    """
    return (run[place : place + 2] for place in range(len(run) - 1))


def beginning(word: str) -> re.Pattern[str]:
    """Match a folded text that has a word beginning so.

    >>> bool(beginning("soft").search("java软件software")), bool(beginning("ware").search("software"))
    (True, False)
    """
    return re.compile(rf"(?<![^\W_{_HAN}]){re.escape(word)}")


def is_found(piece: str, text: str) -> bool:
    """Tell whether a piece of a question is in a folded text: Chinese anywhere, a word where one begins.

    >>> is_found("件工", "软件工程"), is_found("eng", "software engineer"), is_found("ware", "software")
    (True, True, False)
    """
    return piece in text if is_chinese(piece) else beginning(piece).search(text) is not None
