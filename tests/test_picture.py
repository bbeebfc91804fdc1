"""The README's picture: no line of text leaves its box, whatever font a reader's machine has."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

PICTURE = Path(__file__).parent.parent / "docs/hub.svg"
SVG = "{http://www.w3.org/2000/svg}"
ROOT = ET.parse(PICTURE).getroot()
# Widths of a letter in ems, measured in DejaVu Sans, the widest of the usual fonts, and rounded up.
LETTER, BOLD, HAN = 0.56, 0.63, 1.0
LINES = [
    (group.find(f"{SVG}rect"), text) for group in ROOT.iter(f"{SVG}g") for text in group.iter(f"{SVG}text")
]


def width(text: ET.Element) -> float:
    """The most a line takes, in units of the picture."""
    told, style = text.text or "", text.get("class")
    small = re.search(r"\.small { font-size: ([\d.]+)px", ROOT.findtext(f"{SVG}style") or "")
    assert small
    size = float(small[1] if style == "small" else text.get("font-size") or ROOT.attrib["font-size"])
    letter = BOLD if style == "name" else LETTER
    return size * sum(HAN if ord(each) > 0x2E80 else letter for each in told)


@pytest.mark.parametrize("line", range(len(LINES)), ids=lambda each: LINES[each][1].text)
def test_every_line_of_the_picture_fits_its_box_in_a_wide_font(line: int) -> None:
    box, text = LINES[line]
    assert box is not None
    middle = abs(float(text.attrib["x"]) - float(box.attrib["x"]) - float(box.attrib["width"]) / 2)
    assert middle < 1
    assert width(text) + 8 <= float(box.attrib["width"])
