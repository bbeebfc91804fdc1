"""What is wrong with a bundle is told by file, line, field, code and remedy; nothing raises."""

import tracemalloc
import zipfile

import pytest

from graph.exchange.findings import Refused
from graph.exchange.known import InMemory
from graph.exchange.opening import open_bundle
from graph.exchange.report import MOST_REFUSED, SHOWN
from graph.exchange.validation import validate


def at(finding):
    return finding.file, finding.line, finding.field, finding.code


async def test_the_bundle_all_others_are_spoiled_from_is_valid(folder):
    report = await folder.report()
    assert report.ok
    assert report.findings == ()
    assert {count.concept: count.refused for count in report.counts} == dict.fromkeys(
        (count.concept for count in report.counts), 0
    )


SPOILED = [
    ("outcomes", 1, {"credit": {"amount": "-1", "scheme": "cr"}}, "credit", "VALUE"),
    ("outcomes", 1, {"credit": {"amount": "NaN", "scheme": "cr"}}, "credit", "VALUE"),
    ("outcomes", 1, {"credit": {"amount": "sNaN", "scheme": "cr"}}, "credit", "VALUE"),
    ("outcomes", 1, {"credit": {"amount": "1e999999999", "scheme": "cr"}}, "credit", "VALUE"),
    ("outcomes", 1, {"credit": {"amount": "1e-9", "scheme": "cr"}}, "credit", "VALUE"),
    ("outcomes", 1, {"credit": {"amount": "2", "scheme": "no"}}, "credit.scheme", "REFERENCE_UNKNOWN"),
    ("outcomes", 1, {"validFrom": "2020-01-02", "validTo": "2020-01-01"}, "", "VALUE"),
    ("outcomes", 1, {"validFrom": "2020-13-01"}, "validFrom", "TYPE"),
    ("outcomes", 1, {"kind": "NOTHING"}, "kind", "TYPE"),
    ("outcomes", 1, {"version": 10**30}, "version", "TYPE"),
    ("outcomes", 1, {"colour": "red"}, "colour", "FIELD_UNKNOWN"),
    ("outcomes", 1, {"title": {}}, "title", "TITLE_MISSING"),
    ("outcomes", 1, {"title": {"zh": "\u200b\u2060 ", "en": "\u202e"}}, "title", "TITLE_MISSING"),
    ("outcomes", 1, {"key": "no:1:X"}, "key", "SCHEME_UNKNOWN"),
    ("outcomes", 1, {"key": "o:9:X"}, "key", "EDITION_UNKNOWN"),
    ("outcomes", 1, {"key": "o:any:X"}, "key", "EDITION_ANY"),
    ("outcomes", 1, {"key": "X"}, "key", "KEY_INVALID"),
    ("outcomes", 1, {"key": "o:1:"}, "key", "KEY_INVALID"),
    ("outcomes", 1, {"key": "o:1:Z"}, "key", "DUPLICATE"),
    ("outcomes", 1, {"issuer": "i:7:A"}, "issuer", "EDITION_UNKNOWN"),
    ("outcomes", 1, {"parts": ["o:1:Y"]}, "parts[0]", "CYCLE"),
    ("outcomes", 1, {"level": {"framework": "f:1:F", "ordinal": 9}}, "level.ordinal", "LEVEL_UNKNOWN"),
    ("outcomes", 1, {"recordedAt": "2020-01-01T00:00:00Z"}, "recordedAt", "RECORDED_TIME"),
    ("mappings", 0, {"statements": ["S1", "S9"]}, "statements[1]", "STATEMENT_UNKNOWN"),
    ("mappings", 0, {"statements": []}, "", "VALUE"),
    ("mappings", 0, {"decision": "D9"}, "decision", "REFERENCE_UNKNOWN"),
    ("rules", 0, {"agreement": "G9"}, "agreement", "REFERENCE_UNKNOWN"),
    ("rules", 0, {"blocks": ["Q"]}, "blocks[0]", "BLOCK_UNKNOWN"),
    ("rules", 0, {"grants": [{"kind": "ELECTIVE", "block": "Q"}]}, "grants[0].block", "BLOCK_UNKNOWN"),
    ("rules", 0, {"grants": [{"kind": "OUTCOME", "outcome": "o:any:Y"}]}, "grants[0].outcome", "EDITION_ANY"),
    ("rules", 0, {"alternatives": [{}]}, "", "VALUE"),
    ("caps", 0, {"block": "D"}, "share", "TOTAL_UNDECLARED"),
    ("caps", 0, {"block": "Q"}, "block", "BLOCK_UNKNOWN"),
    (
        "programmes",
        0,
        {"blocks": [{"code": "C", "residency": "3"}]},
        "blocks.C.residency",
        "TOTAL_UNDECLARED",
    ),
]


