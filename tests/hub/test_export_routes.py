"""Exports over HTTP, from hubs in processes of their own on both engines: the bytes of the command."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

import pytest

from hub.app import create_app
from hub.bounds import Bounds, Exporting
from hub.config import Config
from hub.export_routes import routes
from hub.knowledge import Knowledge
from hub.parts import compose
from hub.validators import Freshness
from tests.alliance_in_a_box import WIPE, load_demo
from tests.hub.test_serving import hub, until_ready
from tests.hub.wire import get, request, send, served

FORMS = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl; charset=utf-8",
    "graphml": "application/graphml+xml",
    "jsonld": "application/ld+json",
}
DAY = "2024-06-01"
ISSUER = "alliance:-:APTECH"
PAGE = (Path(__file__).parents[2] / "docs" / "case.md").read_text("utf-8")
DOCUMENTED = re.findall(r"^curl .*'http://127.0.0.1:8000(/export/[^']+)'$", PAGE, re.MULTILINE)


async def command(*words: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, err.decode()
    return out


# What is asked over HTTP, and the same in words of the command line.
ASKED = {
    "everything": ("", ()),
    "one issuer's certificates": (
        f"where=issuer={ISSUER}&where=kind=CERTIFICATE",
        ("--where", f"issuer={ISSUER}", "--where", "kind=CERTIFICATE"),
    ),
    "two by their keys, of a day": (
        f"key=aptech-cert:2016:JAVA&key=aptech-cert:2016:NET&validOn={DAY}",
        ("--key", "aptech-cert:2016:JAVA", "--key", "aptech-cert:2016:NET", "--valid-on", DAY),
    ),
    "published ones": ("where=status=PUBLISHED", ("--where", "status=PUBLISHED")),
    "an industry and all below it": (
        'filter={"industries":["gbt4754:2017:G"]}', ("--filter", '{"industries":["gbt4754:2017:G"]}'),
    ),
    "nothing, though each condition holds for something": (
        f"where=issuer={ISSUER}&where=kind=EXAM",
        ("--where", f"issuer={ISSUER}", "--where", "kind=EXAM"),
    ),
}  # fmt: skip
CASES = [("outcomes", "csv", asked) for asked in ASKED]
CASES += [("outcomes", form, "two by their keys, of a day") for form in FORMS if form != "csv"]
CASES += [("rules", "graphml", "everything"), ("mappings", "jsonld", "everything")]


@pytest.fixture(scope="module")
async def both(shared_store, settings, tmp_path_factory):
    """A hub on an engine, and what the command wrote of the same graph before the hub was started."""
    folder = tmp_path_factory.mktemp("hub")
    where, environment = ("--data", str(folder / "data")), {}
    if settings.uri:
        await shared_store.write(WIPE, within=60)
        where, environment = ("--graph", settings.uri, "--user", settings.user), {"GRAPH_URI": settings.uri}
        if settings.password:
            (folder / "password").write_text(settings.password)
            where = (*where, "--password-file", str(folder / "password"))
            environment |= {"GRAPH_USER": settings.user, "GRAPH_PASSWORD": settings.password}
    with as_file(files("hub.demo") / "alliance") as alliance:
        await command("bundle", "import", str(alliance), *where)
    written = {
        (concept, form, asked): await command("export", concept, "-", "--as", form, *ASKED[asked][1], *where)
        for concept, form, asked in CASES
    }
    async with hub(folder, **environment) as (_, url):
        await until_ready(url, 30)
        yield SimpleNamespace(port=urlsplit(url).port, written=written)


async def download(port: int, path: str, **headers: str):
    """Ask for a file as it is streamed; gives status, headers and the whole body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(method="GET", path=path, connection="close", **headers))
    raw = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    status = int(lines[0].split()[1])
    return status, fields, unchunked(body) if fields.get("transfer-encoding") == "chunked" else body


def unchunked(raw: bytes) -> bytes:
    """Put chunks together; one that is missing or cut off is an error."""
    body = b""
    while True:
        size, _, raw = raw.partition(b"\r\n")
        count = int(size, 16)
        if not count:
            assert raw == b"\r\n"
            return body
        assert raw[count : count + 2] == b"\r\n"
        body, raw = body + raw[:count], raw[count + 2 :]


