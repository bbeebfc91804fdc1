"""What is sent as it is declared: texts, and references to secrets that stand outside the declaration."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct, to_builtins

from connectors.contract import referred

_NAMES: Final = ({"env"}, {"file"})


class Reference(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A secret to send, named and never written: ``{env: NAME}`` or ``{file: path}``."""

    env: str = ""
    file: str = ""

    def __post_init__(self) -> None:
        self.reveal()

    def reveal(self) -> str:
        """Return what it stands for; ``ValueError`` where that is nothing."""
        return referred(to_builtins(self))


Sent = str | Reference
"""A text with its holes, or a secret by reference, which has none."""


def spoken(sent: Sent) -> str:
    """Return what is sent for it."""
    return sent if isinstance(sent, str) else sent.reveal()


def referring(tree: Any) -> Any:
    """Put references in place of each ``{env: NAME}`` and ``{file: path}`` of a body."""
    if isinstance(tree, list):
        return [referring(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    if set(tree) in _NAMES and all(isinstance(each, str) for each in tree.values()):
        return Reference(**tree)
    return {name: referring(each) for name, each in tree.items()}
