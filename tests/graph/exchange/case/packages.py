"""CASE packages to build on, their one normal form, and a round trip that needs no graph."""

import json
import tempfile
from decimal import Decimal
from pathlib import Path

from graph.exchange.case import bundle
from graph.exchange.case.inspection import Inspection
from graph.exchange.case.package import parse
from graph.exchange.case.reading import Whole
from graph.exchange.case.verbatim import encode
from graph.exchange.codec import codec
from graph.model.concepts import BY_FILE

HOST = "https://case.example/ims/case/v1p1"
WHEN = "2026-01-01T00:00:00+00:00"


def uuid(letter, number):
    return f"{letter}0000000-0000-0000-0000-{number:012d}"


DOCUMENT = uuid("d", 1)


def link(kind, identifier, title="t"):
    return {"title": title, "identifier": identifier, "uri": f"{HOST}/{kind}/{identifier}"}


def item(number, **more):
    said = {"uri": f"{HOST}/CFItems/{uuid('e', number)}", "identifier": uuid("e", number)}
    return said | {"fullStatement": f"Item {number}", "lastChangeDateTime": WHEN} | more


def association(number, origin, target, kind="isChildOf", **more):
    ends = {"originNodeURI": link("CFItems", origin), "destinationNodeURI": link("CFItems", target)}
    said = {"uri": f"{HOST}/CFAssociations/{uuid('a', number)}", "identifier": uuid("a", number)}
    return said | ends | {"associationType": kind, "lastChangeDateTime": WHEN} | more


def package(items=(), associations=(), document=(), **more):
    said = {
        "uri": f"{HOST}/CFDocuments/{DOCUMENT}",
        "identifier": DOCUMENT,
        "creator": "Test",
        "title": "A framework",
        "lastChangeDateTime": WHEN,
    }
    head = {"CFDocument": said | dict(document)}
    return head | {"CFItems": list(items), "CFAssociations": list(associations)} | more


def ordered(value):
    """Sort keys, and order lists of objects by identifier: the form in which two packages are compared."""
    if isinstance(value, dict):
        return {name: ordered(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        members = [ordered(one) for one in value]
        named = all(isinstance(one, dict) and "identifier" in one for one in members)
        return sorted(members, key=lambda one: str(one["identifier"])) if named else members
    return value


def exact(data):
    """Read a package with every digit, in the form for comparison."""
    return ordered(json.loads(data, parse_float=Decimal))


def raw(said):
    return json.dumps(said, ensure_ascii=False).encode()


def examined(data):
    """What the inspection says of a package, and the package made of what became of it."""
    given = parse(data if isinstance(data, bytes) else raw(data), "package.json")
    inspection = Inspection(given)
    with tempfile.TemporaryDirectory() as folder:
        if not bundle.write(given, inspection, Path(folder)):
            return inspection.report(), None
        return inspection.report(), _whole(Path(folder))


def _whole(folder):
    (framework,) = _things(folder, "frameworks")
    items, associations = _things(folder, "framework-items"), _things(folder, "associations")
    return Whole(framework, tuple(items), tuple(associations))


def _things(folder, name):
    return codec(BY_FILE[name]).decode_lines((folder / f"{name}.jsonl").read_bytes())


def again(data):
    """A package after a round trip through things of the model."""
    report, whole = examined(data)
    assert whole is not None, report.findings
    return exact(encode(whole.package()))