@pytest.mark.parametrize(("concept", "form", "asked"), CASES)
async def test_an_export_over_http_is_byte_for_byte_the_commands(both, concept, form, asked):
    query = quote(ASKED[asked][0], safe="&=")
    status, headers, body = await download(both.port, f"/export/{concept}.{form}?{query}")
    assert status == 200, body
    assert body == both.written[concept, form, asked]
    assert headers["content-type"] == FORMS[form]
    day = DAY if "validOn" in query else headers["x-snapshot"].partition("valid=")[2][:10]
    assert headers["content-disposition"] == f'attachment; filename="{concept}-{day}.{form}"'


async def test_each_row_names_its_snapshot_which_is_the_headers(both):
    _, headers, body = await download(both.port, "/export/outcomes.jsonl")
    rows = [json.loads(line) for line in body.splitlines()]
    assert len(rows) > 100
    for row in rows:
        said = row["snapshot"]
        assert headers["x-snapshot"] == "hash={hash}, valid={valid}, known={known}".format(**said)
        assert {"licence", "source", "synthetic"} <= set(row)


async def test_who_holds_the_file_gets_304_until_the_selection_or_the_day_is_another(both):
    path = f"/export/units.csv?validOn={DAY}"
    _, headers, _ = await download(both.port, path)
    again = await get(both.port, path, if_none_match=headers["etag"])
    assert (again.status, again.body) == (304, b"")
    for other in (
        "/export/units.csv?validOn=2024-06-02",
        f"{path}&where=synthetic=true",
        "/export/units.jsonl",
    ):
        status, _, body = await download(both.port, other, if_none_match=headers["etag"])
        assert (status, bool(body)) == (200, True)
    assert headers["cache-control"] == "public, max-age=0, must-revalidate"


async def test_the_order_of_what_is_asked_makes_no_other_file(both):
    one, two = "where=kind=EXAM", "where=synthetic=true"
    tags = [
        (await download(both.port, f"/export/outcomes.csv?{first}&{second}"))[1]["etag"]
        for first, second in ((one, two), (two, one))
    ]
    assert tags[0] == tags[1]


@pytest.mark.parametrize("path", DOCUMENTED)
async def test_a_documented_export_has_something_in_it(both, path):
    status, _, body = await download(both.port, quote(path, safe="/?&=:"))
    assert status == 200
    assert len(body.splitlines()) >= 1
    assert b"demo" in body


def test_the_page_shows_exports_over_http():
    assert len(DOCUMENTED) == 3


async def test_head_tells_the_head_and_reads_nothing(both):
    path = "/export/outcomes.csv"
    _, headers, _ = await download(both.port, path)
    head = await send(both.port, request(method="HEAD", path=path))
    assert (head.status, head.body) == (200, b"")
    assert head.headers["etag"] == headers["etag"]
    assert head.headers["content-disposition"] == headers["content-disposition"]


WRONG = {
    "/export/outcome.csv": (404, "EXPORT_UNKNOWN"),
    "/export/outcomes": (404, "EXPORT_UNKNOWN"),
    "/export/outcomes.xls": (404, "EXPORT_UNKNOWN"),
    "/export/": (404, "NOT_FOUND"),
    "/export/outcomes.csv/more": (404, "NOT_FOUND"),
    "/export/outcomes.csv?which=all": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?%3Cb%3E=1": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where=issuer": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where==x": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where=isuer=alliance:-:CSIA": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where=title=C": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where=kind=EXAMS": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where=validFrom=2024": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where=synthetic=perhaps": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where=credit.amount=many": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where=kind.of=COURSE": (400, "BAD_EXPORT"),
    "/export/rules.csv?where=alternatives.clauses.kind=COURSE": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?where=issuer=nobody": (404, "EXPORT_SELECTS_NOTHING"),
    "/export/outcomes.csv?key=aptech-cert:2016:NONE": (404, "EXPORT_SELECTS_NOTHING"),
    "/export/outcomes.csv?key=JAVA": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?key=": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?validOn=yesterday": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?validOn=2024-06-01&validOn=2024-06-02": (400, "BAD_EXPORT"),
    "/export/outcomes.csv?knownAt=2024-06-01T00:00:00": (400, "MOMENT_WITHOUT_ZONE"),
    "/export/outcomes.csv?validOn=9999-12-31": (400, "DAY_TOO_LATE"),
    "/export/outcomes.csv?" + "&".join(["key=a:b:c"] * 201): (400, "EXPORT_TOO_LARGE"),
    "/export/outcomes.csv?" + "&".join(["where=a=b"] * 21): (400, "EXPORT_TOO_LARGE"),
}


