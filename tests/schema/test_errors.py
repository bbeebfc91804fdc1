"""Each code is stable, said in two languages with a remedy, and documented."""

from __future__ import annotations

import re
from dataclasses import Field, fields
from pathlib import Path

import pytest

from schema.codes import CODES
from schema.errors import Refusal, dress
from schema.limits import Limits

DOCUMENTED = (Path(__file__).parents[2] / "docs" / "errors.md").read_text()


@pytest.mark.parametrize("name", CODES)
def test_each_code_is_documented_with_its_status(name: str):
    code = CODES[name]
    assert f"| `{name}` | {code.status.value} | {code.en} | {code.zh} | {code.remedy_en} |" in DOCUMENTED


def test_nothing_is_documented_that_does_not_exist():
    assert set(re.findall(r"^\| `([A-Z_0-9]+)` \|", DOCUMENTED, re.MULTILINE)) == set(CODES)


@pytest.mark.parametrize("name", CODES)
def test_each_code_says_the_same_facts_in_both_languages(name: str):
    code = CODES[name]
    assert set(re.findall(r"{(\w+)}", code.en)) == set(re.findall(r"{(\w+)}", code.zh))
    assert re.search(r"[一-鿿]", code.zh)
    assert re.search(r"[一-鿿]", code.remedy_zh)


def test_each_limit_has_a_code():
    assert {f.metadata["code"] for f in Limits.__dataclass_fields__.values()} <= set(CODES)


@pytest.mark.parametrize("limit", fields(Limits()), ids=lambda f: f.name)
def test_each_limit_is_documented_with_its_default(limit: Field[int]):
    assert f"| `{limit.name}` | {limit.default:,} | `{limit.metadata['code']}` |" in DOCUMENTED


def test_a_refusal_is_dressed_with_its_facts():
    assert dress(Refusal("QUERY_TOO_DEEP", value=20, limit=18), "r1") == {
        "message": "The operation is 20 fields deep; 18 are allowed.",
        "extensions": {
            "code": "QUERY_TOO_DEEP",
            "zh": "操作嵌套 20 层字段,上限为 18 层。",
            "remedy": {
                "en": "Ask for the deeper part by its key in another request.",
                "zh": "请另发请求,按编码查询更深的部分。",
            },
            "requestId": "r1",
            "facts": {"value": 20, "limit": 18},
        },
    }


def test_a_code_that_does_not_exist_cannot_be_raised():
    with pytest.raises(KeyError):
        Refusal("NO_SUCH_CODE")
