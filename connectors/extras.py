"""Extras: what a kind needs besides the base distribution, told with the command that installs it."""

from __future__ import annotations

from importlib import import_module

from connectors.errors import Misdeclared


def need(extra: str, *modules: str) -> None:
    """Look for what ``alliance-hub[extra]`` brings; ``Misdeclared`` where it is not installed."""
    try:
        for each in modules:
            import_module(each)
    except ModuleNotFoundError as error:
        raise lacking(extra, error) from None


def lacking(extra: str, error: ModuleNotFoundError) -> Misdeclared:
    """Return what to raise where a package of ``alliance-hub[extra]`` is not installed."""
    package = (error.name or "a package").partition(".")[0]
    return Misdeclared(f"{package} is not installed; say: pip install 'alliance-hub[{extra}]'")
