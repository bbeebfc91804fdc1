"""Cores: what a second one does beside a search, and how much of the machine that may take."""

from __future__ import annotations

import os
import threading
from typing import Final

CORES: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
BESIDE: Final = threading.Semaphore(CORES // 2)
"""Searches of this process that may run beside another one."""
MOMENT: Final = 0.002
"""Seconds between two tries to stop a search, which may not have begun yet."""