@pytest.mark.parametrize(("name", "place", "spoil", "field", "code"), SPOILED)
async def test_a_spoiled_line_is_refused_by_its_place_and_field(folder, name, place, spoil, field, code):
    folder.lines[name][place] |= spoil
    if code == "CYCLE":
        folder.lines[name][place]["parts"] = [folder.lines[name][place]["key"]]
    if name == "programmes":
        del folder.lines["caps"], folder.lines["rules"]
    line = 3 if code == "DUPLICATE" else place + 1
    assert at(await folder.only()) == (f"{name}.jsonl", line, field, code)


async def test_a_grade_that_its_scheme_lacks_is_refused(folder):
    grade = {"scheme": "five", "value": "excellent"}
    folder.lines["rules"][0]["alternatives"][0]["clauses"][0]["tests"] = {"minimumGrade": grade}
    field = "alternatives[0].clauses[0].tests.minimumGrade.value"
    assert at(await folder.only()) == ("rules.jsonl", 1, field, "GRADE_UNKNOWN")


async def test_a_maximum_that_is_no_multiple_of_the_step_is_refused(folder):
    maximum = {"amount": "1.3", "scheme": "cr"}
    folder.lines["rules"][0]["grants"][0]["giving"] = {"worth": {"maximum": maximum}}
    finding = await folder.only()
    assert (finding.code, finding.field) == ("STEP_WRONG", "grants[0].giving.worth.maximum.amount")


@pytest.mark.parametrize(
    ("name", "field", "first", "second"),
    [
        ("outcomes", "parts", ["o:1:Y"], ["o:1:X"]),
        ("outcomes", "prerequisites", ["o:1:Y"], ["o:1:X"]),
        ("outcomes", "higherThan", "o:1:Y", "o:1:X"),
        ("institutions", "parent", "i:-:B", "i:-:A"),
    ],
)
async def test_a_circle_is_named_with_its_members(folder, name, field, first, second):
    folder.lines[name][0][field] = first
    folder.lines[name][1][field] = second
    finding = (await folder.report()).findings[0]
    assert finding.code == "CYCLE"
    assert finding.field.startswith(field)
    for member in (folder.lines[name][0]["key"], folder.lines[name][1]["key"]):
        assert member in finding.reason.en


async def test_a_line_of_broken_json_is_refused_and_the_next_ones_are_read(folder):
    good = b'{"key":"Z1","title":{"en":"z"}}\n'
    folder.raw["sources.jsonl"] = good + b'{"key": \n' + b"\n" + b'{"key": NaN}\n' + b"[" * 5000 + b"\n"
    report = await folder.report()
    assert [at(finding)[1] for finding in report.findings] == [2, 4, 5]
    assert {finding.code for finding in report.findings} <= {"SYNTAX", "TYPE"}


async def test_a_line_that_names_a_refused_line_says_so(folder):
    folder.lines["programmes"][0]["title"] = {}
    report = await folder.report()
    assert [(one.file, one.code) for one in report.findings] == [
        ("programmes.jsonl", "TITLE_MISSING"),
        ("rules.jsonl", "REFERENCE_REFUSED"),
        ("caps.jsonl", "REFERENCE_REFUSED"),
    ]


