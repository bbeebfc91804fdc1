"""What is true of the forms of codes."""

from __future__ import annotations

import pytest
import yaml

from connectors.decoding.codes import formed
from connectors.errors import Misdeclared
from connectors.registry import Registry
from tests.connectors.rest.test_rest import PAGED


def test_a_code_is_of_the_form_declared_or_refused():
    form = formed("[A-Z]{2}[0-9]{3}")
    assert form("CS101") == "CS101"
    for wrong in ("CS1O1", "CS1010", " CS101", "CS101\n", "", "CS１０１", "A" * 121):
        with pytest.raises(ValueError, match="another form"):
            form(wrong)
    assert formed("")("whatever") == "whatever"


@pytest.mark.parametrize("wrong", ["(", "[a", "a{99999999999}", "(?P<n>a)(?P<n>b)"])
def test_a_pattern_that_is_none_is_told_by_its_line_when_the_declaration_is_read(tmp_path, wrong):
    with pytest.raises(Misdeclared):
        formed(wrong)
    said = yaml.safe_load(PAGED % {"port": 1})
    said["settings"]["results"]["map"]["code_pattern"] = wrong
    text = yaml.safe_dump(said)
    (tmp_path / "north.yaml").write_text(text, "utf-8")
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "code_pattern" in each)
    [aside] = Registry(tmp_path).load().quarantined
    assert f"line {line}: {wrong} is not a regular expression" in aside.reason
