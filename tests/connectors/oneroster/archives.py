"""The same school as zipped CSV, bulk and delta."""

from __future__ import annotations

import csv
import io
import zipfile

from tests.connectors.oneroster.school import SCHOOL


def flat(thing):
    row = {}
    for name, value in thing.items():
        if name == "terms":
            row["termSourcedIds"] = ",".join(each["sourcedId"] for each in value)
        elif name == "metadata":
            row |= {f"metadata.{key}": told for key, told in value.items()}
        elif isinstance(value, dict):
            row[f"{name}SourcedId"] = value["sourcedId"]
        else:
            row[name] = "" if value is None else str(value)
    return row


def sheet(things) -> str:
    rows = [flat(each) for each in things]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def archive(path, school=SCHOOL, mode="bulk", version="1.2", **files):
    path.parent.mkdir(exist_ok=True)
    told = {"manifest.version": "1.0", "oneroster.version": version}
    told |= {f"file.{kind}": mode if kind in school else "absent" for kind in SCHOOL}
    manifest = "propertyName,value\r\n" + "".join(f"{name},{value}\r\n" for name, value in told.items())
    texts = {"manifest.csv": manifest} | {f"{kind}.csv": sheet(things) for kind, things in school.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in (texts | files).items():
            packed.writestr(name, text if isinstance(text, bytes) else text.encode())
    return path
