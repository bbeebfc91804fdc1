"""Extras: what a kind needs besides the base distribution, told with the command that installs it."""

from __future__ import annotations

from connectors.errors import Misdeclared


def lacking(extra: str, error: ModuleNotFoundError) -> Misdeclared:
    """Return what to raise where a package of ``alliance-hub[extra]`` is not installed."""
    package = (error.name or "a package").partition(".")[0]
    return Misdeclared(f"{package} is not installed; say: pip install 'alliance-hub[{extra}]'")
