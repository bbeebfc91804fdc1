"""The keys by which other subgraphs may name our things, as federation writes them."""

from __future__ import annotations

from typing import Final

BARE: Final = ("key",)
"""Of a thing with a bare code."""

CODED: Final = ("key", "scheme edition code")
"""Of a thing whose key is made of three parts: either all of it or each of them."""
