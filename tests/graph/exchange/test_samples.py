"""Foreign files load by a shipped mapping alone."""

import pytest

from graph.exchange.known import InMemory
from graph.exchange.opening import open_bundle
from graph.exchange.validation import validate


async def examined(samples, name):
    with open_bundle(samples / name) as bundle:
        outcome = await validate(bundle, InMemory(), mapping=name)
        things = [
            thing
            for place in range(len(outcome.parts))
            for batch in outcome.accepted(place)
            for thing in batch.things
        ]
    assert outcome.report.ok
    return outcome.report, {thing.key: thing for thing in things}


async def test_divisions_load_as_regions_of_six_digits_below_each_other(samples):
    report, things = await examined(samples, "divisions")
    assert [count.read for count in report.counts if count.concept == "region"] == [31 + 342 + 2975]
    assert things["xzqh:2023:110101"].broader == ("xzqh:2023:110100",)
    assert things["xzqh:2023:110100"].broader == ("xzqh:2023:110000",)
    assert things["xzqh:2023:110000"].title.zh == "北京市"
    assert {finding.code for finding in report.findings} == {"ROW_SKIPPED"}


async def test_institutions_load_with_kind_and_region(samples):
    report, things = await examined(samples, "institutions")
    peking = things["moe:-:4111010001"]
    assert (peking.title.zh, peking.region) == ("北京大学", "xzqh:2023:110000")
    assert [(stubs.concept, stubs.count) for stubs in report.stubs] == [("region", 31)]


async def test_the_industry_trees_load_and_every_gap_is_named(samples):
    report, things = await examined(samples, "gbt4754")
    assert things["gbt4754:2017:0111"].broader == ("gbt4754:2017:011",)
    assert things["gbt4754:2017:01"].broader == ("gbt4754:2017:A",)
    gaps = {(gap.edition, gap.rank): gap for gap in report.gaps}
    assert {place: (gap.declared, gap.found) for place, gap in gaps.items() if place[0] == "2017"} == {
        ("2017", 2): (97, 96),
        ("2017", 3): (473, 468),
        ("2017", 4): (1380, 1374),
    }
    assert gaps["2017", 2].missing == ("91",)
    assert gaps["2017", 3].missing == ("91…",)


async def test_a_missing_group_becomes_a_stub_between_class_and_division(samples):
    report, things = await examined(samples, "gbt4754")
    assert things["gbt4754:2011:0170"].broader == ("gbt4754:2011:017",)
    assert things["gbt4754:2011:017"].stub
    assert things["gbt4754:2011:017"].broader == ("gbt4754:2011:01",)
    gap = next(gap for gap in report.gaps if gap.edition == "2011")
    assert (gap.found, gap.stubs, len(gap.missing)) == (214, 218, 218)


async def test_a_class_below_the_wrong_group_is_placed_by_its_number_with_a_warning(samples):
    report, things = await examined(samples, "gbt4754")
    assert [finding.code for finding in report.findings] == ["PLACE_WRONG"]
    assert things["gbt4754:2017:2916"].broader == ("gbt4754:2017:291",)


@pytest.mark.parametrize("name", ["divisions", "institutions", "gbt4754"])
async def test_every_thing_of_a_sample_carries_source_and_licence(samples, name):
    _, things = await examined(samples, name)
    assert all(thing.source and thing.licence for thing in things.values())
