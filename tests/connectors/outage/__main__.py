"""``python -m tests.connectors.outage`` prints the outage matrix and fails if a cell does not hold.

Names of faults choose rows.
"""

from __future__ import annotations

import asyncio
import sys

from tests.connectors.outage.faults import FAULTS
from tests.connectors.outage.file_faults import FILE_FAULTS, file_matrix
from tests.connectors.outage.matrix import matrix, table

if __name__ == "__main__":
    wanted, spoilt = (
        tuple(fault for fault in faults if not sys.argv[1:] or fault.name in sys.argv[1:])
        for faults in (FAULTS, FILE_FAULTS)
    )
    cells = asyncio.run(matrix(wanted)) + asyncio.run(file_matrix(spoilt))
    sys.stdout.write(table(cells))
    sys.exit(any(each.wrong for each in cells))
