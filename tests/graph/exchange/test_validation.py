"""Pass 1 against a graph that knows something, and what it hands to pass 2."""

from graph.exchange.known import InMemory
from graph.model.outcomes import Outcome, OutcomeClass, OutcomeKind, Statement, Unit
from graph.model.schemes import Edition, Licence, Scheme
from graph.model.values import Key, LongText, Text

NAME = Text(zh="名")


def outcome(code, *parts):
    return Outcome(
        key=Key(f"o:1:{code}"),
        title=NAME,
        issuer=Key("i:-:A"),
        kind=OutcomeKind.COURSE,
        outcome_class=OutcomeClass.DEGREE,
        parts=tuple(Key(f"o:1:{part}") for part in parts),
    )


async def test_what_the_graph_knows_is_no_stub(folder):
    folder.lines["outcomes"][0]["parts"] = ["o:1:OLD"]
    assert (await folder.report(InMemory([outcome("OLD")]))).stubs == ()
    assert (await folder.report()).stubs[0].keys == ("o:1:OLD",)


async def test_a_circle_through_what_the_graph_knows_is_refused(folder):
    folder.lines["outcomes"][0]["parts"] = ["o:1:OLD"]
    report = await folder.report(InMemory([outcome("OLD", "OLDER"), outcome("OLDER", "X")]))
    assert [finding.code for finding in report.findings] == ["CYCLE"]


async def test_statements_of_a_unit_in_the_graph_are_checked(folder):
    statement = Statement(code="T1", dimension="k", text=LongText(zh="会"))
    known = InMemory([Unit(key=Key("u:1:OLD"), title=NAME, statements=(statement,))])
    folder.lines["mappings"][0] |= {"unit": "u:1:OLD", "statements": ["T1"]}
    assert (await folder.report(known)).ok
    folder.lines["mappings"][0]["statements"] = ["S1"]
    assert [finding.code for finding in (await folder.report(known)).findings] == ["STATEMENT_UNKNOWN"]


async def test_schemes_of_the_graph_need_not_be_declared_again(folder):
    for name in list(folder.lines):
        if name != "units":
            del folder.lines[name]
    scheme = Scheme(key=Key("u"), title=NAME, concept="unit", editions=(Edition(code="1"),))
    licence = Licence(key=Key("free"), title=NAME)
    assert (await folder.report(InMemory([scheme, licence]))).ok
    assert not (await folder.report(InMemory([licence]))).ok


async def test_accepted_values_carry_the_manifests_source_licence_and_mark(folder):
    examined = await folder.examined()
    for place in range(len(examined.parts)):
        for batch in examined.accepted(place):
            assert len(batch.lines) == len(batch.things)
            assert all(thing.source == "demo" and thing.licence == "free" for thing in batch.things)
            assert all(thing.synthetic for thing in batch.things)


async def test_refused_lines_are_left_out_of_what_is_accepted(folder):
    folder.lines["outcomes"][1]["issuer"] = "nobody"
    folder.lines["outcomes"][2]["kind"] = "NOTHING"
    examined = await folder.examined(partial=True)
    place = next(place for place, part in enumerate(examined.parts) if part.file == "outcomes.jsonl")
    accepted = [thing.key for batch in examined.accepted(place) for thing in batch.things]
    assert accepted == ["o:1:X"]


async def test_two_versions_of_one_thing_are_no_duplicates(folder):
    first = folder.lines["outcomes"][0]
    folder.lines["outcomes"].append(first | {"version": 2})
    assert (await folder.report()).ok
    folder.lines["outcomes"].append(first | {"version": 2})
    assert [finding.line for finding in (await folder.report()).findings] == [5]


async def test_an_export_may_hold_several_records_of_one_version(folder):
    first = folder.lines["outcomes"][0] | {"version": 1}
    times = ("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z")
    folder.lines["outcomes"] = [first | {"recordedAt": time} for time in times] + folder.lines["outcomes"][1:]
    assert (await folder.report(restore=True)).ok
    assert not (await folder.report()).ok


async def test_concepts_are_read_before_those_that_name_them(folder):
    order = [part.concept.name for part in (await folder.examined()).parts]
    assert order.index("unit") < order.index("outcome") < order.index("mapping") < order.index("rule")


async def test_licences_and_sources_may_name_each_other_in_any_order(folder):
    folder.lines["licences"] = [{"key": "free", "title": {"zh": "许可"}, "source": "office"}]
    folder.lines["sources"] = [{"key": "office", "title": {"zh": "来源"}, "licence": "free"}]
    assert (await folder.report()).ok
    folder.lines["sources"][0]["key"] = "elsewhere"
    finding = (await folder.report()).findings[0]
    assert (finding.file, finding.field, finding.code) == ("licences.jsonl", "source", "REFERENCE_UNKNOWN")
