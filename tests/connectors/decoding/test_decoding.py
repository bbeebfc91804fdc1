"""What is true of reading Chinese text, names, identifiers, marks and dates."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.call import Call
from connectors.decoding.calendar import completion
from connectors.decoding.marks import Mark, Marks, read_mark
from connectors.decoding.people import (
    Mangled,
    fold_name,
    rounded_column,
    same_name,
    whole_code,
    whole_identity,
)
from connectors.decoding.strict import parse
from connectors.decoding.text import _DAMAGE, _DAMAGED_NAME, Reading, damage, decode
from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode
from connectors.records import Obtained, Precision, ResultStatus
from connectors.rig import HandClock


def call() -> Call:
    return Call(seconds=5, clock=HandClock())


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "gbk", "big5", "utf-16"])
def test_text_is_read_by_the_declared_codec(codec):
    assert decode("課程".encode(codec), Reading(codec=codec), call()) == "課程"


def test_a_byte_order_mark_is_no_text():
    assert decode("\ufeff课".encode(), Reading(), call()) == "课"


def test_characters_that_moved_between_gb18030_editions_are_brought_home():
    assert decode(b"\xa6\xd9\xfe\x59", Reading(codec="gb18030"), call()) == "︐龴"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("数据结构 (上) 100%?", 0),
        ("https://a.example/x?y=1", 0),
        ("为什么?", 0),
        ("张\ufffd", 1),
        ("张?三", 1),
        ("张??", 1),
        ("\ue123", 1),
        ("锟斤拷锟斤拷", 2),
        ("KÃ¸benhavn, HÃ¸st", 2),
        ("São Paulo, PÃO", 0),
    ],
)
def test_damage_is_counted(text, places):
    assert damage(text) == places


def test_damage_is_refused_over_the_threshold_and_remarked_below():
    asking = call()
    assert decode("张\ufffd".encode(), Reading(damaged=1), asking)
    assert asking.remarks[NoticeCode.TEXT_DAMAGED] == 1
    with pytest.raises(SourceUnreadable) as told:
        decode("张\ufffd\ufffd".encode(), Reading(damaged=1), asking)
    assert told.value.facts == {"damaged": 2}


@pytest.mark.parametrize("body", ["数据".encode("gb18030"), "Zoë".encode("latin-1")])
def test_bytes_of_another_codec_are_damage_not_text(body):
    with pytest.raises(SourceUnreadable):
        decode(body, Reading(), call())


@pytest.mark.parametrize(
    "text",
    ["", "{", "NaN", "[Infinity]", "1e400", "1" * 5000, '{"a":1,"a":2}', '{"b":{"a":1, "a" :2}}', '"\\ud800"',
     "[" * 100_000, "1.5e-99", "1." + "0" * 50],
)  # fmt: skip
def test_json_that_is_not_strict_is_unreadable(text):
    with pytest.raises(SourceUnreadable):
        parse(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(JSON, st.booleans())
def test_strict_json_is_read_as_it_is(value, ascii_only):
    assert parse(json.dumps(value, ensure_ascii=ascii_only)) == value


SPELT = st.sampled_from([":", '\\":', "\\u003a", "\\u003A", "\\\\u003a", "\\\\", "\\u4e00", "a", " :", "{"])
STRINGS = st.lists(SPELT, max_size=3).map(lambda parts: '"' + "".join(parts) + '"')
BLANKS = st.sampled_from(["", " ", "\n", "\t "])
OBJECTS = st.recursive(
    STRINGS | st.just("1.5") | st.just(str(2**70)),
    lambda inner: (
        st.lists(st.tuples(STRINGS, BLANKS, inner), max_size=4).map(
            lambda pairs: "{" + ", ".join(f"{key}{blank}:{blank}{value}" for key, blank, value in pairs) + "}"
        )
        | st.lists(inner, max_size=3).map(lambda values: "[" + ",".join(values) + "]")
    ),
    max_leaves=12,
)


@given(OBJECTS)
@example('{"a": 1, "a": "\\u003a"}')
@example('{"a": "\\\\u003a"}')
@example('{"a": 1, "b": {"\\u003a": 1, ":": 2}}')
def test_a_key_said_twice_is_found_wherever_it_is_and_however_it_is_spelt(text):
    twice = False

    def look(pairs):
        nonlocal twice
        twice |= len({key for key, _ in pairs}) < len(pairs)
        return dict(pairs)

    value = json.loads(text, parse_float=Decimal, object_pairs_hook=look)
    if not twice:
        assert parse(text) == value
        return
    with pytest.raises(SourceUnreadable):
        parse(text)


@given(st.text(st.sampled_from("a 张三李?\ufffd\ue123ÃÂ\x80¸锟斤拷烫屯:")), st.booleans())
def test_no_damage_escapes_the_quick_look(text, name):
    patterns = _DAMAGED_NAME if name else _DAMAGE
    assert damage(text, name) == sum(1 for _ in patterns.finditer(text))


def test_a_fraction_is_exact():
    assert parse("[2.10]") == [Decimal("2.10")]


SPELLINGS = [
    "阿卜杜拉·买买提",
    "阿卜杜拉•买买提",
    "阿卜杜拉・买买提",
    "阿卜杜拉．买买提",
    " 阿卜杜拉 · 买买提 ",
    "阿卜杜拉･买买提",
]


def test_three_middle_dots_are_one_person():
    assert len({fold_name(each) for each in SPELLINGS}) == 1


@pytest.mark.parametrize(("one", "other"), [("张 三", "张三"), ("ＬＩ　Ｌｅｉ", "Li Lei")])
def test_blanks_width_and_case_do_not_part_a_name(one, other):
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("张三", "张山"), ("Li Lei", "Lilei"), ("阿卜杜拉", "阿卜杜拉·买买提"), ("", "")]
)
def test_two_names_are_not_made_one(one, other):
    assert not same_name(one, other)


@given(st.text(max_size=20))
def test_folding_a_name_twice_is_folding_it_once(name):
    assert fold_name(fold_name(name)) == fold_name(name)


def test_a_fifteen_digit_number_is_completed_with_its_check_digit():
    assert whole_identity("110105491231002") == "11010519491231002X"
    assert whole_identity("１１０１０５４９１２３１００２") == "11010519491231002X"
    assert whole_identity("11010519491231002x") == "11010519491231002X"


@pytest.mark.parametrize("number", ["1.10105E+17", "110105199003074000", "110105199003074512"])
def test_a_number_mangled_by_a_spreadsheet_is_refused_with_the_remedy(number):
    with pytest.raises(Mangled, match="as text"):
        whole_identity(number)


@pytest.mark.parametrize(
    "number", ["", "123", "110105194913310021", "110105194912310021", "01010519491231002X"]
)
def test_what_is_no_identity_number_is_refused_without_being_said(number):
    with pytest.raises(ValueError) as told:
        whole_identity(number)
    assert not number or number not in str(told.value)


def test_a_column_of_rounded_numbers_is_known_by_their_likeness():
    real = [f"1101051990030745{n:02}" for n in range(17, 30)]
    assert rounded_column([str(int(float(each))) for each in real])
    assert not rounded_column(real)


@pytest.mark.parametrize(
    ("code", "width"), [("2021001", 10), (2.021, None), ("2.02E+09", None), ("2021.0", None), (True, None)]
)
def test_a_code_that_lost_digits_is_refused(code, width):
    with pytest.raises(Mangled):
        whole_code(code, width)


@pytest.mark.parametrize(("code", "width"), [("0021001", 7), (2021001, 7), ("A-1", None), ("２０２１", 4)])
def test_a_whole_code_is_taken(code, width):
    assert whole_code(code, width)


@pytest.mark.parametrize(
    ("written", "value", "status", "obtained"),
    [
        ("优", "优秀", ResultStatus.COMPLETED, None),
        ("合格", "合格", ResultStatus.COMPLETED, None),
        ("不及格", "不及格", ResultStatus.FAILED, None),
        ("85.50", "85.5", ResultStatus.COMPLETED, None),
        ("１００分", "100", ResultStatus.COMPLETED, None),
        ("59", "59", ResultStatus.FAILED, None),
        ("缓考", None, ResultStatus.IN_PROGRESS, None),
        ("免修", None, ResultStatus.COMPLETED, Obtained.CONVERSION),
        ("缺考", None, ResultStatus.FAILED, None),
    ],
)
def test_a_mark_is_read_by_the_table(written, value, status, obtained):
    grade, *rest = read_mark(written, Marks())
    assert (grade.value if grade else None, *rest) == (value, status, obtained)


@pytest.mark.parametrize("written", ["", "101", "-1", "很好", "8O", "1e2"])
def test_a_mark_in_no_table_is_refused(written):
    with pytest.raises(ValueError):
        read_mark(written, Marks())


def test_a_source_has_its_own_words():
    marks = Marks(words={"很好": Mark(grade="4", scheme="own")})
    assert read_mark("很好", marks)[0].scheme == "own"


@pytest.mark.parametrize(
    ("written", "first", "last", "precision"),
    [
        ("20230901", "2023-09-01", "2023-09-01", Precision.DAY),
        ("2023/9/1", "2023-09-01", "2023-09-01", Precision.DAY),
        ("2023年9月1日", "2023-09-01", "2023-09-01", Precision.DAY),
        ("２０２３年９月", "2023-09-01", "2023-09-30", Precision.MONTH),
        ("202309", "2023-09-01", "2023-09-30", Precision.MONTH),
        ("二〇二三年十二月", "2023-12-01", "2023-12-31", Precision.MONTH),
        ("2024-02", "2024-02-01", "2024-02-29", Precision.MONTH),
        ("2023年", "2023-01-01", "2023-12-31", Precision.YEAR),
        ("45170", "2023-09-01", "2023-09-01", Precision.DAY),
        ("45170.0", "2023-09-01", "2023-09-01", Precision.DAY),
        ("2023-06-30T20:00:00Z", "2023-07-01", "2023-07-01", Precision.DAY),
        ("2023-06-30 20:00:00", "2023-06-30", "2023-06-30", Precision.DAY),
        ("2023-2024-1", "2023-09-01", "2024-01-31", Precision.TERM),
        ("2023-2024学年第二学期", "2024-02-01", "2024-07-15", Precision.TERM),
        ("2023—2024学年第1学期", "2023-09-01", "2024-01-31", Precision.TERM),
        ("2023年秋季学期", "2023-09-01", "2024-01-31", Precision.TERM),
        ("2024春", "2024-02-01", "2024-07-15", Precision.TERM),
        ("2024年夏", "2024-07-01", "2024-08-31", Precision.TERM),
        ("2023年09月01号", "2023-09-01", "2023-09-01", Precision.DAY),
        ("2023 年 9 月 1 日", "2023-09-01", "2023-09-01", Precision.DAY),
        ("二〇二三年九月一日", "2023-09-01", "2023-09-01", Precision.DAY),
    ],
)
def test_a_time_is_read_as_the_interval_it_is(written, first, last, precision):
    when = completion(written)
    assert (str(when.first), str(when.last), when.precision) == (first, last, precision)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0000-00-00",
        "19000101",
        "99991231",
        "20230230",
        "2023-13",
        "2023-2025-1",
        "2023-2024-9",
        "2023年冬季学期",
        "2023学年秋",
        "二〇二三年二月三十日",
        "二〇二三年九月十十日",
        "二〇二三年九月〇日",
        "soon",
        "9/1/2023",
        "1",
    ],
)
def test_an_impossible_time_is_refused(written):
    with pytest.raises(ValueError):
        completion(written)


def in_words(number: int) -> str:
    """Write a number below 100 in Chinese."""
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else digits[tens] + "十"
    return ten + (digits[ones] if ones else "")


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_in_every_spelling(day):
    sheet = str((day - date(1899, 12, 30)).days)
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    spelled = [
        f"{day:%Y%m%d}",
        f"{day.year}-{day.month}-{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        str(day),
        f"{day.year} 年 {day.month} 月 {day.day} 号",
        f"{year}年{in_words(day.month)}月{in_words(day.day)}日",
    ]
    for written in (*spelled, *([sheet] if int(sheet) >= 20_000 else [])):
        assert completion(written).first == day
    assert completion(str(day)).last - day == timedelta(0)
