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
OWN_PAGES: Final = ("none", "same-origin")
"""What a browser says (Sec-Fetch-Site) of a typed address, and of the hub's own pages."""


def viewer_of(request: HTTPConnection, *, demo: bool) -> Viewer:
    """Say who asks."""
    return DEMO if demo and _local(request) else ANONYMOUS


def _local(request: HTTPConnection) -> bool:
    headers: Mapping[str, str] = request.headers
    if request.client is None or not _loopback(request.client.host):
        return False
    if any(name in headers for name in FORWARDED):
        return False
    host = headers.get("host", "")
    return _names_loopback(host) and _own_page(headers, host)


def _own_page(headers: Mapping[str, str], host: str) -> bool:
    """Whether it is asked by no page, or by one of this hub: those of another port are another's."""
    if headers.get("sec-fetch-site", "none") not in OWN_PAGES:
        return False
    origin = headers.get("origin")
    return origin is None or origin in (f"http://{host}", f"https://{host}")


def _names_loopback(host: str) -> bool:
    try:
        name = urlsplit("//" + host).hostname
    except ValueError:
        return False
    return name is not None and (name == "localhost" or _loopback(name))


def _loopback(host: str) -> bool:
    if host == "127.0.0.1":  # what most are, and six times faster than finding out
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
