"""The systems of the demo's members: which there are, of which member, and what interface each has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PERCENT: Final = ("58", "63", "71", "78", "84", "90", "96")
WORDS: Final = ("合格", "合格", "良好", "优秀")


Tells = Callable[[Path, str, int], Mapping[str, str]]


def _nothing(_folder: Path, _key: str, _port: int) -> Mapping[str, str]:
    return {}


def _badge_key(_folder: Path, key: str, _port: int) -> Mapping[str, str]:
    """Tell the public key that badges are signed with."""
    from hub.demo.sources.badge_key import public_jwk  # needs the extra

    return {"BADGE_KEY": public_jwk(key)}


def _database_url(folder: Path, key: str, port: int) -> Mapping[str, str]:
    """Put the address of the database, a secret, where its declaration looks for it."""
    keep_secret(folder / "cflp-url", f"postgresql+psycopg://hub:{key}@127.0.0.1:{port}/postgres")
    return {}


def keep_secret(path: Path, text: str) -> None:
    """Write a file that nobody else may read."""
    path.touch(0o600)
    path.write_text(text, "ascii")


@dataclass(frozen=True, slots=True)
class System:
    """One system: its code as a source, its member, and what it holds.

    ``interface`` is the module among the shapes that plays it, ``shape`` says what that is; ``web`` is
    false of a database. ``outcomes`` begins the keys of the outcomes it speaks of, ``prefix`` the numbers of
    its learners, ``keys`` is the scheme of those numbers, ``needs`` the part of the distribution its
    connector is in, where it is not the base. ``tells`` gives what its declaration must be told that only
    the running demo knows, from the demo's folder, its key and the source's port.
    """

    code: str
    member: str
    interface: str
    shape: str
    outcomes: str
    prefix: str
    keys: str
    marks: tuple[str, ...] = PERCENT
    needs: str = ""
    web: bool = True
    tells: Tells = _nothing


_ALL: Final = (
    System(
        "ouc", "alliance:-:OUC", "paged", "REST, JSON in pages", "ouc-course:2020:", "20211", "ouc-student"
    ),
    System(
        "dwou",
        "alliance:-:DWOU",
        "signed",
        "REST, signed, errors in envelopes",
        "dwou-course:2022:",
        "DW",
        "dwou-student",
    ),
    System(
        "cqu", "moe:-:4150010611", "oauth", "REST behind OAuth 2", "cqu-course:2022:", "CQU", "cqu-student"
    ),
    System(
        "byzk", "alliance:-:BYZK", "xml", "REST, XML in GB18030", "selfstudy:2018:", "0101", "byzk-candidate"
    ),
    System("csia", "alliance:-:CSIA", "graph", "GraphQL", "csia-cert:2016:", "CS-", "csia-holder", WORDS),
    System(
        "cflp",
        "alliance:-:CFLP",
        "views",
        "SQL views",
        "cflp-cert:2015:",
        "WL",
        "cflp-holder",
        WORDS,
        "sql",
        False,
        _database_url,
    ),
    System(
        "yzpj",
        "alliance:-:YZPJ",
        "export",
        "CSV in GB18030",
        "postal-cert:2019:",
        "YZ",
        "yzpj-candidate",
        WORDS,
    ),
    System(
        "hhut", "alliance:-:HHUT", "oneroster", "OneRoster 1.2", "hhut-course:2023:", "HH", "hhut-student"
    ),
    System(
        "cqrtvu",
        "alliance:-:CQRTVU",
        "elmo",
        "EMREX ELMO",
        "cqrtvu-course:2021:",
        "CQ",
        "cqrtvu-student",
        needs="standards",
    ),
    System(
        "ynyl",
        "alliance:-:YNYL",
        "wallet",
        "Open Badges 3.0",
        "onex:2021:5903",
        "YN",
        "ynyl-holder",
        WORDS,
        "standards",
        tells=_badge_key,
    ),
)

SYSTEMS: Final[Mapping[str, System]] = {system.code: system for system in _ALL}
"""By code."""
