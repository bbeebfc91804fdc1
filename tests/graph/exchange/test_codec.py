"""Any value survives JSON Lines and CSV, and has one canonical text."""

import csv
import io
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from graph.exchange.codec import body, codec, digest, line
from graph.exchange.columns import cells, columns, nested
from graph.exchange.generating import generate
from graph.exchange.opening import open_bundle
from graph.exchange.parts import manifest_of, parts_of
from graph.exchange.rows import batches
from graph.model.concepts import BY_NAME, CONCEPTS
from graph.model.outcomes import Outcome

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
CODES = st.text("abcXYZ019-._:", min_size=1, max_size=8)


def values(kind, deep=0):  # noqa: C901 - one case per type
    """A strategy for plain values of a described type."""
    match kind:
        case inspect.StructType():
            needed, optional = fields(kind, deep)
            return st.fixed_dictionaries(needed, optional=optional)
        case inspect.UnionType():
            return st.one_of(
                [values(one, deep) for one in kind.types if not isinstance(one, inspect.NoneType)]
            )
        case inspect.VarTupleType():
            fewest = kind.min_length or 0
            return st.lists(values(kind.item_type, deep + 1), min_size=fewest, max_size=fewest + 2)
        case inspect.StrType() if kind.pattern == "^[A-Z]{3}$":
            return st.just("CNY")
        case inspect.StrType() if kind.max_length is None or kind.pattern or kind.min_length:
            return CODES
        case inspect.StrType():
            return TEXTS
        case inspect.IntType():
            return st.integers(kind.ge or 0, min(kind.le or 99, 10**6))
        case inspect.DecimalType():
            return st.decimals(1, 999, places=2).map(str)
        case inspect.BoolType():
            return st.booleans()
        case inspect.DateType():
            return st.dates(date(1990, 1, 1)).map(str)
        case inspect.DateTimeType():
            return st.just("2024-05-06T07:08:09.000001Z")
        case inspect.EnumType():
            return st.sampled_from([member.value for member in kind.cls])
    raise TypeError(kind)


def fields(struct, deep):
    tag = {struct.tag_field: st.just(struct.tag)} if struct.tag_field else {}
    needed = {one.encode_name: values(one.type, deep) for one in struct.fields if one.required}
    optional = {one.encode_name: one for one in struct.fields if not one.required}
    if deep > 2:
        return tag | needed, None
    names = [name for name in optional if deep < 2 or name != "blocks"]
    return tag | needed, optional_ones(optional, names, deep)


def optional_ones(optional, names, deep):
    return {name: st.deferred(lambda one=optional[name]: values(one.type, deep + 1)) for name in names}


STEADY = {
    "mapping": {"whole": True, "statements": []},
    "cap": {"scope": "PROGRAMME", "measure": "CREDIT", "share": {"numerator": 1, "denominator": 3}},
    "gradingScheme": {"grades": [{"value": "1"}], "passMark": "1"},
    "rule": {
        "grants": [{"kind": "BLOCK", "block": "C"}],
        "alternatives": [{"clauses": [{"kind": "TEXT", "text": {}}]}],
    },
    "termCalendar": {"terms": [{"code": "1", "start": "2020-01-01", "end": "2020-02-01"}]},
}
DROPPED = {
    "cap": {"block", "tag", "agreement", "sourceClass", "credit", "count", "overflow"},
    "gradingScheme": {"lowest", "highest"},
}


def things(concept):
    """A strategy for values of a concept, mended where its own rules are narrow."""
    steady, dropped = STEADY.get(concept.name, {}), DROPPED.get(concept.name, set())

    def mended(row):
        row = {name: value for name, value in row.items() if name not in dropped} | steady
        try:
            return codec(concept).convert(row)
        except msgspec.ValidationError:
            assume(False)

    return values(inspect.type_info(concept.struct)).map(mended)


FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.name)
@FEW
@given(data=st.data())
def test_a_value_survives_a_json_line(concept, data):
    thing = data.draw(things(concept))
    assert codec(concept).decode(line(thing)) == thing


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.name)
@FEW
@given(data=st.data())
def test_a_value_survives_a_csv_row(concept, data):
    thing = data.draw(things(concept))
    header, file = list(columns(concept.struct)), io.StringIO(newline="")
    writer = csv.DictWriter(file, header)
    writer.writeheader()
    writer.writerow(cells(thing))
    row = next(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert codec(concept).convert(nested(concept.struct, row)) == thing


def test_the_canonical_text_is_sorted_and_leaves_defaults_and_recorded_times_out():
    row = b'{"version":2,"title":{"zh":"a","en":""},"kind":"COURSE","issuer":"i:-:A","key":"o:1:X",'
    row += b'"recordedAt":"2024-01-01T00:00:00Z","outcomeClass":"DEGREE","repeatable":false}'
    thing = msgspec.json.decode(row, type=Outcome)
    text = b'{"issuer":"i:-:A","key":"o:1:X","kind":"COURSE","outcomeClass":"DEGREE",'
    text += b'"title":{"zh":"a"},"version":2}'
    assert body(thing) == text
    assert digest(text) == digest(body(codec(CONCEPTS[19]).decode(text)))
    assert len(digest(text)) == 32


def test_generated_lines_are_canonical(tmp_path):
    generate("tiny", 3, tmp_path / "b")
    with open_bundle(tmp_path / "b") as bundle:
        manifest = manifest_of(bundle)
        for part in parts_of(bundle, manifest)[0]:
            written = b"".join(
                line(thing) for batch in batches(bundle, part, manifest) for thing in batch.things
            )
            assert written == (tmp_path / "b" / part.file).read_bytes()


@pytest.mark.parametrize(
    ("given", "kept"), [("1.50", "1.5"), ("1E+1", "10"), ("10.0", "10"), ("-0.0", "0"), ("0.0001", "0.0001")]
)
def test_equal_amounts_are_equal_content_however_they_are_spelt(given, kept):
    def written(amount):
        thing = codec(BY_NAME["creditScheme"]).decode(
            b'{"key":"cr","title":{"en":"x"},"step":"1","rounding":"DOWN","classHours":"%s"}'
            % amount.encode()
        )
        return body(thing)

    assert written(given) == written(kept)
    assert b'"classHours":"%s"' % kept.encode() in written(given)


def test_a_field_named_twice_is_refused_and_not_silently_overwritten():
    twice = b'{"key":"cr","title":{"en":"x","en":"y"},"step":"1","rounding":"DOWN"}'
    once = twice.replace(b',"en":"y"', b"")
    decoder = codec(BY_NAME["creditScheme"])
    assert decoder.decode(once) == decoder.decode_lines(once + b"\n")[0]
    for decode in (decoder.decode, decoder.decode_lines):
        with pytest.raises(ValueError, match="en is given twice"):
            decode(twice)
