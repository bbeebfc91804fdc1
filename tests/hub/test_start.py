"""The doors that the start page and an unknown path name: each is there."""

from __future__ import annotations

import re
from html import unescape

import pytest

from graph.exchange.share.forms import FORMS
from graph.model.concepts import BY_FILE
from hub.app import create_app
from hub.config import Config
from hub.parts import compose
from schema.codes import CODES
from tests.alliance_in_a_box import load_demo
from tests.hub.test_serving import until_ready
from tests.hub.wire import get, served

DOORS = {"/", "/graphql", "/graphiql", "/export/outcomes.csv", "/ims/case/v1p1/CFDocuments", "/health/ready"}


@pytest.fixture
async def port(shared_store):
    await load_demo(shared_store)
    async with served(create_app(compose(Config(), shared_store))) as port:
        yield port


async def test_every_link_of_the_start_page_leads_somewhere_and_all_exports_are_named(port):
    await until_ready(f"http://127.0.0.1:{port}", 40)
    page = (await get(port, "/")).body.decode()
    links = {unescape(link) for link in re.findall(r'href="([^"]+)"', page)}
    assert DOORS - {"/", "/graphql"} <= links
    for link in links - {"/graphiql"}:  # its files are made at build time
        assert (await get(port, link)).status == 200, link
    for named in (*BY_FILE, *FORMS):
        assert re.search(rf"\b{named}\b", page)


async def test_an_unknown_path_is_told_the_doors_in_both_languages(port):
    reply = await get(port, "/exports/outcomes")
    assert (reply.status, reply.code) == (404, "NOT_FOUND")
    for remedy in (CODES["NOT_FOUND"].remedy_en, CODES["NOT_FOUND"].remedy_zh):
        named = set(re.findall(r"/[a-z0-9/]*(?:[a-zA-Z0-9/]|\.csv)*", remedy))
        assert named >= DOORS
        assert remedy.encode() in reply.body.replace(b"\\/", b"/")
