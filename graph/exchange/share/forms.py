"""The forms in which a selection is shared, by the endings of their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from graph.exchange.share.graphml import graphml
from graph.exchange.share.linked import linked
from graph.exchange.share.selection import Chosen
from graph.exchange.share.table import comma_separated, json_lines


class Form(NamedTuple):
    """A form: what writes it, part by part, its media type, and whether it tells of what is only named."""

    write: Callable[[Chosen], Iterator[bytes]]
    media: str
    named: bool = False


FORMS: Final[dict[str, Form]] = {
    "csv": Form(comma_separated, "text/csv; charset=utf-8; header=present"),
    "jsonl": Form(json_lines, "application/jsonl; charset=utf-8"),
    "graphml": Form(graphml, "application/graphml+xml", named=True),
    "jsonld": Form(linked, "application/ld+json"),
}
