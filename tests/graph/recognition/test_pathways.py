"""Pathways (R23): against brute force over every choice of steps, and one fact for each kind of step."""

from __future__ import annotations

from fractions import Fraction as Ratio
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from graph.model.learning import Context
from graph.model.values import Key
from graph.model.verdicts import TargetKind
from graph.recognition import compiled, pathways, sets_of
from graph.recognition.passages import awarded, goal_of, members, missing, next_tier, ruled
from graph.recognition.pathways import STEPS
from tests.graph.recognition.books import (
    HOME,
    MAJOR,
    TODAY,
    asks,
    asks_pool,
    asks_text,
    block,
    book,
    c,
    elective,
    entitles,
    factor,
    fixed,
    gives,
    outcome,
    programme,
    rule,
    way,
)

AWAY = Key("inst:1:away")
COLLEGE = Key("prog:1:college")


def away(name, ways, *grants, **more):
    """A rule of the other institution."""
    return replace(rule(name, ways, *grants, **more), institution=AWAY)


def college(*codes, awards="r"):
    """A programme of the other institution."""
    made = programme(block("c", *codes))
    return replace(made, key=COLLEGE, institution=AWAY, awards=c(awards))


class World:
    """Two rule books and a programme of the first, with all that R22 lets their rules take."""

    def __init__(self, *things):
        self.things = things
        own = [one for one in things if getattr(one, "institution", HOME) == HOME]
        others = [one for one in things if getattr(one, "institution", AWAY) == AWAY]
        home = compiled(book(*own))
        third = compiled(replace(book(*others), institution=AWAY))
        self.goal = goal_of(home, MAJOR, TODAY)
        self.home = self.sets(home, MAJOR)
        self.away = self.sets(third, None)
        known = {one.key: one for one in things if hasattr(one, "higher_than")}
        self.live = {key for key, one in known.items() if one.holds_on(TODAY)}
        self.tiers = [(one.higher_than, key) for key, one in known.items() if one.higher_than]
        self.college = next((one for one in things if one.key == COLLEGE), None)

    def __repr__(self):
        """What a failing example is made of."""
        return repr([one for one in self.things if one not in THERE])

    @staticmethod
    def sets(index, major):
        context = Context(institution=index.institution, programme=major, applied_on=TODAY)
        return [one for entry in index.entries for one in sets_of(index, entry.place, context)[0]]

    def passages(self):
        """The steps as the product makes them."""
        rules = [*ruled(self.home, self.goal, within=True), *ruled(self.away, self.goal, within=False)]
        found = [*rules, *missing(rules, self.live)]
        found += [next_tier(lower, upper) for lower, upper in self.tiers if upper in self.live]
        inside = self.college.blocks[0].outcomes if self.college else ()
        return [*found, *filter(None, (awarded(self.college, key) for key in inside))]

    def asked(self, *codes, **more):
        """The product's answer to who holds these."""
        return pathways(self.passages(), members(c(code) for code in codes), self.goal, **more)


# --- The same by brute force


class Plain:
    """A step, written down anew."""

    def __init__(self, name, takes, gives, *, suggests=False, arrives=False, worth=None, binds=None):
        self.name, self.takes, self.gives = name, set(takes), set(gives)
        self.suggests, self.arrives, self.worth, self.binds = suggests, arrives, worth or {}, binds


def numbered(keys):
    return [(key, sorted(keys)[:place].count(key)) for place, key in enumerate(sorted(keys))]


def plain_steps(world):
    """Every rule application and every suggestion there could be."""
    rules = []
    for sets, at_home in ((world.home, True), (world.away, False)):
        for one in {(s.rule, s.version, s.alternative, s.outcomes) for s in sets}:
            alike = [s for s in sets if (s.rule, s.version, s.alternative, s.outcomes) == one]
            rules.append(plain_rule(world, one, alike, at_home=at_home))
    suggested = [also for step in rules for also in plain_missing(world, step)]
    for lower, upper in world.tiers:
        if upper in world.live:
            name = (upper.encode(), 0, 0, (lower.encode(),), 0, b"")
            suggested.append(Plain(name, {(lower, 0)}, {(upper, 0)}, suggests=True))
    for key in world.college.blocks[0].outcomes if world.college else ():
        awards = world.college.awards
        if key != awards:
            name = (awards.encode(), 0, 0, (key.encode(),), 2, COLLEGE.encode())
            suggested.append(Plain(name, {(key, 0)}, {(awards, 0)}, suggests=True))
    return [*rules, *suggested]


