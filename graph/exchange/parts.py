"""Which files of a bundle hold which concept, in the order in which they are to be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.exchange.findings import Finding, found, refused
from graph.exchange.manifest import LARGEST, NAME, Entry, Manifest, Mode, parse
from graph.exchange.opening import Bundle
from graph.exchange.reading import whole
from graph.model.concepts import BY_FILE, CONCEPTS, Concept

MAPPINGS = Path(__file__).parent / "mappings"
SUFFIXES = (".jsonl", ".csv", ".json")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of one concept; ``declared`` says that its lines stand in the manifest itself."""

    file: str
    concept: Concept
    entry: Entry
    mode: Mode
    declared: bool = False


def manifest_of(bundle: Bundle, mapping: str | None = None) -> Manifest:
    """Return the bundle's own manifest, or the one of a shipped mapping's name or a mapping's path."""
    if mapping is not None:
        return _mapped(mapping)
    if NAME not in bundle.sizes:
        raise refused("NOT_A_BUNDLE", bundle.path.name, why="there is no bundle.json")
    with bundle.open(NAME) as stream:
        return parse(whole(stream, NAME, "utf-8", LARGEST).encode())


def _mapped(mapping: str) -> Manifest:
    path = Path(mapping) if mapping.endswith(".json") else MAPPINGS / f"{mapping}.json"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in MAPPINGS.glob("*.json")))
        raise refused("MAPPING_INVALID", mapping, 0, why=f"no such mapping; shipped are: {known}")
    return parse(path.read_bytes()[: LARGEST + 1], path.name)


def parts_of(bundle: Bundle, manifest: Manifest) -> tuple[list[Part], list[Finding]]:
    """Return the bundle's parts, each after those it may name, and a note for each file left aside."""
    for name in manifest.files:
        if name not in bundle.sizes:
            code = "PATH_UNSAFE" if {"/", "\\"} & set(name) or name == ".." else "FILE_MISSING"
            raise refused(code, NAME, 1, f"files.{name}", name=name)
    parts = [part for name in bundle.sizes if (part := _part(name, manifest))]
    seen = {part.file for part in parts} | {NAME}
    aside = [found("FILE_IGNORED", name) for name in bundle.sizes if name not in seen]
    order = {concept.name: place for place, concept in enumerate(CONCEPTS)}
    return sorted(_declared(manifest) + parts, key=lambda part: order[part.concept.name]), aside


def _declared(manifest: Manifest) -> list[Part]:
    return [Part(NAME, BY_FILE[concept], Entry(), Mode.DELTA, declared=True) for concept in manifest.declares]


def _part(name: str, manifest: Manifest) -> Part | None:
    entry = manifest.files.get(name, Entry())
    stem = name.rpartition(".")[0]
    concept = BY_FILE.get(entry.concept or stem)
    if concept is None or not (name in manifest.files or name.endswith((".csv", ".jsonl"))):
        if name in manifest.files:
            raise refused(
                "MANIFEST_INVALID", NAME, 1, f"files.{name}.concept", why="the concept is not given"
            )
        return None
    _check_form(name, entry)
    return Part(name, concept, entry, entry.mode or manifest.mode)


def _check_form(name: str, entry: Entry) -> None:
    """Refuse what no reader would read as it was meant: other suffixes, or a mapping of JSON Lines."""
    if not name.endswith(SUFFIXES):
        why = f"a file's name ends in {', '.join(SUFFIXES)}"
        raise refused("MANIFEST_INVALID", NAME, 1, f"files.{name}", why=why)
    if entry.mapping and name.endswith(".jsonl"):
        raise refused("MAPPING_INVALID", name, 0, "mapping", why="JSON Lines take no mapping")
