"""`/graphiql`: a strict policy, the tour's stops, and a word in both languages where it is not built."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.app import Parts, create_app
from hub.console.pages import routes
from hub.demo.tour import Stop
from tests.hub.wire import get, served
from tests.schema.small import schema

TOUR = (Stop("a", "一个单元", "one unit", "{\n  unit {code}\n}\n"),)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<!doctype html><script src=/graphiql/console.js></script>")
    (tmp_path / "console.js").write_text("console.log(1)\n" * 1_000)
    (tmp_path / "notes.md").write_text("not for anybody")
    return tmp_path


def app(folder: Path):
    return create_app(Parts(schema=schema, routes=routes(TOUR, folder)))


async def test_the_page_may_run_its_own_scripts_only_and_talk_to_the_hub_only(built: Path):
    async with served(app(built)) as port:
        page = await get(port, "/graphiql")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert page.status == 200
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["worker-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe-eval" not in page.headers["content-security-policy"]


async def test_files_are_packed_and_not_sent_twice(built: Path):
    async with served(app(built)) as port:
        script = await get(port, "/graphiql/console.js", accept_encoding="gzip")
        assert script.headers["content-type"].startswith("text/javascript")
        assert len(script.body) < 1_000
        again = await get(port, "/graphiql/console.js", if_none_match=script.headers["etag"])
        assert again.status == 304


async def test_the_tour_is_the_consoles_examples(built: Path):
    async with served(app(built)) as port:
        (tab,) = (await get(port, "/graphiql/examples.json")).json
    assert tab == {"query": "# 一个单元\n# one unit\n{\n  unit {code}\n}\n"}


@pytest.mark.parametrize("name", ["notes.md", "none.js", "..%2fpages.py", "%2e%2e/pages.py"])
async def test_nothing_else_is_served(built: Path, name: str):
    async with served(app(built)) as port:
        assert (await get(port, f"/graphiql/{name}")).status == 404


async def test_where_it_was_not_built_the_page_says_how_in_both_languages(tmp_path: Path):
    async with served(app(tmp_path / "none")) as port:
        page = await get(port, "/graphiql")
        assert (await get(port, "/graphql?query=%7B__typename%7D")).status == 200
    assert page.status == 503
    text = page.body.decode()
    assert text.count("make console") == 2
    assert "尚未构建" in text
    assert "were not built" in text
