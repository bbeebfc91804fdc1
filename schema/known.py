"""What results and past applications name must be known: looked up once for many questions, told for each."""

from __future__ import annotations

from collections.abc import Container, Sequence

from graph.library import Library, Volume
from graph.model.institutions import Institution
from graph.model.learning import Consumption, HeldTarget, Result, SilentSource
from graph.model.outcomes import Outcome, Unit
from graph.model.rules import Rule
from graph.model.values import Versioned
from graph.moment import Moment
from schema.consumption import mentions
from schema.errors import Refusal
from schema.results import named


def spoken_for(source: SilentSource) -> set[str]:
    """Collect the institutions that a silent source is said to speak for, or to keep applications of."""
    return {*(source.issuers or ()), *(source.keeps_consumption_of or ())}


class Known:
    """What the graph knows of all that some questions to one rule book name."""

    def __init__(
        self, volume: Volume, units: set[str], things: dict[type[Versioned], set[tuple[str, int]]]
    ) -> None:
        self.volume = volume
        index = volume.index
        self._codes: dict[str, tuple[Container[str], ...]] = {
            "outcome": (volume,),
            "unit": (index.units, units),
            "creditScheme": (index.credit_schemes,),
            "gradingScheme": (index.grading_schemes,),
        }
        self._things = things

    @classmethod
    async def of(
        cls,
        library: Library,
        volume: Volume,
        at: Moment,
        results: Sequence[Result],
        rows: Sequence[Consumption] = (),
        held: Sequence[HeldTarget] = (),
        silent: Sequence[SilentSource] = (),
    ) -> Known:
        """Look up what is named, and add the outcomes to the rule book."""
        volume = await library.knowing(volume, {one.outcome for one in results if one.outcome}, at)
        units = {one.unit for one in results if one.unit and one.unit not in volume.index.units}
        found = {key for key, _ in await library.known(Unit, units, at)}
        wanted: dict[type[Versioned], set[str]] = {}
        for one in mentions(rows):
            wanted.setdefault(one.struct, set()).add(one.key)
        wanted.setdefault(Outcome, set()).update(one.outcome for one in held)
        wanted.setdefault(Institution, set()).update(key for one in silent for key in spoken_for(one))
        things = {struct: await library.known(struct, keys, at) for struct, keys in wanted.items()}
        return cls(volume, found, things)

    def _knows(self, concept: str, key: str) -> bool:
        return any(key in keys for keys in self._codes[concept])

    def demand(self, results: Sequence[Result]) -> None:
        """Raise `Refusal` RESULT_UNKNOWN_CODE where a result names what nobody knows."""
        for row, field, concept, key in named(results):
            if not self._knows(concept, key):
                raise Refusal("RESULT_UNKNOWN_CODE", place=row, field=field)

    def demand_held(self, held: Sequence[HeldTarget]) -> None:
        """Raise `Refusal` HELD_UNKNOWN where a target's code is nobody's: mistyped, it would not count."""
        for place, one in enumerate(held):
            if all(key != one.outcome for key, _ in self._things[Outcome]):
                raise Refusal("HELD_UNKNOWN", place=place)

    def demand_silent(self, silent: Sequence[SilentSource]) -> None:
        """Raise `Refusal` SILENT_UNKNOWN where a silent source speaks for nobody that is known."""
        for place, one in enumerate(silent):
            if not spoken_for(one) <= {key for key, _ in self._things[Institution]}:
                raise Refusal("SILENT_UNKNOWN", place=place)

    def demand_consumed(self, rows: Sequence[Consumption]) -> None:
        """Raise `Refusal` CONSUMED_UNKNOWN_CODE where a past application names what nobody knows."""
        for one in mentions(rows):
            if all(key != one.key for key, _ in self._things[one.struct]):
                raise Refusal("CONSUMED_UNKNOWN_CODE", place=one.place, field=one.field)
        for place, row in enumerate(rows):
            if (row.rule, row.rule_version) not in self._things[Rule]:
                raise Refusal("CONSUMED_UNKNOWN_CODE", place=place, field="version")
            counted = (one.credit.scheme for one in row.targets if one.credit)
            if not all(self._knows("creditScheme", scheme) for scheme in counted):
                raise Refusal("CONSUMED_UNKNOWN_CODE", place=place, field="credit")
