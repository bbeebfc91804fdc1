"""Many sets of results at once: each judged for itself, a bad one spoils no other."""

import pytest

from graph.directory import Directory
from graph.inventory import Inventory
from graph.publication import Publication
from graph.search.searching import Searching
from schema.context import Context, Deadline
from schema.desk import Desk
from schema.execution import Question, Stream
from schema.loaders import Loaders
from schema.many import MOST, MOST_EACH
from tests.alliance_in_a_box import EXECUTION, ask, code, data
from tests.schema.test_recognition import COURIER, LOG, result, what_if

QUERY = """query($sets: [ResultSetInput!]!, $programme: Key = "ouc-programme:2021:LOG-Z") {
  whatIfMany(institution: "alliance:-:OUC", programme: $programme, resultSets: $sets,
             asOf: {validOn: "2024-03-01"}) {
    setName refusal { code resultPlace fieldName explanation { zh en } remedy { en } }
    answer { hypothetical targets(first: 5) { nodes { verdict gives
      target { targetKey outcome { key } } } } } } }"""
OTHER = result("r1", "postal-cert:2019:COURIER-1", status="FAILED")


def named(name, *results, **more):
    return {"setName": name, "results": list(results)} | more


async def asked(demo, *sets):
    found = (await data(demo, QUERY, sets=list(sets)))["whatIfMany"]
    return {one["setName"]: one for one in found}


def verdicts(one):
    return {row["target"]["targetKey"]: row["verdict"] for row in one["answer"]["targets"]["nodes"]}


async def test_each_set_has_the_answer_it_has_alone(demo):
    found = await asked(demo, named("a", COURIER), named("b", OTHER), named("c"))
    for name, results in {"a": [COURIER], "b": [OTHER], "c": []}.items():
        alone = await what_if(demo, results, programme=LOG)
        wanted = {one["target"]["targetKey"]: one["verdict"] for one in alone["targets"]["nodes"][:5]}
        assert verdicts(found[name]) == wanted
    assert "MEETS_RULE" in verdicts(found["a"]).values()
    assert found["a"]["answer"]["hypothetical"]
    assert not found["c"]["answer"]["hypothetical"]


BAD = {
    "RESULT_UNKNOWN_CODE": (named("bad", COURIER, result("r2", "onex:2021:none")), 1, "outcome"),
    "RESULT_CREDIT": (
        named("bad", COURIER | {"earned": {"amount": "-1", "scheme": "ouc-18h"}}),
        0,
        "earned",
    ),
    "TOO_MANY_RESULTS": (named("bad", *(result(f"r{n}", "x:1:y") for n in range(MOST_EACH + 1))), None, None),
    "CONSUMED_UNKNOWN_CODE": (
        named(
            "bad",
            COURIER,
            consumed=[{"usedResults": [], "ruleCode": "NO", "version": 1, "appliedOn": "2024-01-01"}],
        ),
        0,
        "ruleCode",
    ),
    "MALFORMED_KEY": (named("bad", result("r1", "no key")), 0, "outcome"),
}


@pytest.mark.parametrize("wanted", BAD)
async def test_a_bad_set_is_refused_by_code_and_place_and_spoils_no_other(demo, wanted):
    spoilt, place, field = BAD[wanted]
    found = await asked(demo, named("first", COURIER), spoilt, named("last", COURIER))
    refusal = found["bad"]["refusal"]
    assert (refusal["code"], refusal["resultPlace"], refusal["fieldName"]) == (wanted, place, field)
    assert refusal["explanation"]["zh"]
    assert found["bad"]["answer"] is None
    assert verdicts(found["first"]) == verdicts(found["last"])
    assert found["first"]["refusal"] is None


async def test_sets_keep_what_was_used_and_held_apart(demo):
    held = {"held": [{"outcome": "ouc-course:2020:02321", "state": "HELD"}]}
    found = await asked(demo, named("a", COURIER, **held), named("b", COURIER))
    assert verdicts(found["a"])["ouc-course:2020:02321"] == "ALREADY_HELD"
    assert verdicts(found["b"])["ouc-course:2020:02321"] == "MEETS_RULE"


async def test_more_sets_than_a_question_may_hold_are_refused(demo):
    slim = """query($sets: [ResultSetInput!]!) {
      whatIfMany(institution: "alliance:-:OUC", resultSets: $sets) { setName } }"""
    assert await code(demo, slim, sets=[named("a")] * (MOST + 1)) == "TOO_MANY_SETS"
    assert len((await data(demo, slim, sets=[named("a")] * MOST))["whatIfMany"]) == MOST


async def test_the_cost_of_a_question_counts_its_sets(demo):
    wide = QUERY.replace("first: 5", "first: 100")
    assert await code(demo, wide, sets=[named("a", COURIER)] * MOST) == "QUERY_TOO_COSTLY"
    assert "errors" not in await ask(demo, wide, sets=[named("a", COURIER)] * 5)


def fresh(store):
    """A context as the hub makes it for the operation, and again for each event."""
    directory = Directory(store)
    made = Context(request_id="test", deadline=Deadline.after(20))
    publication = Publication(store, lasts=0)
    stock = Inventory(store, directory)
    made.loaders = Loaders(store, publication, directory, stock, Desk(store, stock), Searching(store))
    return made


async def streamed(store, sets):
    stream = await EXECUTION.open(
        Question("subscription" + QUERY.removeprefix("query"), None, {"sets": sets}), fresh(store)
    )
    assert isinstance(stream, Stream), stream
    bodies = [(await stream.answer(event, fresh(store))).body async for event in stream.events]
    assert all("errors" not in body for body in bodies), bodies[0]
    return [body["data"]["whatIfMany"] for body in bodies]


async def test_a_subscription_tells_of_each_of_more_sets_in_their_order(demo):
    sets = [named(f"s{n}", COURIER if n % 2 else OTHER) for n in range(MOST + 20)]
    told = await streamed(demo, sets)
    assert [one["setName"] for one in told] == [one["setName"] for one in sets]
    alone = await asked(demo, *sets[:2])
    assert told[0] == alone["s0"]
    assert told[201] | {"setName": "s1"} == alone["s1"]