def plain_rule(world, one, alike, *, at_home):
    code, version, alternative, outcomes = one
    worth, arrives, gifts = {}, False, set()
    for each in alike:
        kind, key = each.target.kind, each.target.key
        amount = Ratio(each.credit or 0) * {"cr": Ratio(1), "hours": Ratio(1, 18)}.get(each.scheme, 0)
        inside = (kind is TargetKind.OUTCOME and key in (c("x"), c("y"))) or key == "B"
        arrives = arrives or (at_home and (inside or kind is TargetKind.ENTITLEMENT))
        gifts |= {(key, 0)} if kind is TargetKind.OUTCOME else set()
        worth[key] = worth.get(key, 0) + amount, inside
    name = (code.encode(), version, alternative, tuple(o.encode() for o in outcomes), -1, b"")
    return Plain(name, numbered(outcomes), gifts, arrives=arrives, worth=worth)


def plain_missing(world, step):
    code, version, alternative, *_ = step.name
    for key, copy in step.takes:
        others = step.takes - {(key, copy)}
        if others and key in world.live and (key, copy + 1) not in step.takes:
            taken = tuple(sorted(other.encode() for other, _ in others))
            about = b"%s@%d %d" % (code, version, alternative)
            name = (key.encode(), 0, 0, taken, 1, about)
            yield Plain(name, others, {(key, copy)}, suggests=True, binds=step)


def taken(steps, start):
    """The steps that can be taken one after the other, the first by name next."""
    have, order = set(start), []
    while ready := [one for one in steps if one not in order and one.takes <= have]:
        order.append(min(ready, key=lambda one: one.name))
        have |= order[-1].gives
    return order


def is_pathway(steps, start):
    arriving = [one for one in steps if one.arrives]
    if len(arriving) != 1 or len(taken(steps, start)) < len(steps):
        return False
    if any(one.binds not in (None, *steps) for one in steps):
        return False
    others = [one for one in steps if not one.arrives]
    return all(arriving[0] not in taken([s for s in steps if s is not one], start) for one in others)


def brute_force(world, start):
    """Names, suggestions, credit and bottleneck of every pathway, in order."""
    steps = plain_steps(world)
    rows = []
    ends, others = [one for one in steps if one.arrives], [one for one in steps if not one.arrives]
    for size in range(STEPS):
        for some in product(ends, combinations(others, size)):
            chosen = [some[0], *some[1]]
            if is_pathway(chosen, start):
                rows.append(plain_row(taken(chosen, start)))
    rows.sort(key=lambda row: row[:4])
    told, kept = [], set()
    for row in rows:
        suggestions, _, counted, names, _, rules, earned = row
        weaker = any(o[0] < suggestions and o[5] == rules and o[2] <= counted for o in told)
        if not weaker and (rules_of(names), earned) not in kept:
            told.append(row)
            kept.add((rules_of(names), earned))
    return [(row[3], row[0], -row[2], row[4]) for row in told]


def rules_of(names):
    return frozenset(name for name in names if name[4] < 0)


def plain_row(order):
    passes = []
    for place, one in enumerate(order):
        later = {key for other in order[place + 1 :] for key, _ in other.takes}
        counts = [w for key, (w, inside) in one.worth.items() if (inside if one.arrives else key in later)]
        passes.append(sum(counts, Ratio(0)))
    suggested = [place for place, one in enumerate(order) if one.suggests]
    bottleneck = suggested[0] if suggested else passes.index(min(passes))
    names = tuple(one.name for one in order)
    rules = frozenset(name[:2] for name in names if name[4] < 0)
    earned = frozenset(gift for one in order if one.suggests for gift in one.gives)
    return len(suggested), len(order), -passes[-1], names, bottleneck, rules, earned


def told(found):
    """The product's pathways in the words of the oracle."""
    return [
        (tuple(map(name_of, one.steps)), one.suggestions, one.counted.amount, one.bottleneck) for one in found
    ]


def name_of(step):
    takes = tuple(key.encode() for key in step.takes)
    if step.mark.value == "RULE":
        return step.rule.encode(), step.version, step.alternative, takes, -1, b""
    about = f"{step.rule}@{step.version} {step.alternative}" if step.rule else step.programme or ""
    hint = ["NEXT_TIER", "ALSO_NEEDS", "AWARD"].index(step.hint.value)
    return step.gives[0].target.key.encode(), 0, 0, takes, hint, about.encode()


CODES = ("a", "b", "p", "q", "r", "m")
THERE = (
    outcome("a"),
    outcome("b", higher_than=c("a")),
    outcome("p", "36", credit=None),
    outcome("q", higher_than=c("p")),
    outcome("r", valid="/2020-01-01"),
    outcome("m", issuer=HOME),
    outcome("x", issuer=HOME),
    outcome("y", "2", issuer=HOME),
    programme(block("B", "x", "y")),
    factor("hours", "cr", 1, 18),
)


