"""``alliance-hub connectors new``: a connector to begin with, that already runs and passes its checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Final

import click

from hub.scaffold.declaring import exports
from hub.scaffold.guessing import Guess, NotASample, guess

NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")


@click.command("new")
@click.argument("name")
@click.option(
    "--kind", type=click.Choice(["python", "rest", "files"]), help="Default: python; files with --from."
)
@click.option(
    "--from", "sample", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV export: its encoding, columns, keys and marks are guessed.",
)  # fmt: skip
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where to write it."
)
def new(name: str, kind: str | None, sample: Path | None, into: Path) -> None:
    """Begin a connector called NAME (lower-case letters, digits, dashes).

    \b
    alliance-hub connectors new north                      a distribution of its own, in Python, with tests
    alliance-hub connectors new north --kind rest          one YAML file, and a kit to check it with
    alliance-hub connectors new north --from results.csv   the same for a folder of exports, guessed from one

    Nothing that is there is overwritten.
    """
    if not NAME.fullmatch(name):
        raise click.ClickException("a name is 2 to 40 lower-case letters, digits and dashes, a letter first")
    chosen = kind or ("files" if sample else "python")
    if (chosen == "files") != (sample is not None):
        raise click.ClickException("--kind files and --from SAMPLE.csv belong together")
    holes: dict[str, str] = {}
    if sample is not None:
        found = _guessed(sample)
        _write(into / "connectors.d" / f"{name}.yaml", exports(name, sample, found))
        holes = _codes(found)
    for path, text in _scaffold(chosen, name, holes):
        _write(into / path, text)


def _scaffold(kind: str, name: str, more: dict[str, str]) -> Iterator[tuple[Path, str]]:
    module = f"{name.replace('-', '_')}_connector"
    holes = more | {
        "name": name,
        "NAME": name.upper().replace("-", "_"),
        "module": module,
        "package": f"{name}-connector",
        "under": name.replace("-", "_"),
        "klass": "".join(word.capitalize() for word in name.split("-")),
    }
    home = Path(f"{name}-connector") if kind == "python" else Path()
    for path, text in _texts(files("hub.scaffold") / kind):
        spelled = (
            str(path)
            .replace("MODULE", module)
            .replace("UNDER", holes["under"])
            .replace("NAME", name)
            .removesuffix(".txt")
        )
        yield home / spelled, Template(text).substitute(holes)


def _texts(folder: Traversable, above: Path = Path()) -> Iterator[tuple[Path, str]]:
    for each in sorted(folder.iterdir(), key=lambda one: one.name):
        if each.is_dir():
            yield from _texts(each, above / each.name)
        elif each.name.endswith(".txt"):
            yield above / each.name, each.read_text("utf-8")


def _guessed(sample: Path) -> Guess:
    try:
        found = guess(sample)
    except NotASample as error:
        raise click.ClickException(f"{sample}: {error}") from None
    _tell(found)
    return found


def _codes(found: Guess) -> dict[str, str]:
    """Invent codes that look like the sample's, and name the columns their rows fill."""
    parts = {part: column for part, column in found.parts.items() if part != "name"}
    codes = {"ana": "2021001", "bao": "2021002", "nobody": "9"}
    if found.width:
        codes = {name: code.rjust(found.width, "0")[-found.width :] for name, code in codes.items()}
    if (shape := found.shapes.get("learner")) is not None:
        codes = {name: shape.like(number) for number, name in enumerate(codes, 1)}
    course = found.shapes.get("outcome")
    courses = {f"c{number}": course.like(number) if course else f"C{number}" for number in (1, 2)}
    return codes | courses | {"parts": repr(parts)}


def _tell(found: Guess) -> None:
    click.echo(f"encoding {found.codec}, {len(found.columns)} columns", err=True)
    for part, column in found.parts.items():
        said = "a name: never read" if part == "name" else part
        click.echo(f"  {column} -> {said}", err=True)
    for remark in found.remarks:
        click.echo(f"  look at {remark}", err=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already, and stays as it is") from None
    click.echo(str(path))
