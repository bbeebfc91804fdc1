"""Single fields: read into the model where it can hold them exactly, else left to be kept verbatim."""

from __future__ import annotations

import re
from typing import Final

from graph.exchange.case.verbatim import Said
from graph.model.values import LongText, Text

LINE: Final = 400
PROSE: Final = 20_000

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HAN: Final = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003134f]")


def take(rest: Said, name: str, most: int = LINE) -> str:
    """Read a text; it stays in ``rest`` too where the model cannot hold it as it is."""
    value = rest.get(name)
    if not isinstance(value, str) or not value:
        return ""
    fit = _CONTROL.sub(" ", value)[:most]
    if fit == value:
        del rest[name]
    return fit


def put(said: Said, name: str, value: object) -> None:
    """Say a field again, unless it was kept verbatim."""
    if value not in ("", None):
        said.setdefault(name, value)


def line(text: str, language: object) -> Text:
    """Return ``text`` in its language: the declared one, else by its letters."""
    return Text(zh=text) if _chinese(text, language) else Text(en=text)


def prose(text: str, language: object) -> LongText:
    """Return ``text`` in its language: the declared one, else by its letters."""
    return LongText(zh=text) if _chinese(text, language) else LongText(en=text)


def plain(text: Text | LongText) -> str:
    """Return a text in the one language it has."""
    return text.zh or text.en


def _chinese(text: str, language: object) -> bool:
    if isinstance(language, str) and language:
        return language.lower().startswith("zh")
    return bool(_HAN.search(text))