@pytest.mark.parametrize("depth", [21, 300, 100_000])
async def test_blocks_nested_too_deeply_are_refused(folder, depth):
    row = b'{"key":"p:1:Q","institution":"i:-:B","title":{"zh":"a"},"major":"1","intake":2020,'
    row += b'"stage":"UNDERGRADUATE","creditScheme":"cr","blocks":['
    blocks = b"".join(b'{"code":"%d","blocks":[' % number for number in range(depth))
    folder.raw["programmes.jsonl"] = row + blocks + b"]}" * depth + b"]}\n"
    del folder.lines["caps"], folder.lines["rules"]
    assert (await folder.only()).code in {"VALUE", "SYNTAX", "TYPE"}


async def test_a_refused_line_refuses_the_bundle_unless_partial_is_asked_for(folder):
    folder.lines["outcomes"][1]["kind"] = "NOTHING"
    assert not (await folder.report()).ok
    assert (await folder.report(partial=True)).ok


async def test_partial_never_accepts_a_file_that_cannot_be_read(folder):
    folder.raw["sources.jsonl"] = b"\xff\xff\xff\n"
    report = await folder.report(partial=True)
    assert not report.ok
    assert at(report.findings[0]) == ("sources.jsonl", 1, "", "ENCODING_WRONG")


async def test_unknown_outcomes_are_counted_as_stubs_and_strict_refuses_them(folder):
    folder.lines["mappings"][0]["outcome"] = "o:2:NEW"
    report = await folder.report()
    assert report.ok
    assert [(stubs.concept, stubs.keys) for stubs in report.stubs] == [("outcome", ("o:2:NEW",))]
    assert (await folder.only(strict=True)).code == "STUB_REFUSED"


async def test_a_file_saved_as_gb18030_is_refused_with_the_declaration_it_needs(folder):
    folder.raw["sources.csv"] = "key,title.zh\nZ1,来源\n".encode("gb18030")
    finding = await folder.only()
    assert at(finding) == ("sources.csv", 2, "", "ENCODING_WRONG")
    assert '"encoding": "gb18030"' in finding.remedy.en


async def test_a_utf8_file_declared_as_gb18030_is_refused(folder):
    folder.manifest["files"] = {"sources.csv": {"encoding": "gb18030"}}
    folder.raw["sources.csv"] = "key,title.zh\nZ1,来源\n".encode()
    assert (await folder.only()).code == "ENCODING_WRONG"


async def test_a_declared_gb18030_file_is_read(folder):
    folder.manifest["files"] = {"sources.csv": {"encoding": "gb18030"}}
    folder.raw["sources.csv"] = "key,title.zh\nZ1,来源\n".encode("gb18030")
    assert (await folder.report()).ok


async def test_a_byte_order_mark_is_no_part_of_the_first_column(folder):
    folder.raw["sources.csv"] = "\ufeffkey,title.zh\nZ1,来源\n".encode()
    assert (await folder.report()).ok


@pytest.mark.parametrize(
    ("header", "field", "code"),
    [
        ("key,title.zh,colour", "colour", "COLUMN_UNKNOWN"),
        ("key,url,retrieved", "title", "COLUMN_MISSING"),
        ("key,title.zh,key", "key", "COLUMN_TWICE"),
    ],
)
async def test_a_wrong_header_is_refused_by_its_column(folder, header, field, code):
    folder.raw["sources.csv"] = f"{header}\nZ1,a,b\n".encode()
    assert at(await folder.only()) == ("sources.csv", 1, field, code)


async def test_a_row_with_a_missing_cell_is_refused_by_its_line(folder):
    folder.raw["sources.csv"] = b'key,title.zh\n"Z1","two\nlines"\nZ2\n'
    assert at(await folder.only()) == ("sources.csv", 4, "", "SYNTAX")


async def test_binary_junk_is_refused_at_its_first_chunk(folder):
    folder.raw["sources.jsonl"] = b"\x00\x01\x02" * 10_000
    assert (await folder.only()).code == "BINARY"


@pytest.mark.parametrize("name", ["sources.jsonl", "sources.csv"])
async def test_a_gigabyte_without_a_newline_is_refused_in_bounded_memory(folder, name):
    path = folder.write()
    with (path / name).open("wb") as file:
        file.write(b"x" * 70_000)
        file.truncate(1 << 30)
    tracemalloc.start()
    report = await folder.report()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [finding.code for finding in report.findings] == ["BINARY"] or report.findings[
        0
    ].code == "LINE_TOO_LONG"
    assert peak < 40 << 20


