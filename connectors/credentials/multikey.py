"""Multikeys: Ed25519 public keys as text, and the other text forms of bytes that proofs use."""

from __future__ import annotations

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS = {character: value for value, character in enumerate(_ALPHABET)}
_ED25519 = b"\xed\x01"
_LONGEST = 200


def base58(text: str) -> bytes:
    """Read base58btc; ``ValueError`` for other characters and for what no key or signature is as long as."""
    if not text or len(text) > _LONGEST or any(each not in _DIGITS for each in text):
        raise ValueError("not base58")
    number = 0
    for each in text:
        number = number * 58 + _DIGITS[each]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\x00" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def multibase(text: object) -> bytes:
    """Read multibase in base58btc (``z``); ``ValueError`` for anything else."""
    if not isinstance(text, str) or not text.startswith("z"):
        raise ValueError("not multibase in base58")
    return base58(text[1:])


def ed25519(multikey: object) -> bytes:
    """Read the 32 bytes of an Ed25519 Multikey (``z6Mk...``); ``ValueError`` for any other key."""
    told = multibase(multikey)
    if not told.startswith(_ED25519) or len(told) != 34:
        raise ValueError("not an Ed25519 key")
    return told[2:]
