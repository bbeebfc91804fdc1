"""Where PostgreSQL's programs are on this machine."""

from __future__ import annotations

import shutil
from glob import glob
from pathlib import Path


def programs() -> Path | None:
    """Find the newest PostgreSQL's programs; None where there is none."""
    found = [Path(each) for each in sorted(glob("/usr/lib/postgresql/*/bin"))]  # noqa: PTH207
    on_path = shutil.which("initdb")
    return found[-1] if found else Path(on_path).parent if on_path else None
