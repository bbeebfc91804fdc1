"""What is declared of a folder of exports."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from connectors.contract import Settings
from connectors.decoding.text import Reading
from connectors.mapping import ResultMap


class FilesSettings(Settings, frozen=True):
    """A folder into which a member puts full exports as CSV.

    ``columns`` are the agreed ones, in order. An export counts once its ``marker`` is there (the export's
    name and this ending), or, where no marker is agreed, once it has not changed for ``settled`` seconds.
    Its date is the eight digits in its name, else the time it was last changed. The largest export has
    ``most_bytes``. Files are read where they lie: of their rows nothing is copied.
    """

    folder: str
    columns: Annotated[tuple[str, ...], Meta(min_length=1)]
    map: ResultMap
    key_scheme: str
    pattern: str = "*.csv"
    marker: str = ""
    settled: Annotated[float, Meta(ge=0)] = 60.0
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    reading: Reading = Reading()
    most_bytes: int = 2 * 1024**3
