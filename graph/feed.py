"""The feed: what each publication brought, told thing by thing, to go on from any place of it.

A publication is a moment T: versions recorded at T are what it brought, those retracted at T what it took
back (decision 0001). Neither changes afterwards, and every later publication has a later moment, so a place
in the feed stays where it is whatever is published meanwhile, and whichever things are asked about.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from collections.abc import Mapping as Given
from typing import Final, NamedTuple

from graph.directory import END, Directory
from graph.events import Event, told_of
from graph.model.concepts import CONCEPTS, Concept
from graph.model.outcomes import Mapping, Unit
from graph.store import Row, Store

STRETCHES: Final = 12
"""How many stretches (one publication, one concept) a page reads at most; it may then be a short one."""
AT_ONCE: Final = 500
"""Places that one statement looks up."""
PLACES: Final = 40
"""How many units' mappings one statement gives; a unit may have hundreds."""

_COLUMNS: Final = (
    "collect({key: v.key, number: v.number, status: v.status, synthetic: v.synthetic, "
    "recorded: v.recordedAt, retracted: v.retractedAt}) AS rows ORDER BY place LIMIT $most"
)
_AT: Final = "WHERE v.recordedAt = $moment OR v.retractedAt = $moment "
_READ: Final = {
    concept.name: f"MATCH (t:{concept.label}) WHERE t.key > $after AND t.key <= $upto "
    f"MATCH (t)-[:VERSION]->(v:{concept.label}Version) {_AT}RETURN t.key AS place, {_COLUMNS}"
    for concept in CONCEPTS
} | {
    "mapping": "MATCH (t:Unit) WHERE t.key > $after AND t.key <= $upto "
    f"MATCH (:Outcome)-[v:MAPS_TO]->(t) {_AT}RETURN t.key AS place, {_COLUMNS}"
}
_MOMENTS: Final = {
    concept.name: f"MATCH {pattern} WHERE v.recordedAt <= $known "
    "RETURN collect(DISTINCT v.recordedAt) AS recorded, collect(DISTINCT v.retractedAt) AS retracted"
    for concept in CONCEPTS
    for pattern in [
        "(:Outcome)-[v:MAPS_TO]->(:Unit)" if concept.struct is Mapping else f"(v:{concept.label}Version)"
    ]
}
_NAMED: Final = {
    concept.name: f"UNWIND $places AS place MATCH (t:{concept.label} {{key: place}})"
    f"-[:VERSION]->(v:{concept.label}Version) "
    for concept in CONCEPTS
} | {"mapping": "UNWIND $places AS place MATCH (t:Unit {key: place})<-[v:MAPS_TO]-(:Outcome) "}
_READ_NAMED: Final = {name: f"{named}{_AT}RETURN place, {_COLUMNS}" for name, named in _NAMED.items()}
_MOMENTS_NAMED: Final = {
    name: f"{named}WHERE v.recordedAt <= $known "
    "RETURN place, collect(DISTINCT v.recordedAt) AS recorded, collect(DISTINCT v.retractedAt) AS retracted"
    for name, named in _NAMED.items()
}


class Position(NamedTuple):
    """A place in the feed: in a publication's concept after a place, and so many entries further.

    ``place`` is where these entries were told; none: at the first place there is.
    """

    moment: str
    concept: int = -1
    after: str = ""
    skip: int = 0
    place: str = ""


class Narrow(NamedTuple):
    """The things of one concept that are asked about: their keys, and where they are found, in order."""

    keys: frozenset[str]
    places: tuple[str, ...]


Wanted = Given[int, Narrow | None]
"""What is asked about: concepts by their place in the list of all, each whole or narrowed."""
EVERYTHING: Final[Wanted] = dict.fromkeys(range(len(CONCEPTS)))


class Entry(NamedTuple):
    """What one publication did to one version; ``replaces`` is the number it corrects."""

    concept: Concept
    key: str
    number: int
    event: Event
    replaces: int | None
    synthetic: bool
    moment: str
    position: Position


class Pageful(NamedTuple):
    """Some entries, where the page ends, and whether more is known.

    ``heard`` are the keys asked about of which the feed has something to tell, on this page or another.
    """

    entries: tuple[Entry, ...]
    end: Position
    more: bool
    heard: frozenset[str] = frozenset()


