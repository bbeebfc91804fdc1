"""The list behind ``make mutants`` fits the source, and a broken evaluator is told from a whole one."""

from __future__ import annotations

import ast

from mutants import MUTANTS, ROOT, caught, listed


def test_every_mutant_fits_its_file_once_and_leaves_it_python():
    assert len(listed()) >= 40
    for one in MUTANTS:
        source = (ROOT / "graph/recognition" / one.file).read_text("utf-8")
        ast.parse(source.replace(one.old, one.new))


def test_a_broken_reverse_search_is_caught():
    broken = next(one for one in MUTANTS if one.says == "nothing is assumed")
    assert "drawn" in caught(broken, 20)
