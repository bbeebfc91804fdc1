"""The systems of the demo's members: which there are, of which member, and what interface each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PERCENT: Final = ("58", "63", "71", "78", "84", "90", "96")
WORDS: Final = ("合格", "合格", "良好", "优秀")


@dataclass(frozen=True, slots=True)
class System:
    """One system: its code as a source, its member, and what it holds.

    ``outcomes`` begins the keys of the outcomes it speaks of, ``prefix`` the numbers of its learners,
    ``keys`` is the scheme of those numbers, ``needs`` the part of the distribution its connector is in, where
    it is not the base.
    """

    code: str
    member: str
    shape: str
    outcomes: str
    prefix: str
    keys: str
    marks: tuple[str, ...] = PERCENT
    needs: str = ""


_ALL: Final = (
    System("ouc", "alliance:-:OUC", "REST, JSON in pages", "ouc-course:2020:", "20211", "ouc-student"),
    System(
        "dwou",
        "alliance:-:DWOU",
        "REST, signed, errors in envelopes",
        "dwou-course:2022:",
        "DW",
        "dwou-student",
    ),
    System("cqu", "moe:-:4150010611", "REST behind OAuth 2", "cqu-course:2022:", "CQU", "cqu-student"),
    System("byzk", "alliance:-:BYZK", "REST, XML in GB18030", "selfstudy:2018:", "0101", "byzk-candidate"),
    System("csia", "alliance:-:CSIA", "GraphQL", "csia-cert:2016:", "CS-", "csia-holder", WORDS),
    System("cflp", "alliance:-:CFLP", "SQL views", "cflp-cert:2015:", "WL", "cflp-holder", WORDS, "sql"),
    System("yzpj", "alliance:-:YZPJ", "CSV in GB18030", "postal-cert:2019:", "YZ", "yzpj-candidate", WORDS),
    System("hhut", "alliance:-:HHUT", "OneRoster 1.2", "hhut-course:2023:", "HH", "hhut-student"),
    System(
        "cqrtvu",
        "alliance:-:CQRTVU",
        "EMREX ELMO",
        "cqrtvu-course:2021:",
        "CQ",
        "cqrtvu-student",
        needs="standards",
    ),
    System(
        "ynyl",
        "alliance:-:YNYL",
        "Open Badges 3.0",
        "onex:2021:5903",
        "YN",
        "ynyl-holder",
        WORDS,
        "standards",
    ),
)

SYSTEMS: Final[Mapping[str, System]] = {system.code: system for system in _ALL}
"""By code."""