async def test_an_endless_line_of_text_is_refused_in_bounded_memory(folder):
    folder.raw["sources.jsonl"] = b"x" * (24 << 20)
    path = folder.write()
    tracemalloc.start()
    with open_bundle(path) as bundle:
        report = (await validate(bundle, InMemory())).report
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert at(report.findings[0]) == ("sources.jsonl", 1, "", "LINE_TOO_LONG")
    assert peak < 40 << 20


async def test_ten_thousand_errors_are_all_counted_and_few_are_listed(folder):
    folder.raw["sources.jsonl"] = b"{}\n" * 10_000
    report = await folder.report()
    assert len(report.findings) == SHOWN
    assert [total.count for total in report.totals] == [10_000]


async def test_a_file_of_junk_lines_is_not_read_to_its_end(folder):
    folder.raw["sources.jsonl"] = b"junk\n" * (MOST_REFUSED * 20)
    report = await folder.report(partial=True)
    assert "TOO_MANY_REFUSED" in {finding.code for finding in report.findings}
    assert not report.ok


def zipped(path, *entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name", ["../evil.jsonl", "/etc/evil.jsonl", "a/../../evil.jsonl", "a/b/c.jsonl", "C:evil"]
)
def test_a_zip_that_leads_outside_is_refused(tmp_path, name):
    path = zipped(tmp_path / "b.zip", ("bundle.json", b"{}"), (name, b""))
    with pytest.raises(Refused) as caught, open_bundle(path):
        pass
    assert caught.value.finding.code == "PATH_UNSAFE"


def test_a_zip_bomb_is_refused_unopened(tmp_path):
    path = zipped(tmp_path / "b.zip", ("bundle.json", b"{}"), ("rules.jsonl", bytes(64 << 20)))
    with pytest.raises(Refused) as caught, open_bundle(path):
        pass
    assert caught.value.finding.code == "ZIP_UNSAFE"


async def test_a_zip_whose_bundle_lies_in_one_folder_is_read(folder, tmp_path):
    source = folder.write()
    path = zipped(tmp_path / "b.zip", *((f"top/{file.name}", file.read_bytes()) for file in source.iterdir()))
    with open_bundle(path) as bundle:
        assert (await validate(bundle, InMemory())).report.ok


async def accepts(path):
    try:
        with open_bundle(path) as bundle:
            return (await validate(bundle, InMemory())).report.ok
    except Refused:
        return False


@pytest.mark.parametrize("place", [2, 60, 700, 1500, -30])
async def test_a_damaged_zip_is_refused(folder, tmp_path, place):
    source = folder.write()
    path = zipped(tmp_path / "b.zip", *((file.name, file.read_bytes()) for file in sorted(source.iterdir())))
    data = bytearray(path.read_bytes())
    data[place : place + 20] = bytes(20)
    path.write_bytes(data)
    assert not await accepts(path)


def test_a_link_in_a_folder_is_refused(folder):
    path = folder.write()
    (path / "sources.jsonl").symlink_to("/etc/hostname")
    with pytest.raises(Refused) as caught, open_bundle(path):
        pass
    assert caught.value.finding.code == "PATH_UNSAFE"


@pytest.mark.parametrize("name", ["../outside.jsonl", "missing.jsonl"])
async def test_a_manifest_that_names_what_is_not_there_is_refused(folder, name):
    folder.manifest["files"] = {name: {"concept": "sources"}}
    with pytest.raises(Refused) as caught:
        await folder.report()
    assert caught.value.finding.code in {"PATH_UNSAFE", "FILE_MISSING"}


@pytest.mark.parametrize("spoil", [{"bundle": 2}, {"colour": 1}, {"mode": "all"}, {"declares": {"no": []}}])
async def test_a_manifest_that_is_not_valid_is_refused(folder, spoil):
    folder.manifest |= spoil
    with pytest.raises(Refused) as caught:
        await folder.report()
    assert caught.value.finding.code == "MANIFEST_INVALID"
