"""What is true of YAML that would end the process or fill the machine: it is refused, and the rest serves."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connectors.linkage import links_in
from connectors.nesting import DEEPEST, REPEATED, Unbounded
from connectors.onfile import OnFile, plain

GOOD = "source: good\nmember: m\nconnector: rest\nsettings: {url: 'https://a.example'}\n"
LIST = """
import json, sys
from pathlib import Path
from connectors.registry import Registry
found = Registry(Path(sys.argv[1])).load()
aside = {each.code: each.reason for each in found.quarantined}
print(json.dumps([[each.code for each in found.sources], aside]))
"""


def doubled(times: int) -> str:
    """A list of ten, and so many lists of ten of the one before."""
    lines = ["- &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"- &a{place + 1} [{', '.join([f'*a{place}'] * 10)}]" for place in range(times)]
    return "\n".join(lines)


HOSTILE = {
    "brackets": "a: " + "[" * 100_000,
    "dashes": "- " * 100_000 + "x",
    "questions": "? " * 100_000 + "x",
    "braces": "{a: " * 3_000 + "1" + "}" * 3_000,
    "laughs": doubled(8),
    "itself": "source: &s [*s]",
    "large": "a: " + "x" * 300_000,
}


def test_hostile_declarations_are_set_aside_and_the_others_are_there(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD)
    for name, text in HOSTILE.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "endless.yaml").symlink_to("/dev/zero")
    told = subprocess.run(
        [sys.executable, "-c", LIST, tmp_path], capture_output=True, text=True, timeout=60, check=True
    )
    sources, aside = json.loads(told.stdout)
    assert sources == ["good"]
    assert set(aside) == {*HOSTILE, "pipe", "folder", "endless"}
    assert {name: aside[name] for name in ("brackets", "dashes", "questions", "braces")} == dict.fromkeys(
        ("brackets", "dashes", "questions", "braces"),
        "Misdeclared: it is not YAML in UTF-8 (it nests too deep)",
    )
    assert "aliases repeat too much" in aside["laughs"]
    assert "stands within itself" in aside["itself"]
    assert "262,144 bytes" in aside["large"]
    assert {aside[name] for name in ("pipe", "folder", "endless")} == {
        "Misdeclared: it is no file that can be read"
    }


def test_the_bounds_are_where_they_are_said_to_be():
    assert plain("[" * DEEPEST + "]" * DEEPEST) is not None
    with pytest.raises(Unbounded):
        plain("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))
    once = f"- &a [{'x, ' * 99}]\n"  # a hundred values, the list itself among them
    assert len(plain(once + "- *a\n" * (REPEATED // 100))) == REPEATED // 100 + 1
    with pytest.raises(Unbounded):
        plain(once + "- *a\n" * (REPEATED // 100 + 1))


TREES = st.recursive(
    st.integers() | st.booleans() | st.text(st.characters(codec="ascii", categories=["L"]), max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=20,
)


@given(TREES)
def test_what_is_within_bounds_is_read_as_it_stands_with_aliases_too(tree):
    assert plain(yaml.safe_dump(tree)) == tree
    assert plain(yaml.safe_dump([tree, tree])) == [tree, tree]


@pytest.mark.parametrize("hostile", ["[" * 100_000, "&a [*a]"])
def test_a_hostile_entry_of_links_costs_only_itself(hostile):
    text = (
        "- learner: {scheme: hub, code: ana}\n"
        "  links: [{source: north, key: {scheme: s, code: '1'}}]\n"
        f"- learner: {hostile}\n"
        "- learner: {scheme: hub, code: bao}\n"
        "  links: []\n"
    )
    found = links_in(text)
    assert [entry.learner.code for entry in found.entries] == ["ana", "bao"]
    assert [each.line for each in found.wrong] == [3]


async def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "links")
    with pytest.raises(ValueError, match="no regular file"):
        await OnFile(tmp_path / "links", plain).value()
