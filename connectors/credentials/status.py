"""Status: whether a credential was revoked or suspended, by the list its issuer keeps."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any

from connectors.call import Call
from connectors.credentials.settings import TrustedIssuer
from connectors.credentials.trust import Lookups
from connectors.decoding.strict import parse
from connectors.errors import SourceError, SourceUnreadable

Proved = Callable[[bytes, str, Call], Awaitable[Mapping[str, Any]]]
"""Gives the credential in a body if its proof is valid and by this issuer; raises ``SourceError``."""

_LISTS = {
    "BitstringStatusListEntry": "BitstringStatusList",
    "StatusList2021Entry": "StatusList2021",
}
_REVOCATIONS = "1EdTechRevocationList"
_PURPOSES = ("revocation", "suspension")
_MOST_ENTRIES = 8


class Standing(Enum):
    """What the list says; a suspended credential counts no more than a revoked one until that is lifted."""

    CURRENT = "CURRENT"
    REVOKED = "REVOKED"
    UNKNOWN = "UNKNOWN"


class Statuses:
    """Looks credentials up in the lists of trusted issuers; a list unpacks to at most ``most`` bytes."""

    def __init__(self, lookups: Lookups, proved: Proved, most: int) -> None:
        self._lookups = lookups
        self._proved = proved
        self._most = most

    async def standing(self, credential: Mapping[str, Any], issuer: TrustedIssuer, call: Call) -> Standing:
        """Tell whether a credential stands, as one without a list does."""
        told = credential.get("credentialStatus")
        entries = told if isinstance(told, list) else [] if told is None else [told]
        if len(entries) > _MOST_ENTRIES:
            return Standing.UNKNOWN
        found = {await self._entry(each, credential, issuer, call) for each in entries}
        for worst in (Standing.REVOKED, Standing.UNKNOWN):
            if worst in found:
                return worst
        return Standing.CURRENT

    async def _entry(
        self, entry: Any, credential: Mapping[str, Any], issuer: TrustedIssuer, call: Call
    ) -> Standing:
        try:
            kind = entry.get("type")
            if kind == _REVOCATIONS:
                return await self._listed(entry, credential, issuer, call)
            if kind in _LISTS and entry.get("statusPurpose") in _PURPOSES:
                return await self._bit(entry, _LISTS[kind], issuer, call)
        except (SourceError, ValueError, TypeError, AttributeError, KeyError):
            return Standing.UNKNOWN
        return Standing.CURRENT if kind in _LISTS and entry.get("statusPurpose") else Standing.UNKNOWN

    async def _bit(self, entry: Mapping[str, Any], kind: str, issuer: TrustedIssuer, call: Call) -> Standing:
        """Look at one bit of a signed list."""
        body = await self._lookups.look(entry["statusListCredential"], issuer, call)
        subject = (await self._proved(body, issuer.id, call))["credentialSubject"]
        purposes = subject["statusPurpose"]
        if subject["type"] != kind or entry["statusPurpose"] not in (
            purposes if isinstance(purposes, list) else [purposes]
        ):
            raise SourceUnreadable(where="status list")
        if entry.get("statusSize", 1) != 1:
            raise SourceUnreadable(where="status list")
        return (
            Standing.REVOKED
            if bit(unpacked(subject["encodedList"], self._most), _index(entry))
            else Standing.CURRENT
        )

    async def _listed(
        self, entry: Mapping[str, Any], credential: Mapping[str, Any], issuer: TrustedIssuer, call: Call
    ) -> Standing:
        """Look for the credential's id among those a 1EdTech list names; the list is as good as its host."""
        told = parse((await self._lookups.look(entry["id"], issuer, call)).decode("utf-8"))
        if told["issuer"] != issuer.id:
            raise SourceUnreadable(where="status list")
        revoked = {each["id"] for each in told["revokedCredential"]}
        return Standing.REVOKED if credential.get("id") in revoked else Standing.CURRENT


def _index(entry: Mapping[str, Any]) -> int:
    told = entry["statusListIndex"]
    if isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < 12:
        return int(told)
    if isinstance(told, int) and not isinstance(told, bool) and told >= 0:
        return told
    raise ValueError("not an index")


def unpacked(encoded: str, most: int) -> bytes:
    """Unpack an encoded list (base64url of gzip) to at most ``most`` bytes; ``ValueError`` over that."""
    text = encoded.removeprefix("u").rstrip("=")
    packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        told = unpacker.decompress(packed, most + 1)
    except zlib.error:
        raise ValueError("not packed") from None
    if len(told) > most or not unpacker.eof:
        raise ValueError("too large, or cut off")
    return told


def bit(told: bytes, index: int) -> bool:
    """Return one bit, the first being the leftmost; ``ValueError`` beyond the end."""
    place, shift = divmod(index, 8)
    if place >= len(told):
        raise ValueError("beyond the list")
    return bool(told[place] >> (7 - shift) & 1)
