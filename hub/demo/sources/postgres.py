"""Where PostgreSQL's programs are on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path


def programs() -> Path | None:
    """Find the newest PostgreSQL's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    return found[-1] if found else Path(on_path).parent if on_path else None
