"""A bundle of a dozen things, enough to ask every first question: two institutions, one rule, one mapping."""

import json
from pathlib import Path

MANIFEST = {
    "bundle": 1,
    "source": "small",
    "title": {"zh": "小联盟", "en": "Small alliance"},
    "licence": "open",
    "synthetic": True,
    "mode": "full",
}
OUC, CFLP = "alliance:-:OUC", "alliance:-:CFLP"
COURIER, COURSE, UNIT = "cert:2020:courier", "ouc-course:2020:02334", "unit:2016:LG-01"


def text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def things() -> dict[str, list[dict]]:
    return {
        "licences": [{"key": "open", "title": text("开放", "Open")}],
        "schemes": [
            scheme("alliance", "institution", "-"),
            scheme("cert", "outcome", "2020"),
            scheme("ouc-course", "outcome", "2020"),
            scheme("unit", "unit", "2016"),
        ],
        "credit-schemes": [
            {"key": "ouc", "title": text("学分", "Credit"), "step": "0.5", "rounding": "HALF_UP"}
        ],
        "institutions": [
            {
                "key": OUC,
                "title": text("国家开放大学", "Open University of China"),
                "kinds": ["OPEN_UNIVERSITY"],
            },
            {"key": CFLP, "title": text("中国物流与采购联合会", "CFLP"), "kinds": ["ASSOCIATION"]},
        ],
        "units": [
            {
                "key": UNIT,
                "title": text("快件收派", "Collecting and delivering parcels"),
                "credit": {"amount": "2.5", "scheme": "ouc"},
                "owner": CFLP,
                "statements": [
                    statement("S1", "能收取快件", "Collects parcels"),
                    statement("S2", "能派送快件", "Delivers parcels"),
                ],
            }
        ],
        "outcomes": [
            outcome(COURIER, CFLP, "CERTIFICATE", "NON_DEGREE", text("快递员", "Courier")),
            outcome(COURSE, OUC, "COURSE", "DEGREE", text("快递实务", "Courier practice")),
            *(
                outcome(f"ouc-course:2020:1{n:03}", OUC, "COURSE", "DEGREE", text(f"课程{n}", f"Course {n}"))
                for n in range(40)
            ),
        ],
        "mappings": [{"key": "M1", "outcome": COURIER, "unit": UNIT, "statements": ["S1"]}],
        "agreements": [
            {
                "key": "A1",
                "title": text("互认协议", "Agreement"),
                "parties": [OUC, CFLP],
                "signatures": [{"party": OUC, "on": "2015-04-02"}, {"party": CFLP, "on": "2015-04-02"}],
            }
        ],
        "rules": [
            rule(1, "2016-01-01", "2020-01-01", "2"),
            rule(2, "2020-01-01", None, "3"),
        ],
    }


def scheme(key: str, concept: str, edition: str) -> dict:
    return {
        "key": key,
        "title": text(key, key),
        "case": "UPPER" if key == "unit" else "KEEP",
        "concept": concept,
        "editions": [{"code": edition}],
    }


def statement(code: str, zh: str, en: str) -> dict:
    return {"code": code, "dimension": "skills", "text": text(zh, en)}


def outcome(key: str, issuer: str, kind: str, outcome_class: str, title: dict) -> dict:
    credit = {"amount": "3", "scheme": "ouc"}
    return {
        "key": key,
        "issuer": issuer,
        "kind": kind,
        "outcomeClass": outcome_class,
        "title": title,
        "credit": credit,
    }


def rule(version: int, start: str, end: str | None, credit: str) -> dict:
    giving = {"worth": {"rule": "FIXED", "fixed": {"amount": credit, "scheme": "ouc"}}}
    return {
        "key": "R1",
        "version": version,
        "validFrom": start,
        **({"validTo": end} if end else {}),
        "institution": OUC,
        "agreement": "A1",
        "alternatives": [
            {"clauses": [{"kind": "OUTCOME", "outcome": COURIER}]},
            {"clauses": [{"kind": "UNIT", "unit": UNIT}]},
        ],
        "grants": [{"kind": "OUTCOME", "outcome": COURSE, "giving": giving}],
    }


def write(folder: Path, concepts: dict[str, list[dict]], **manifest) -> Path:
    folder.mkdir(parents=True)
    (folder / "bundle.json").write_text(json.dumps(MANIFEST | manifest), "utf-8")
    for name, lines in concepts.items():
        written = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(written, "utf-8")
    return folder
