"""Proofs: what an asker is told of a signature that does not hold, or that nobody could check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.call import Call
from connectors.notices import NoticeCode
from connectors.records import Proof

_SAID: Final[Mapping[Proof, NoticeCode]] = {
    Proof.INVALID: NoticeCode.SIGNATURE_INVALID,
    Proof.UNRESOLVABLE: NoticeCode.SIGNATURE_UNCHECKED,
    Proof.WEAK_ALGORITHM: NoticeCode.SIGNATURE_UNCHECKED,
}


def remark(proof: Proof, call: Call) -> None:
    """Note a proof that is worth less than it looks; a valid one, and none at all, need no word."""
    if proof in _SAID:
        call.remark(_SAID[proof])
