"""A synthetic register of results, as SQL that both databases understand, and its declarations."""

from __future__ import annotations

import sqlite3

from connectors.contract import settings_of
from connectors.records import LearnerKey
from connectors.sql import MANIFEST
from tests.connectors.sql.cluster import HUB, HUB_PASSWORD, owner

ANA, BAO, NIL, CEN = (
    LearnerKey(scheme="student", code=code) for code in ("2021-ana", "2021-bao", "nil", "cen")
)

TABLES = """
CREATE TABLE marks (id TEXT, learner TEXT, course TEXT, title TEXT, credit TEXT, mark TEXT, day TEXT);
INSERT INTO marks VALUES
 ('1', '2021-ana', 'C1', '数据结构', '2.5', '40', '2022-2023-2'),
 ('2', '2021-ana', 'C1', '数据结构', '2.5', '85', '2023-2024-1'),
 ('3', '2021-ana', 'C2', '维吾尔语', '2', '优', '20230630'),
 ('4', '2021-bao', 'C1', '数据结构', '2.5', '59', '2023-06-30'),
 ('5', 'cen', 'C1', '数据结构', 'two', '59', '2023-06-30');
CREATE TABLE loads (moment TEXT);
INSERT INTO loads VALUES ('2026-02-27T03:00:00+00:00');
CREATE TABLE courses (code TEXT, title TEXT, title_en TEXT, kind TEXT, credit TEXT, removed INTEGER, changed TEXT);
INSERT INTO courses VALUES ('C1', '数据结构', 'Data structures', 'course', '2.5', 0, '2026-01-01'),
 ('C2', '旧课', NULL, 'course', NULL, 1, '2026-02-01');
CREATE TABLE certificates (number TEXT, holder TEXT, code TEXT, title TEXT, issued TEXT, valid_to TEXT, revoked INTEGER);
INSERT INTO certificates VALUES ('Z-1', '阿卜杜拉•买买提', 'K1', '快递员', '2020-06', '2021-06-30', 0),
 ('Z-2', '古丽', 'K1', '快递员', '2020-06', NULL, 1);
CREATE TABLE open_courses (id TEXT, code TEXT, title TEXT, credit TEXT, term TEXT, seats INTEGER, prerequisites TEXT);
INSERT INTO open_courses VALUES ('o1', 'C9', '编译原理', '3', '2025-2026-2', 12, 'C1, C2'),
 ('o2', 'C9', '编译原理', '3', '2025-2026-1', 5, NULL);
"""  # noqa: E501

COLUMNS = ["id", "learner", "course", "title", "credit", "mark", "day"]
LISTED = ", ".join(COLUMNS)
SELECT = f"SELECT {LISTED} FROM marks WHERE learner IN :codes ORDER BY id"
MAP = {
    "id": "id",
    "learner": "learner",
    "outcome": {"scheme": "c", "code": "course"},
    "title": "title",
    "credit": {"scheme": "cn", "amount": "credit"},
    "mark": "mark",
    "completed": "day",
    "resits": True,
}


def declared(url: str, **fields):
    """Declare the register; ``select`` and the like change how results are asked for."""
    results = {"map": MAP, "key_scheme": "student"}
    asked = {
        name: fields.pop(name) for name in ("select", "view", "columns", "key", "batch") if name in fields
    }
    results |= asked or {"select": SELECT}
    results["map"] = fields.pop("map", MAP)
    return settings_of(MANIFEST, {"url": url, "results": results} | fields)


def sqlite(path) -> str:
    """Make the register as a file."""
    with sqlite3.connect(path) as connection:
        connection.executescript(TABLES)
    connection.close()
    return f"sqlite:///{path}"


def postgres(port: int) -> str:
    """Make the register in a cluster, where the hub's own user may read and nothing else."""
    with owner(port) as connection:
        connection.execute(TABLES)
        connection.execute(f"CREATE USER {HUB} PASSWORD '{HUB_PASSWORD}'")
        connection.execute(f"GRANT SELECT ON marks, loads, courses, certificates, open_courses TO {HUB}")
        connection.execute("CREATE TABLE secret (id INTEGER)")
        connection.execute(f"CREATE TABLE scratch (id INTEGER); GRANT ALL ON scratch TO {HUB}")
    return f"postgresql://{HUB}:{HUB_PASSWORD}@127.0.0.1:{port}/postgres"
