"""Where PostgreSQL's programs are on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path


def programs() -> Path | None:
    """Find the newest PostgreSQL's programs; None where there is none."""
    # Debian keeps them out of the PATH, in a folder named by the version.
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found).parent if found else None
