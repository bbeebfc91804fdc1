"""The start page: what can be asked, as links that answer in any browser. No script."""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graph.exchange.share.forms import FORMS
from graph.model.concepts import BY_FILE
from hub.demo.tour import Stop, stops

POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
STYLE: Final = """\
:root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, 'Noto Sans CJK SC', sans-serif }
body { max-width: 48rem; margin: 3rem auto; padding: 0 1.2rem }
h1 { margin-bottom: 0 } h1 + p { margin-top: 0; opacity: .75 }
li { margin: 1rem 0 } a { color: #1769aa; font-weight: 600 } small { display: block; opacity: .75 }
pre { overflow: auto; padding: .8rem 1rem; border: 1px solid #8884; border-radius: .5rem; font-size: .85rem }
@media (prefers-color-scheme: dark) { a { color: #7fc1ff } }
"""


def page(tour: tuple[Stop, ...]) -> str:
    """Write the page."""
    items = "".join(_item(stop) for stop in tour)
    return f"""<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Alliance Hub 学分银行互认联盟</title><link rel="stylesheet" href="/start.css"></head><body>
<h1>Alliance Hub</h1><p>学分银行学习成果互认联盟 · what counts for what, where, why, and when</p>
<p>GraphQL: <code>/graphql</code> · <a href="/graphiql">GraphiQL</a> ·
<a href="/health/ready">/health/ready</a></p>
<ol>{items}</ol>
<h2>导出与其他入口 · Exports and other doors</h2>
<p><code>/export/CONCEPT.FORM</code> · <a href="/export/outcomes.csv">/export/outcomes.csv</a><small>CONCEPT:
{_concepts()}<br>FORM: {", ".join(FORMS)}</small></p>
<p><code>/ims/case/v1p1</code> · <a href="/ims/case/v1p1/CFDocuments">CFDocuments</a>
<small>CASE 1.1 · 学习成果框架</small></p></body></html>
"""


def _concepts() -> str:
    return ", ".join(
        f"{escape(file)} {escape(concept.title.zh)}" for file, concept in sorted(BY_FILE.items())
    )


def _item(stop: Stop) -> str:
    link = "/graphql?" + urlencode({"query": stop.query})
    return (
        f'<li><a href="{escape(link)}">{escape(stop.zh)}</a><small>{escape(stop.en)}</small>'
        f"<details><summary>GraphQL</summary><pre>{escape(stop.query)}</pre></details></li>"
    )


def routes() -> list[Route]:
    """Give the routes of the page and of its style sheet."""
    html, headers = page(stops()), {"Content-Security-Policy": POLICY}

    async def start(_request: Request) -> Response:
        return Response(html, media_type="text/html", headers=headers)

    async def style(_request: Request) -> Response:
        return Response(STYLE, media_type="text/css", headers=headers)

    return [Route("/", start), Route("/start.css", style)]
