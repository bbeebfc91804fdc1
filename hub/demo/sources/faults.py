"""Faults: what one may do to a source of the demo while watching, and how it is told to the source."""

from __future__ import annotations

import asyncio
from enum import Enum
from pathlib import Path
from typing import Final

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

DRAWL: Final = 4.0
"""Seconds that a slow source lets one wait."""


class Fault(Enum):
    """What may be wrong with a source. The first two befall its process, the others its answers."""

    HANG = "hang"
    DOWN = "down"
    ERROR = "error"
    GARBAGE = "garbage"
    SLOW = "slow"


def fault_of(folder: Path, code: str) -> Fault | None:
    """Read what is wrong with a source now; None where it is well."""
    try:
        said = (folder / code).read_text("ascii").strip()
    except OSError:
        return None
    return Fault(said) if said in {fault.value for fault in Fault} else None


def wish(folder: Path, code: str, fault: Fault | None) -> None:
    """Wish something wrong with a source, or nothing any more."""
    if fault is None:
        (folder / code).unlink(missing_ok=True)
    else:
        (folder / code).write_text(fault.value, "ascii")


class Faulty:
    """Wraps a source's interface: answers as ill as the folder of faults says."""

    def __init__(self, app: ASGIApp, folder: Path, code: str) -> None:
        self._app = app
        self._folder = folder
        self._code = code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, well or ill."""
        fault = fault_of(self._folder, self._code) if scope["type"] == "http" else None
        if fault is Fault.ERROR:
            await HTMLResponse("<h1>500</h1><p>ORA-00942</p>", 500)(scope, receive, send)
        elif fault is Fault.GARBAGE:
            await HTMLResponse("<html><body>系统维护中</body></html>")(scope, receive, send)
        else:
            await asyncio.sleep(DRAWL if fault is Fault.SLOW else 0)
            await self._app(scope, receive, send)
