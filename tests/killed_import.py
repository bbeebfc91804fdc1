"""A process that imports a bundle and is killed with SIGKILL while it writes its nth batch.

python killed_import.py BUNDLE NTH FOLDER [URI]
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from graph.engines import EngineSettings, choose
from graph.exchange.importing import Watches, import_bundle
from graph.layout import CATALOG
from graph.store import Store


class Axe:
    def __init__(self, nth):
        self.left = nth

    def __call__(self, file, lines):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(bundle, nth, folder, uri=None):
    settings = EngineSettings(uri=uri) if uri else EngineSettings(folder=Path(folder))
    # The test server has its schema already, and notes whose it is.
    async with Store(choose(settings), None if uri else CATALOG.prepare) as store:
        await store.ready(30)
        await import_bundle(store, Path(bundle), watches=Watches(loading=Axe(int(nth))), batch=2)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
