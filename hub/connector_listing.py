"""``alliance-hub connectors list``: what is there, what was set aside, and what is wrong on file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from msgspec import Struct

from connectors.consent import grants_in
from connectors.entries import Listed
from connectors.linkage import LinksOf, links_in
from connectors.registry import Registry, Shelf, Sources, find
from connectors.source import Source
from connectors.standings import Held, held, standings_in
from connectors.standings import Known as Standings

E = TypeVar("E")
Known = Mapping[str, frozenset[str]]


class OnFileTold(Struct, frozen=True):
    """What a file of links or grants came to: entries that stand, and what is wrong, by line."""

    file: str
    entries: int
    wrong: tuple[str, ...]


@click.command("list")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("connectors.d"),
    show_default=True, envvar="ALLIANCE_HUB_CONNECTORS", help="Where the sources are declared.",
)  # fmt: skip
@click.option(
    "--links", type=click.Path(path_type=Path, dir_okay=False), default=Path("links.yaml"),
    show_default=True, help="Who is known where; looked through if it is there.",
)  # fmt: skip
@click.option(
    "--grants", type=click.Path(path_type=Path, dir_okay=False), default=Path("grants.yaml"),
    show_default=True, help="Who consented to what; looked through if it is there.",
)  # fmt: skip
@click.option(
    "--standings", type=click.Path(path_type=Path, dir_okay=False), default=Path("standings.yaml"),
    show_default=True, help="What `check --note` found; looked through if it is there.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(folder: Path, links: Path, grants: Path, standings: Path, as_json: bool) -> None:
    """List connectors and sources, what was set aside and why, and what is wrong in links and grants.

    \b
    Exit status:
      0  every connector and source can be used, and nothing on file is wrong
      1  something was set aside or is wrong on file; the last line on standard error counts it
    """
    shelf, sources = find(), Registry(folder).load()
    known, noted = _standings(standings)
    files = [*on_file(links, grants, schemes(sources)), *noted]
    if as_json:
        click.echo(json.dumps(_told(list(shelf.manifests), sources, known, files), ensure_ascii=False))
    else:
        _show(shelf, sources, known)
        _show_files(files)
    _judge(len(sources.quarantined), sum(len(file.wrong) for file in files))


def _judge(aside: int, wrong: int) -> None:
    """End with status 1, and a line that says why, where not all is well."""
    if aside or wrong:
        click.echo(
            f"not well   {aside} set aside, {wrong} wrong on file 隔离 {aside}，文件有误 {wrong}", err=True
        )
        raise SystemExit(1)


def _standings(path: Path) -> tuple[Standings, list[OnFileTold]]:
    """Give the standings noted, and what the file came to if it is there."""
    if not path.exists():
        return {}, []
    try:
        known = standings_in(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return {}, [OnFileTold(str(path), 0, (f"{path}: {_why(error)}",))]
    return known, [OnFileTold(str(path), len(known), ())]


def schemes(sources: Sources) -> Known:
    """Return the codes links may name, set aside or not, and the key schemes known of each."""
    aside = {each.code: frozenset[str]() for each in sources.quarantined}
    return aside | {each.code: each.schemes for each in sources.sources}


def on_file(links: Path, grants: Path, known: Known) -> Iterator[OnFileTold]:
    """Look through the files of links and grants that are there."""
    if links.exists():
        yield _looked(links, links_in, lambda entry: _links(entry, known))
    if grants.exists():
        yield _looked(grants, grants_in, lambda entry: _sources(entry.sources, known))


def _looked(path: Path, read: Callable[[str], Listed[E]], look: Callable[[E], Iterator[str]]) -> OnFileTold:
    try:
        found = read(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return OnFileTold(str(path), 0, (f"{path}: {_why(error)}",))
    wrong = [f"{path}, line {each.line}: {each.reason}" for each in found.wrong]
    times = Counter(said for each in found.entries for said in look(each))
    wrong += [f"{path}: {said} ({times[said]} times)" for said in sorted(times)]
    return OnFileTold(str(path), len(found.entries), tuple(wrong))


def _links(entry: LinksOf, known: Known) -> Iterator[str]:
    yield from _sources((each.source for each in entry.links), known)
    for link in entry.links:
        understood = known.get(link.source)
        if understood and link.key.scheme not in understood:
            told = ", ".join(sorted(understood))
            yield f"a key of {link.source} is of scheme {link.key.scheme}, and it has keys of {told}"


def _sources(named: Iterable[str], known: Known) -> Iterator[str]:
    yield from (
        f"{code} is named, and no source of that code is declared" for code in named if code not in known
    )


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return str(error.strerror)
    return "the file is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _show_files(files: list[OnFileTold]) -> None:
    for file in files:
        click.echo(f"on file    {file.file}  {file.entries} entries")
        for line in file.wrong:
            click.echo(f"wrong      {line}", err=True)


def _show(shelf: Shelf, sources: Sources, known: Standings) -> None:
    for name, manifest in sorted(shelf.manifests.items()):
        click.echo(f"connector  {name}  {manifest.version}  contract {manifest.contract}")
    for source in sources.sources:
        said = f"{source.code}  of {source.member}  by {source.manifest.name}  {_verbs(source)}"
        click.echo(f"source     {said}  standing {held(known, source)}")
    for each in sources.quarantined:
        click.echo(f"set aside  {each.code}  {each.reason}", err=True)


def _told(names: list[str], sources: Sources, known: Standings, files: list[OnFileTold]) -> dict[str, Any]:
    return {
        "connectors": sorted(names),
        "sources": [_source_told(each, held(known, each)) for each in sources.sources],
        "quarantined": [msgspec.to_builtins(each) for each in sources.quarantined],
        "onFile": [msgspec.to_builtins(each) for each in files],
    }


def _source_told(source: Source, noted: Held) -> dict[str, Any]:
    named = {"source": source.code, "member": source.member, "connector": source.manifest.name}
    return named | {"standing": noted.standing, "earlierStanding": noted.earlier}


def _verbs(source: Source) -> str:
    return ",".join(sorted(source.offers.verbs))
