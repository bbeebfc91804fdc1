"""What is true of kinds whose extra is not installed: set aside with the command, and the rest is served."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
for name in sys.argv[1:]:
    sys.modules[name] = None
from connectors.registry import find
shelf = find()
print(json.dumps([sorted(shelf.manifests), {each.code: each.reason for each in shelf.quarantined}]))
"""


def found_without(*modules):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *modules], capture_output=True, text=True, check=True, timeout=60
    )
    kinds, aside = json.loads(done.stdout)
    return set(kinds), aside


@pytest.mark.parametrize(
    ("missing", "kinds"),
    [
        (["signxml"], {"elmo"}),
        (["lxml", "lxml.etree"], {"elmo", "credentials"}),
        (["pyld"], {"credentials"}),
        (["joserfc", "rfc8785"], {"credentials"}),
    ],
)
def test_a_kind_whose_extra_is_missing_is_listed_with_the_command_that_installs_it(missing, kinds):
    found, aside = found_without(*missing)
    assert {each for each in aside if "standards" in aside[each]} == kinds
    assert all("pip install 'alliance-hub[standards]'" in aside[each] for each in kinds)
    assert found >= {"rest", "files", "graphql", "memory"}
    assert not found & kinds


def test_with_the_extra_every_kind_is_found():
    found, aside = found_without()
    assert found >= {"elmo", "credentials"}
    assert not any("standards" in each for each in aside.values())
