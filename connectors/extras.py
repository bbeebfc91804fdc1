"""Extras: what a kind of connector needs besides the base, named with the command that installs it."""

from __future__ import annotations

from importlib import import_module

from connectors.errors import Misdeclared


def need(extra: str, *modules: str) -> None:
    """Look for what an extra brings; ``Misdeclared`` tells the command where it is not installed."""
    try:
        for each in modules:
            import_module(each)
    except ImportError:
        raise Misdeclared(f"it needs an extra: pip install 'alliance-hub[{extra}]'") from None
