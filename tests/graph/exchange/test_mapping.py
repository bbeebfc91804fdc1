"""A mapping turns foreign columns into canonical ones: templates, constants, words, trees."""

import json

import pytest

from graph.exchange.findings import Refused

REGIONS = {
    "concept": "institutions",
    "mapping": {
        "columns": {
            "key": "i:-:{代码|lead:4}",
            "title.zh": "名称",
            "kinds": {"take": "类别", "words": {"大学": "UNIVERSITY"}},
        },
        "constants": {"synthetic": True},
    },
}


def mapped(folder, text, **changes):
    folder.lines["institutions"] = folder.lines["institutions"][:2]
    entry = json.loads(json.dumps(REGIONS))
    entry["mapping"] |= changes
    folder.manifest["files"] = {"list.csv": entry}
    folder.raw["list.csv"] = text.encode()


async def things(folder, file="list.csv"):
    examined = await folder.examined()
    place = next(place for place, part in enumerate(examined.parts) if part.file == file)
    assert examined.report.ok, examined.report.findings
    return [thing for batch in examined.accepted(place) for thing in batch.things]


async def test_full_width_digits_are_folded_and_padded(folder):
    mapped(folder, "代码,名称,类别,备注\n１２,甲,大学,x\n")
    (thing,) = await things(folder)
    assert (thing.key, thing.title.zh, thing.kinds[0].value) == ("i:-:0012", "甲", "UNIVERSITY")
    assert thing.synthetic


async def test_an_empty_cell_is_an_absent_field(folder):
    mapped(folder, "代码,名称,类别\n12,甲,\n")
    assert (await things(folder))[0].kinds == ()


async def test_a_word_the_table_lacks_refuses_the_line(folder):
    mapped(folder, "代码,名称,类别\n12,甲,大学\n13,乙,幼儿园\n")
    finding = await folder.only()
    assert (finding.line, finding.field, finding.code) == (3, "kinds", "WORD_UNKNOWN")
    assert "幼儿园" in finding.reason.zh


async def test_a_column_the_file_lacks_refuses_it_naming_those_it_has(folder):
    mapped(folder, "编号,名称,类别\n12,甲,大学\n")
    finding = await folder.only()
    assert (finding.field, finding.code) == ("代码", "COLUMN_MISSING")
    assert "编号" in finding.remedy.zh


@pytest.mark.parametrize("key", ["i:-:{代码|shout}", "i:-:{代码", "{}"])
async def test_a_template_that_cannot_be_read_is_refused(folder, key):
    mapped(folder, "代码,名称,类别\n12,甲,大学\n", columns={"key": key})
    assert (await folder.only()).code == "MAPPING_INVALID"


async def test_a_field_the_concept_lacks_is_refused(folder):
    mapped(folder, "代码,名称,类别\n12,甲,大学\n", columns={"colour": "代码"})
    assert (await folder.only()).code == "MAPPING_INVALID"


TREE = {
    "concept": "industries",
    "mapping": {
        "tree": {"code": "c", "children": "kids", "prefix": "letter"},
        "columns": {"key": "n:1:{#code}", "title.zh": "t", "rank": "#rank", "broader": "n:1:{#broader}"},
    },
}


def tree(folder, *nodes):
    folder.manifest["files"] = {"tree.json": TREE}
    folder.raw["tree.json"] = json.dumps(nodes).encode()


def node(code, *kids):
    return {"c": code, "t": code, "kids": list(kids)}


async def test_a_tree_becomes_lines_with_broader_and_rank(folder):
    tree(folder, node("A", node("A01", node("A011", node("A0111")))))
    found = await things(folder, "tree.json")
    assert [(thing.key, thing.rank, thing.broader) for thing in found] == [
        ("n:1:A", 1, ()),
        ("n:1:01", 2, ("n:1:A",)),
        ("n:1:011", 3, ("n:1:01",)),
        ("n:1:0111", 4, ("n:1:011",)),
    ]


async def test_a_letter_that_is_not_the_sections_refuses_the_node(folder):
    tree(folder, node("A", node("B01")))
    finding = await folder.only()
    assert (finding.file, finding.line, finding.field) == ("tree.json", 1, "[0].kids[0].c")
    assert finding.code == "PREFIX_WRONG"


@pytest.mark.parametrize("text", ['{"a": 1}', "[1]", '[{"c": NaN}]', "[{", '[{"c": "A"} {}]', "[" * 9000])
async def test_a_json_file_that_is_no_array_of_objects_is_refused(folder, text):
    folder.manifest["files"] = {"tree.json": TREE}
    folder.raw["tree.json"] = text.encode()
    assert (await folder.only()).code == "MAPPING_INVALID"


async def test_a_tree_nested_too_deeply_is_refused(folder):
    deep = node("A")
    for _ in range(300):
        deep = node("A", deep)
    tree(folder, deep)
    assert (await folder.only()).code == "MAPPING_INVALID"


async def test_a_mapping_of_json_lines_is_refused(folder):
    folder.manifest["files"] = {"institutions.jsonl": REGIONS}
    with pytest.raises(Refused) as caught:
        await folder.report()
    assert caught.value.finding.code == "MAPPING_INVALID"


async def test_codes_are_folded_in_the_case_of_their_scheme(folder):
    folder.lines["industries"] = [
        {"key": "n:1:a", "title": {"zh": "甲"}},
        {"key": "n:1:０１", "title": {"zh": "乙"}, "broader": ["n:1:a"]},
    ]
    found = await things(folder, "industries.jsonl")
    assert [(thing.key, thing.broader) for thing in found] == [("n:1:A", ()), ("n:1:01", ("n:1:A",))]


async def test_two_spellings_of_one_code_are_duplicates(folder):
    folder.lines["industries"] = [
        {"key": "n:1:a", "title": {"zh": "甲"}},
        {"key": "n:1:A", "title": {"zh": "乙"}},
    ]
    assert (await folder.only()).code == "DUPLICATE"
