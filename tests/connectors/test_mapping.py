"""The quick way from rows to records, beside an obvious one: paths by JMESPath, each field by itself."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

import jmespath
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.decoding import calendar
from connectors.decoding.calendar import completion
from connectors.decoding.marks import Marks, read_mark
from connectors.decoding.people import whole_code
from connectors.errors import SourceUnreadable
from connectors.expressions import field
from connectors.mapping import Amount, Coded, ResultMap, Rows
from connectors.records import (
    LARGEST,
    PLACES,
    Credit,
    Identifier,
    LearnerKey,
    Obtained,
    Provenance,
    Record,
    ResultStatus,
    Text,
)
from connectors.values import exact, optional, read, text

LEARNER = LearnerKey(scheme="student", code="s1")
SOURCE = Provenance(connector="rest", version="1")
WHOLE = ResultMap(
    id="no",
    learner="student.no",
    outcome=Coded(code="course.code", scheme="onex", edition="2021"),
    title="course.name.zh",
    title_en="course.name.en",
    issuer=Coded(code="by", scheme="alliance"),
    credit=Amount(amount="credit", scheme="hours-18"),
    hours="hours",
    mark="mark",
    completed="day",
    valid_to="until",
    status="state",
    statuses={"DONE": ResultStatus.COMPLETED, "GONE": ResultStatus.REVOKED},
    obtained="way",
    ways={"EXAM": Obtained.EXAM},
    part_of="of.no",
)
PLAIN = ResultMap(
    id="no",
    learner="student.no",
    outcome=Coded(code="course.code", scheme="onex"),
    title="course.name.zh",
    credit=Amount(amount="credit", scheme="hours-18"),
    completed="day",
)

ODD = st.sampled_from([None, "", " ", True, 0.5, [], {}, "x" * 130, "\u3000", "1E+4"])
CODES = st.sampled_from(["A1", " A1 ", "0012", 7, 10**9]) | ODD
NAMES = st.fixed_dictionaries({}, optional={"zh": st.text(max_size=3) | ODD, "en": CODES}) | ODD
AMOUNTS = st.sampled_from(["2", "2.50", "0", "-1", "NaN", "1e9", "2.00001", 3, Decimal("1.5")]) | ODD
MARKS = st.sampled_from(["85", "59", "101", "优", "缓考", 77, Decimal("59.5")]) | ODD
DAYS = st.sampled_from(["20230601", "2023-06-01", "2023-2024-1", "20230231", 2023, "１９９９１２３１"]) | ODD
STATES = st.sampled_from(["DONE", "GONE", "LOST"]) | ODD
ROWS = (
    st.fixed_dictionaries(
        {},
        optional={
            "no": CODES,
            "student": st.fixed_dictionaries({}, optional={"no": CODES}) | ODD,
            "course": st.fixed_dictionaries({}, optional={"code": CODES, "name": NAMES}) | ODD,
            "by": CODES,
            "credit": AMOUNTS,
            "hours": AMOUNTS,
            "mark": MARKS,
            "day": DAYS,
            "until": DAYS,
            "state": STATES,
            "way": st.sampled_from(["EXAM", "LUCK"]) | ODD,
            "of": st.fixed_dictionaries({"no": CODES}) | ODD,
        },
    )
    | ODD
)


def obvious(declared: ResultMap, row: Any) -> Record:
    """Make a record without any haste."""

    def at(path: str) -> Any:
        return jmespath.search(path, row) if path else None

    def coded(said: Coded | None, name: str) -> Identifier | None:
        code = optional(name, text, at(said.code)) if said else None
        return Identifier(scheme=said.scheme, code=code, edition=said.edition) if said and code else None

    def credited(given: Any) -> Credit:
        amount = exact(given)
        return Credit(amount=amount, scheme=declared.credit.scheme)

    marked = optional("mark", lambda said: read_mark(str(said), Marks()), at(declared.mark))
    grade, status, way = marked or (None, ResultStatus.COMPLETED, None)
    return Record(
        grade=grade,
        status=optional("status", declared.statuses.__getitem__, at(declared.status)) or status,
        obtained=optional("obtained", declared.ways.__getitem__, at(declared.obtained))
        or way
        or Obtained.STUDY,
        learner=LEARNER,
        provenance=SOURCE,
        outcome=coded(declared.outcome, "outcome"),
        title=Text(zh=str(at(declared.title) or ""), en=str(at(declared.title_en) or "")),
        issuer=coded(declared.issuer, "issuer"),
        earned=optional("credit", credited, at(declared.credit.amount)),
        hours=optional("hours", exact, at(declared.hours)),
        completion=optional("completed", lambda said: completion(str(said)), at(declared.completed)),
        valid_to=optional("valid_to", lambda said: completion(str(said)).last, at(declared.valid_to)),
        part_of=optional("part_of", text, at(declared.part_of)),
        id=read("id", text, at(declared.id)),
    )


def came_of(make: Any, *given: Any) -> Any:
    """Give what is made, or what is said to be wrong and where."""
    try:
        return make(*given)
    except SourceUnreadable as error:
        return error.code, error.where


@given(ROWS, st.sampled_from([WHOLE, PLAIN]))
def test_a_row_is_read_as_the_obvious_way_reads_it_field_by_field(row, declared):
    rows = Rows(declared, SOURCE)
    assert came_of(rows.record, row, LEARNER) == came_of(obvious, declared, row)


@given(st.lists(ROWS, max_size=6), st.sampled_from([None, 4]))
def test_rows_are_parted_as_each_row_says_whose_it_is(given_rows, width):
    rows = Rows(ResultMap(id="no", learner="student.no", code_width=width), SOURCE)

    def one_by_one() -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for row in given_rows:
            said = jmespath.search("student.no", row)
            code = optional("learner", lambda given: whole_code(given, width), said) or ""
            found.setdefault(code, []).append(row)
        return found

    assert came_of(rows.owned, given_rows) == came_of(one_by_one)


@given(ROWS, st.sampled_from(["no", "course.code", "course.name.zh", "course.name.zh.none"]))
def test_a_plain_path_finds_what_jmespath_finds(row, path):
    assert field(path)(row) == jmespath.search(path, row)


WRITTEN = (
    st.text("0123456789-W/. ", min_size=6, max_size=11)
    | st.dates().map(lambda day: day.strftime("%Y%m%d"))
    | st.dates().map(str)
    | st.text("0123456789", min_size=6, max_size=6).map("20".__add__)
)


@given(WRITTEN)
@example("2023-W23-1")
@example("2023W231")
@example("20230230")
@example("2019-2020-1")
@example("1949-09-30")
@example("２０２３０６０１")
@example("20230601\n")
def test_a_bare_day_is_read_quickly_as_it_is_read_slowly(written):
    def slowly() -> Any:
        plain = unicodedata.normalize("NFKC", written).strip()
        return calendar._possible(calendar._formed(plain, calendar.TERMS))

    def told(make: Any) -> Any:
        try:
            return make()
        except ValueError:
            return None

    assert told(lambda: completion(written)) == told(slowly)


@given(st.decimals(allow_nan=True, allow_infinity=True))
@example(Decimal("1.00000"))
@example(Decimal("1E+3"))
@example(Decimal("sNaN"))
def test_credit_takes_exactly_the_amounts_with_at_most_four_places_from_nothing_to_a_thousand_million(amount):
    fits = amount.is_finite() and 0 <= amount <= LARGEST and amount.as_tuple().exponent >= -PLACES
    try:
        assert Credit(amount=amount, scheme="s").amount == amount
        assert fits
    except ValueError:
        assert not fits
