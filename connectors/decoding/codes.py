"""Codes: of the form a declaration says they have, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from connectors.errors import Misdeclared

LONGEST: Final = 120


def formed(pattern: str) -> Callable[[str], str]:
    """Compile a regular expression that a whole code must match; an empty one lets every code pass.

    ``Misdeclared`` where it is none. What it gives returns the code, or raises ``ValueError``.
    """
    if not pattern:
        return lambda code: code
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise Misdeclared(f"{pattern[:LONGEST]} is not a regular expression ({error})", pattern) from None

    def form(code: str) -> str:
        if len(code) > LONGEST or not compiled.fullmatch(code):
            raise ValueError("a code of another form than declared")
        return code

    return form