class Feed:
    """Reads the feed of one graph; remembers which publications touched which concepts."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self._store = store
        self._directory = directory
        self._stretches: tuple[str, tuple[tuple[str, int], ...]] = ("", ())

    async def page(self, start: Position, published: str, first: int, wanted: Wanted = EVERYTHING) -> Pageful:
        """Give at most ``first`` entries after a position; fewer where they are far apart."""
        at = (start.moment, start.concept)
        touched, heard = await self._touched(published, wanted)
        ahead = [one for one in touched if one > at or (one == at and start.after < END)]
        found: list[Entry] = []
        end = start
        for moment, concept in ahead[:STRETCHES]:
            begin = start if (moment, concept) == at else Position(moment, concept)
            entries, whole = await self._stretch(begin, published, first - len(found), wanted[concept])
            found += entries
            end = Position(moment, concept, END) if whole else entries[-1].position
            if len(found) == first and not (whole and (moment, concept) == ahead[-1]):
                return Pageful(tuple(found), found[-1].position, True, heard)
        return Pageful(tuple(found), max(end, start), len(ahead) > STRETCHES, heard)

    async def _touched(self, published: str, wanted: Wanted) -> tuple[list[tuple[str, int]], frozenset[str]]:
        """Give the publications, each with a concept, that may tell of what is asked about; and its keys."""
        found = [one for one in await self._known(published) if one[1] in wanted]
        heard: set[str] = set()
        for concept, narrow in wanted.items():
            if narrow is not None:
                moments, places = await self._moments(concept, narrow, published)
                found = [one for one in found if one[1] != concept or one[0] in moments]
                heard |= narrow.keys if CONCEPTS[concept].struct is Mapping else places
        return found, frozenset(heard)

    async def _moments(self, concept: int, narrow: Narrow, published: str) -> tuple[set[str], set[str]]:
        """Give the moments at which something changed at the places, and the places at which it did."""
        moments, heard = set[str](), set[str]()
        for places in _parts(narrow.places, AT_ONCE):
            query = _MOMENTS_NAMED[CONCEPTS[concept].name]
            for row in await self._store.read(query, places=places, known=published):
                moments.update(row["recorded"], row["retracted"])
                heard.add(row["place"])
        return moments, heard

    async def _known(self, published: str) -> tuple[tuple[str, int], ...]:
        if self._stretches[0] != published:
            found: set[tuple[str, int]] = set()
            for place, concept in enumerate(CONCEPTS):
                [row] = await self._store.read(_MOMENTS[concept.name], known=published)
                moments = {*row["recorded"], *row["retracted"]}
                found |= {(moment, place) for moment in moments if moment <= published}
            self._stretches = (published, tuple(sorted(found)))
        return self._stretches[1]

    async def _stretch(
        self, start: Position, published: str, wanted: int, narrow: Narrow | None
    ) -> tuple[list[Entry], bool]:
        """Give at most ``wanted`` entries of one publication's concept, and whether these are the rest."""
        concept, found = CONCEPTS[start.concept], list[Entry]()
        last, spot = start.after, start.place
        async for row in self._rows(concept, start, published, wanted, narrow):
            place = row["place"]
            spot = spot or place
            for number, told in enumerate(told_of(start.moment, row["rows"]), 1):
                new = place != spot or number > start.skip
                if new and (narrow is None or told[0] in narrow.keys):
                    position = Position(start.moment, start.concept, last, number, place)
                    found.append(Entry(concept, *told, start.moment, position))
            last = place
            if len(found) > wanted:
                return found[:wanted], False
        return found, True

    def _rows(
        self, concept: Concept, start: Position, published: str, wanted: int, narrow: Narrow | None
    ) -> AsyncIterator[Row]:
        most = PLACES if concept.struct is Mapping else wanted + 2
        if narrow is None:
            return self._in_windows(concept, start, published, most)
        return self._at_places(concept, start, narrow, most)

    async def _at_places(
        self, concept: Concept, start: Position, narrow: Narrow, most: int
    ) -> AsyncIterator[Row]:
        for places in _parts([place for place in narrow.places if place > start.after], most):
            query = _READ_NAMED[concept.name]
            for row in await self._store.read(query, places=places, moment=start.moment, most=most):
                yield row

    async def _in_windows(
        self, concept: Concept, start: Position, published: str, most: int
    ) -> AsyncIterator[Row]:
        struct = Unit if concept.struct is Mapping else concept.struct
        for after, upto in await self._directory.windows(struct, published, start.after, most):
            begin, full = after, True
            while full:
                rows = await self._store.read(
                    _READ[concept.name], after=begin, upto=upto, moment=start.moment, most=most
                )
                for row in rows:
                    yield row
                full = len(rows) == most
                begin = rows[-1]["place"] if rows else upto


def _parts(places: Sequence[str], most: int) -> Iterator[list[str]]:
    for begin in range(0, len(places), most):
        yield list(places[begin : begin + most])
