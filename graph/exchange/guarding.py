"""Guarding: cells of CSV that a spreadsheet would run as a formula, kept from it, and read as they were.

A text that begins with ``=``, ``+``, ``-`` or ``@``, after blanks and apostrophes too, gets one apostrophe
more in front; reading takes one away from just such a cell. So every text comes back as it was. A number is
no formula and stays as it is.
"""

from __future__ import annotations

import re
from typing import Final

# Sheets in Chinese and Japanese take the wide signs as well; a tab or a line break is passed over.
_RUN: Final = re.compile(r"'*\s*[=+\-@＝＋－＠]")
_PLAIN: Final = re.compile(r"[+-]?\d+(\.\d+)?|-")


def guarded(cell: str) -> str:
    """Give the cell as it is written."""
    return f"'{cell}" if _dangerous(cell) else cell


def unguarded(cell: str) -> str:
    """Give the cell as it was before it was written."""
    return cell[1:] if cell.startswith("'") and _dangerous(cell[1:]) else cell


def _dangerous(cell: str) -> bool:
    return _RUN.match(cell) is not None and _PLAIN.fullmatch(cell) is None
