"""Addresses: which ones a source may live at, looked at when the connection is made."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

_NAT64 = ip_network("64:ff9b::/96")


class AddressForbidden(OSError):
    """The address is not public and no operator has named its network."""

    def __init__(self) -> None:
        super().__init__("address not allowed")


class Addresses:
    """The addresses allowed: every public one, and the ``private`` networks an operator names."""

    def __init__(self, private: Iterable[str] = ()) -> None:
        self._private = tuple(ip_network(each) for each in private)

    def allow(self, address: str) -> bool:
        """Tell whether ``address`` (as text, a zone allowed) may be connected to."""
        inner = _inner(ip_address(address.partition("%")[0]))
        named = any(inner in network for network in self._private)
        return named or (inner.is_global and not inner.is_multicast)

    def open(self, info: tuple[Any, ...]) -> socket.socket:
        """Make the socket for one resolved address; ``AddressForbidden`` if it is not allowed."""
        family, kind, protocol, _, place = info
        if not self.allow(place[0]):
            raise AddressForbidden
        return socket.socket(family=family, type=kind, proto=protocol)


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Unwrap the IPv4 address that an IPv6 one carries."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address