@st.composite
def worlds(draw):
    clauses = st.sampled_from(CODES).map(asks) | st.just(asks_pool("6", "a", "b", "m"))
    ways = st.lists(clauses, min_size=1, max_size=3, unique=True).map(lambda some: way(*some))
    at_home = [gives("x"), gives("y"), gives("m"), elective("B", "1"), entitles("right")]
    abroad = [gives("p", worth=fixed("36", "hours")), gives("q"), gives("r"), gives("m")]
    rules = []
    for number in range(draw(st.integers(2, 5))):
        made, choice = (rule, at_home) if draw(st.booleans()) else (away, abroad)
        grants = draw(st.lists(st.sampled_from(choice), min_size=1, max_size=2, unique=True))
        rules.append(made(f"R{number}", draw(st.lists(ways, min_size=1, max_size=2, unique=True)), *grants))
    schools = (college("p", "q"),) if draw(st.booleans()) else ()
    return World(*THERE, *rules, *schools)


@settings(max_examples=100, deadline=None)
@given(worlds(), st.sets(st.sampled_from(CODES), max_size=3))
def test_pathways_are_those_of_brute_force_in_its_order(world, codes):
    found = world.asked(*codes, work=10**7)
    wanted = brute_force(world, set(members(c(code) for code in codes)))
    assert (
        told(found.pathways)
        == [(*row[:2], pytest.approx(float(row[2]), abs=1e-4), row[3]) for row in wanted][:50]
    )
    assert found.truncated == (len(wanted) > 50)


def names(found):
    """The steps of each pathway: rule codes, and outcomes to be earned."""
    short = [
        [one.rule if one.mark.value == "RULE" else f"earn {one.gives[0].target.key[-1]}" for one in way.steps]
        for way in found.pathways
    ]
    return [" ".join(map(str, steps)) for steps in short]


def test_rules_chain_and_the_bottleneck_is_the_step_that_passes_on_least():
    world = World(
        *THERE,
        away("A", asks("a"), gives("p", worth=fixed("36", "hours"))),
        away("B", asks("p"), gives("m", worth=fixed("1"))),
        rule("C", asks("m"), gives("x")),
    )
    found = world.asked("a")
    assert names(found) == ["A B C"]
    (one,) = found.pathways
    assert [str(step.passes.amount) for step in one.steps] == ["2", "1", "3"]
    assert (one.bottleneck, one.suggestions, str(one.counted.amount)) == (1, 0, "3")


def test_the_next_tier_what_a_rule_also_needs_and_an_award_are_suggested():
    assert names(World(*THERE, rule("C", asks("b"))).asked("a")) == ["earn b C"]
    two = way(asks("a"), asks("m"))
    assert names(World(*THERE, rule("C", two)).asked("a")) == ["earn m C"]
    school = college("p", awards="m")
    found = World(*THERE, away("A", asks("a"), gives("p")), school, rule("C", asks("m"))).asked("a")
    assert names(found) == ["A earn m C"]
    assert [found.pathways[0].bottleneck, found.pathways[0].steps[1].programme] == [1, COLLEGE]


def test_what_can_be_earned_no_more_or_needs_two_things_is_not_suggested():
    assert names(World(*THERE, rule("C", way(asks("a"), asks("r")))).asked("a")) == []
    assert names(World(*THERE, rule("C", way(asks("a"), asks("m"), asks("q")))).asked("a")) == []
    assert names(World(*THERE, rule("C", asks("m"))).asked("a")) == []


def test_a_fifth_step_is_never_taken():
    chain = [away(f"A{n}", asks(f"k{n}"), gives(f"k{n + 1}")) for n in range(5)]
    for length in (3, 4):
        found = World(*THERE, *chain, rule("C", asks(f"k{length}"))).asked("k0")
        assert names(found) == (["A0 A1 A2 C"] if length == 3 else [])


def test_a_right_in_the_programme_is_an_end_and_a_course_outside_it_is_none():
    assert names(World(*THERE, rule("C", asks("a"), entitles("interview"))).asked("a")) == ["C"]
    assert names(World(*THERE, rule("C", asks("a"), gives("m"))).asked("a")) == []


def test_a_step_that_a_person_must_look_at_says_so_and_no_pathway_has_a_verdict():
    (one,) = World(*THERE, rule("C", way(asks("a"), asks_text()))).asked("a").pathways
    assert [reason.value for reason in one.steps[0].gives[0].conditions] == ["FREE_TEXT"]
    assert not any("verdict" in field for field in (*one.__struct_fields__, *one.steps[0].__struct_fields__))


def test_too_many_pathways_and_too_much_work_are_said():
    many = [rule(f"C{n:02}", asks("a")) for n in range(51)]
    assert (len(World(*THERE, *many).asked("a").pathways), World(*THERE, *many).asked("a").truncated) == (
        50,
        True,
    )
    assert not World(*THERE, *many[:50]).asked("a").truncated
    chain = away("A", asks("a"), gives("p")), rule("C", asks("p"))
    assert World(*THERE, *chain).asked("a", work=0).truncated