@pytest.mark.parametrize("path", WRONG)
async def test_what_cannot_be_exported_is_refused_by_a_code(both, path):
    reply = await get(both.port, path)
    assert (reply.status, reply.code) == WRONG[path]
    assert b"<b>" not in reply.body


SAYS = {
    "/export/exams.csv": ("outcomes", "jsonl"),
    "/export/outcomes.csv?where=kind=EXAMS": ("where=kind=EXAMS", "EXAM", "CERTIFICATE"),
    "/export/outcomes.csv?where=isuer=x": ("where=isuer=x", "issuer"),
    "/export/outcomes.csv?where=title=C": ("where=title=C", "title.en, title.zh"),
    "/export/outcomes.csv?where=validFrom=2024": ("where=validFrom=2024", "2026-01-31"),
    "/export/outcomes.csv?validOn=2024-13-01": ("validOn=2024-13-01", "2026-01-31"),
    "/export/outcomes.csv?which=all": ("which=all", "validOn"),
    "/export/outcomes.csv?key=aptech-cert:2016:NONE": ("key=aptech-cert:2016:NONE",),
}


@pytest.mark.parametrize("path", SAYS)
async def test_a_refused_export_says_what_was_given_and_what_is_allowed(both, path):
    error = json.loads((await get(both.port, path)).body)["errors"][0]
    for words in SAYS[path]:
        assert words in error["message"]
        assert words in error["extensions"]["zh"]


async def test_nothing_is_written_by_way_of_an_export(both):
    reply = await send(both.port, request(b"{}", path="/export/outcomes.csv"))
    assert (reply.status, reply.code) == (405, "METHOD_NOT_ALLOWED")
    assert reply.headers["allow"] == "GET, HEAD"


async def until_free(port: int) -> None:
    """Wait until an export finds a place again."""
    async with asyncio.timeout(20):
        status = 0
        while status != 200:
            status, _, _ = await download(port, "/export/schemes.csv")
            await asyncio.sleep(0.05)


class TestWithinBounds:
    """A hub in this process, whose bounds are narrow."""

    @pytest.fixture
    async def narrow(self, shared_store):
        await load_demo(shared_store)

        def app(**bounds):
            exporting = Exporting(**bounds)
            parts = compose(Config(), shared_store)
            made = routes(Knowledge(shared_store), parts.schema, exporting, Freshness())
            return create_app(replace(parts, routes=made, bounds=Bounds(exporting=exporting)))

        return app

    async def test_a_concept_of_more_things_than_may_be_read_is_refused(self, narrow):
        async with served(narrow(versions=50)) as port:
            reply = await get(port, "/export/outcomes.csv")
            assert (reply.status, reply.code) == (400, "EXPORT_TOO_LARGE")
            status, _, body = await download(port, "/export/schemes.csv")
            assert (status, bool(body)) == (200, True)

    async def test_what_takes_too_long_is_refused_and_frees_its_place(self, narrow):
        async with served(narrow(seconds=0.001, at_once=1)) as port:
            for _ in range(3):
                reply = await get(port, "/export/outcomes.csv")
                assert (reply.status, reply.code) == (503, "DEADLINE_EXCEEDED")

    async def test_more_at_once_than_there_are_places_for_are_told_to_come_again(self, narrow):
        async with served(narrow(at_once=0)) as port:
            reply = await get(port, "/export/outcomes.csv")
            assert (reply.status, reply.code) == (503, "OVERLOADED")
            assert int(reply.headers["retry-after"]) >= 1

    async def test_who_does_not_read_is_cut_off_and_frees_the_place(self, narrow):
        async with served(narrow(at_once=1, unread=0.2)) as port:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            writer.transport.pause_reading()
            writer.write(request(method="GET", path="/export/rules.jsonl"))
            await until_free(port)
            writer.close()

    async def test_who_leaves_frees_the_place(self, narrow):
        async with served(narrow(at_once=1)) as port:
            for _ in range(3):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(request(method="GET", path="/export/rules.graphml"))
                await asyncio.sleep(0.05)
                writer.close()
            await until_free(port)
