"""The planner's list behind ``make mutants`` fits the source; a broken planner is told from a whole one."""

from __future__ import annotations

import ast

from plan_mutants import MUTANTS, ROOM, ROOT, Mutant, caught, listed


def test_every_mutant_fits_its_file_once_leaves_it_python_and_names_a_test():
    assert len(listed()) >= 15
    for one in MUTANTS:
        source = (ROOT / ROOM / one.file).read_text("utf-8")
        ast.parse(source.replace(one.old, one.new))
        file, name = one.test.split("::")
        assert f"def {name}(" in (ROOT / file).read_text("utf-8")


def test_a_broken_planner_is_caught_and_a_whole_one_is_not():
    broken = next(one for one in MUTANTS if one.says == "the last gives")
    assert "FAILED" in caught(broken)
    whole = Mutant(broken.file, broken.old, broken.old, "nothing", broken.test)
    assert caught(whole) == ""
