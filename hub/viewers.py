"""Viewers: who asks, and what they may. Until there is access control, that is a question of the machine.

With the demo switch on, who asks from this very machine may ask about (synthetic) learners and change ties.
A proxy in front, or a page of another site whose name was bent to this machine, makes nobody local.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from schema.context import ANONYMOUS, Viewer
from schema.permissions import EVERYONE, GOVERNING, PERSONAL

DEMO: Final = Viewer("demo", EVERYONE | {PERSONAL, GOVERNING})

FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def viewer_of(request: HTTPConnection, *, demo: bool) -> Viewer:
    """Say who asks."""
    return DEMO if demo and _local(request) else ANONYMOUS


def _local(request: HTTPConnection) -> bool:
    headers: Mapping[str, str] = request.headers
    if request.client is None or not _loopback(request.client.host):
        return False
    if any(name in headers for name in FORWARDED):
        return False
    origin = headers.get("origin")
    return _names_loopback("//" + headers.get("host", "")) and (origin is None or _names_loopback(origin))


def _names_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return host is not None and (host == "localhost" or _loopback(host))


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
