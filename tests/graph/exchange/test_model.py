"""Random imports one after the other leave what decision 0001 says, line by line, in plain Python."""

from dataclasses import dataclass, replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from msgspec.structs import replace as changed
from small_bundle import versions

from graph.exchange.cargo import Cargo, Listed
from graph.exchange.loading import load
from graph.model.concepts import BY_FILE
from graph.model.institutions import Institution
from graph.model.outcomes import Mapping
from graph.model.values import Status, Text

PLAIN = {"version": 0, "valid_to": None, "status": Status.PUBLISHED}


@dataclass
class Row:
    thing: object
    number: int
    source: str
    since: int
    until: int | None = None


class Refusal(Exception):
    pass


class Model:
    """The slow reference: all rows ever, and the rules of the decision one after the other."""

    def __init__(self):
        self.rows, self.moment = [], 0

    def take(self, source, things, full):
        before = [replace(row) for row in self.rows]
        self.moment += 1
        try:
            for thing in things:
                self.line(source, thing)
        except Refusal:
            self.rows = before
            return False
        if full:
            self.retire(source, {thing.key for thing in things})
        return True

    def line(self, source, thing):
        mine = [row for row in self.rows if row.thing.key == thing.key]
        numbered = self.numbered if thing.version else self.numberless
        number = numbered(thing, mine)
        if number:
            self.rows.append(Row(changed(thing, version=0), number, source, self.moment))

    def numberless(self, thing, mine):
        standing = sorted((row for row in mine if row.until is None), key=lambda row: row.number)
        latest = standing[-1] if standing else None
        if latest and latest.thing == thing:
            return None
        if latest and (latest.thing.valid_from, latest.thing.valid_to) == (thing.valid_from, thing.valid_to):
            self.end(latest)
        return 1 + max([row.number for row in mine], default=0)

    def numbered(self, thing, mine):
        same = [row for row in mine if row.number == thing.version]
        if not same:
            return thing.version
        last = same[-1]
        if last.thing == changed(thing, version=0):
            return None if last.until is None else thing.version
        closing = thing.status in (last.thing.status, Status.SUSPENDED, Status.RETIRED)
        if (
            last.since == self.moment
            or not closing
            or changed(last.thing, **PLAIN) != changed(thing, **PLAIN)
        ):
            raise Refusal
        if last.until is None:
            self.end(last)
        return thing.version

    def end(self, row):
        if row.since == self.moment:
            raise Refusal
        row.until = self.moment

    def retire(self, source, keys):
        for row in self.rows:
            if row.source == source and row.until is None and row.thing.key not in keys:
                row.until = self.moment

    def plain(self):
        never = self.moment + 1
        found = [
            (r.thing.key, r.number, r.since, r.until or never, r.source, text(r.thing)) for r in self.rows
        ]
        return compressed(found)


def text(thing):
    name = thing.title.en if isinstance(thing, Institution) else thing.evidence.en
    return (name, str(thing.valid_from), str(thing.valid_to), thing.status.value)


def compressed(found):
    """Moments as their places among all moments, for an import that changes nothing has none."""
    place = {
        moment: n for n, moment in enumerate(sorted({row[2] for row in found} | {row[3] for row in found}))
    }
    return sorted((*row[:2], place[row[2]], place[row[3]], *row[4:]) for row in found)


def institution(name, **more):
    return Institution(title=Text(en=name), source="s", **more)


def mapped(name, **more):
    return Mapping(outcome="oc:1:a", unit="un:1:a", whole=True, evidence=Text(en=name), source="s", **more)


def lines(make):
    line = some.builds(
        make,
        some.sampled_from(["one", "two"]),
        key=some.sampled_from(["in:-:a", "in:-:b", "in:-:c"]),
        version=some.sampled_from([0, 0, 1, 2]),
        valid_from=some.sampled_from([None, date(2024, 1, 1)]),
        valid_to=some.sampled_from([None, date(2030, 1, 1)]),
        status=some.sampled_from([Status.PUBLISHED, Status.SUSPENDED]),
    )
    return some.lists(line, max_size=5, unique_by=lambda thing: (thing.key, thing.version))


def bundles(make):
    one = some.tuples(some.sampled_from(["s1", "s2"]), lines(make), some.booleans(), some.integers(1, 3))
    return some.lists(one, min_size=1, max_size=4)


async def agree(graph, name, script):
    model, concept = Model(), BY_FILE[name]
    for number, (source, things, full, size) in enumerate(script):
        cargo = Cargo(source, str(number), (Listed("lines", concept, things, full, size),))
        done = await load(graph, cargo)
        assert done.ok == model.take(source, things, full)
    struct = concept.struct
    found = await versions(graph, name)
    assert compressed([(*row[1:6], text(decoded(struct, row[6]))) for row in found]) == model.plain()


def decoded(struct, body):
    import msgspec

    return msgspec.json.decode(body, type=struct)


few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def emptied(graph):
    await graph.write("MATCH (n) WHERE n.name = 'hub' OR NOT n:Hub DETACH DELETE n", within=60)
    return graph


@few
@given(script=bundles(institution))
async def test_random_imports_of_nodes_agree_with_the_model(graph, script):
    await agree(await emptied(graph), "institutions", script)


@few
@given(script=bundles(mapped))
async def test_random_imports_of_mappings_agree_with_the_model(graph, script):
    await agree(await emptied(graph), "mappings", script)
