"""Declaring: the declaration that a guess makes, each proposal with what was seen of it in the sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from hub.scaffold.guessing import Guess
from hub.scaffold.shapes import names_like

_PLACES: Final = {"learner": ("code_pattern", "map"), "outcome": ("pattern", "map.outcome")}


def exports(name: str, sample: Path, found: Guess) -> str:
    """Write the declaration of a folder of exports; what would refuse rows is proposed in comments."""
    told = yaml.safe_dump(_declaration(name, sample, found), allow_unicode=True, sort_keys=False, width=100)
    called = " ".join(sample.name.split())
    head = f"# Guessed from {called}; look at every line, then:\n"
    head += f"#   alliance-hub connectors inspect {name} {called}\n"
    return head + _remarked(told, sample, found) + "".join(f"# {line}\n" for line in _proposals(found))


def _remarked(told: str, sample: Path, found: Guess) -> str:
    """Say beside a line what it was guessed from."""
    again = found.again
    said = {
        "    resits: true": f"{again.repeated} of {again.pairs} learners' courses stand at several times "
        "多次尝试",
        "  pattern: ": f"named like the sample; '*{sample.suffix}' takes any 只取同类文件名",
    }
    lines = told.splitlines()
    for at, line in enumerate(lines):
        for start, remark in said.items():
            if line.startswith(start) and (start.strip() != "pattern:" or names_like(sample)):
                lines[at] = f"{line}  # {remark}"
    return "\n".join(lines) + "\n"


def _proposals(found: Guess) -> Iterator[str]:
    """Say what could be declared too, and would refuse rows if this sample did not show all there is."""
    for part, (setting, where) in _PLACES.items():
        if (seen := found.shapes.get(part)) is not None:
            column = found.parts[part]
            yield f"All {seen.seen} codes seen in {column} look like this. If all there are do, this under"
            yield f"{where} refuses any other 若所有代码都是此样式，可在 {where} 下加一行，以拒收其他样式:"
            yield f"    {setting}: '{seen.pattern}'"
    if found.width:
        yield f"Every learner's code of this sample is {found.width} long. If all are, this under map refuses"
        yield "those that lost leading zeros 若所有编号都是此宽度，可在 map 下加一行，以拒收丢失前导零的编号:"
        yield f"    code_width: {found.width}"
    if found.words:
        yield "Marks in no table; say what they mean under map.marks.words 未知的成绩用语:"
        yield from (f"        {word}: {{grade: {word}, scheme: ...}}" for word in found.words)


def _declaration(name: str, sample: Path, found: Guess) -> dict[str, object]:
    settings: dict[str, object] = {
        "folder": str(sample.resolve().parent),
        "pattern": names_like(sample) or f"*{sample.suffix}",
        "columns": list(found.columns),
        "key_scheme": f"{name}-student",
        "reading": {"codec": found.codec},
        "map": _map(name, found),
    }
    settings |= {"delimiter": found.delimiter} if found.delimiter != "," else {}
    keys = {"key_schemes": [f"{name}-student"], "issuers": [f"alliance:-:{name.upper()}"]}
    return {"source": name, "member": name, "connector": "files", **keys, "settings": settings}


def _map(name: str, found: Guess) -> dict[str, object]:
    parts = found.parts
    unique = [parts[part] for part in ("learner", "outcome", "completed") if part in parts]
    ids = f"join('/', [{', '.join(chr(34) + column + chr(34) for column in unique)}])"
    told: dict[str, object] = {"id": parts.get("id", ids), "learner": parts["learner"]}
    told |= {"outcome": {"scheme": f"{name}-course", "code": parts["outcome"]}} if "outcome" in parts else {}
    told |= {"title": parts["title"]} if "title" in parts else {}
    credit = {"scheme": f"{name}-credit", "amount": parts.get("credit")}
    told |= {"credit": credit} if "credit" in parts else {}
    told |= {part: parts[part] for part in ("mark", "completed") if part in parts}
    return told | ({"resits": True} if found.again.repeated else {})
