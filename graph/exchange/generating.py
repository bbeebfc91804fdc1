"""Write an invented alliance as a bundle: deterministic by seed, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

from graph.exchange.codec import line
from graph.exchange.invention import ground, learning, ruling
from graph.exchange.invention.scale import SCALES, Scale
from graph.model.concepts import BY_STRUCT
from graph.model.values import Versioned

BATCH = 5000


def generate(
    scale: str, seed: int, out: Path, progress: Callable[[str, int], None] = lambda file, count: None
) -> dict[str, int]:
    """Write a bundle of ``scale`` into the folder ``out``; return how many lines each file got.

    ``progress`` is told each file's name and how many lines of it were written since. ``KeyError`` where the
    scale is unknown, ``FileExistsError`` where the folder holds something.
    """
    size = SCALES[scale]
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    (out / "bundle.json").write_text(_manifest(scale, seed), encoding="utf-8", newline="\n")
    counts: dict[str, int] = {}
    for name, lines in _files(size, seed).items():
        counts[name] = _write(out / f"{name}.jsonl", lines, progress)
    return counts


def _manifest(scale: str, seed: int) -> str:
    title = {"zh": f"合成联盟({scale},种子 {seed})", "en": f"Synthetic alliance ({scale}, seed {seed})"}
    manifest = {"bundle": 1, "source": "generated", "title": title, "licence": "synthetic"}
    return json.dumps(manifest | {"synthetic": True, "mode": "full"}, ensure_ascii=False, indent=2) + "\n"


def _files(size: Scale, seed: int) -> dict[str, Iterable[bytes]]:
    small = chain(
        ground.schemes(),
        ground.places(),
        ground.framework(),
        ground.bodies(size),
    )
    files: dict[str, list[bytes]] = {}
    for thing in small:
        files.setdefault(BY_STRUCT[type(thing)].file, []).append(line(thing))
    return {
        **files,
        "units": _lines(learning.units(size)),
        "outcomes": _encoded(learning.outcomes(size, seed)),
        "programmes": _lines(learning.programmes(size, seed)),
        "mappings": _encoded(learning.mappings(size, seed)),
        "agreements": _lines(ruling.agreements(size)),
        "rules": _lines(ruling.rules(size, seed)),
        "caps": _lines(ruling.caps(size)),
        "exclusions": _lines(ruling.exclusions(size, seed)),
    }


def _lines(things: Iterable[Versioned]) -> Iterator[bytes]:
    return map(line, things)


def _encoded(texts: Iterable[str]) -> Iterator[bytes]:
    return (f"{text}\n".encode() for text in texts)


def _write(path: Path, lines: Iterable[bytes], progress: Callable[[str, int], None]) -> int:
    count, told = 0, 0
    with path.open("wb") as file:
        for count, text in enumerate(lines, 1):
            file.write(text)
            if count - told == BATCH:
                told = count
                progress(path.name, BATCH)
    progress(path.name, count - told)
    return count
