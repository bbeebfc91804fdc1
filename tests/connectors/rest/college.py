"""A college's REST interfaces in several shapes, as a real server: run it, and it prints its port."""

from __future__ import annotations

import asyncio
import hmac
import json
import sys

from aiohttp import BasicAuth, web

LEARNERS = {"s1": 5, "s2": 3, "s3": 0}
TITLE = "阿卜杜拉·买买提与数据结构"
SECRET = "hush-hush"
tokens: list[str] = []
nonces: set[str] = set()
counts: dict[str, int] = {}


def rows(code: str) -> list[dict]:
    return [
        {
            "id": f"{code}-{n}",
            "student": {"no": code},
            "course": {"code": f"C{n}", "name": TITLE},
            "credit": "2.5" if n % 2 else 2.5,
            "score": "85.5",
            "finished": f"2023{n + 1:02}15",
        }
        for n in range(LEARNERS.get(code, 0))
    ]


def told(value, status: int = 200, **headers) -> web.Response:
    body = json.dumps(value, ensure_ascii=False)
    return web.Response(text=body, status=status, content_type="application/json", headers=headers)


async def paged(request: web.Request) -> web.Response:
    if request.headers.get("X-Key") != SECRET:
        return told({"error": SECRET}, 401)
    code, page, size = request.match_info["code"], int(request.query["page"]), int(request.query["size"])
    if code not in LEARNERS:
        return told({}, 404)
    return told({"data": {"items": rows(code)[(page - 1) * size : page * size]}})


async def batch(request: web.Request) -> web.Response:
    if BasicAuth.decode(request.headers["Authorization"]) != BasicAuth("hub", SECRET):
        return told({}, 401)
    counts["batch"] = counts.get("batch", 0) + 1
    found = [row for code in reversed((await request.json())["ids"]) for row in rows(code)]
    return told([*found, *found[:1], {"id": "x", "student": None}, *rows("s2")[:1]])


async def formed(request: web.Request) -> web.Response:
    """What old systems do: a form goes in, one student comes out, with the rows below."""
    form = await request.post()
    counts["formed"] = counts.get("formed", 0) + 1
    if request.content_type != "application/x-www-form-urlencoded" or form["token"] != SECRET:
        return told({"ok": False, "why": f"token {form['token']}"}, 401)
    if request.headers.get("X-Tenant") != SECRET or request.query.get("sig") != SECRET:
        return told({"ok": False, "why": SECRET}, 403)
    mine, page = rows(form["xh"]), int(form["page"] or 0)
    found = [{name: each[name] for name in ("id", "course", "score")} for each in mine[page : page + 2]]
    following = page + 2 if page + 2 < len(mine) else None
    return told({"student": {"no": form["xh"], "year": "20230630"}, "results": found, "next": following})


async def classes(request: web.Request) -> web.Response:
    """Many students at once, each with rows of their own."""
    asked = await request.json()
    if asked["auth"] != {"token": SECRET}:
        return told({}, 401)
    return told({"students": [{"no": code, "results": rows(code)} for code in asked["ids"]]})


async def cursor(request: web.Request) -> web.Response:
    start = int(request.query.get("after", "0"))
    mine = rows(request.query["s"])
    following = str(start + 2) if start + 2 < len(mine) else None
    if request.query.get("loops"):
        following = "0"
    if request.query.get("above"):
        return told({"items": mine[start : start + 2]}, **({"X-Next": following} if following else {}))
    return told({"items": mine[start : start + 2], "next": following})


async def link(request: web.Request) -> web.Response:
    start = int(request.query.get("from", "0"))
    mine = rows(request.query["s"])
    there = request.query.get("lures") or f"{request.path}?s={request.query['s']}&from={start + 2}"
    headers = {"Link": f'<{there}>; rel="next"'} if start + 2 < len(mine) else {}
    return told(mine[start : start + 2], **headers)


async def signed(request: web.Request) -> web.Response:
    params = dict(request.query)
    sign = params.pop("sign", "")
    message = "&".join(f"{name}={value}" for name, value in sorted(params.items()))
    wanted = hmac.new(SECRET.encode(), message.encode(), "sha256").hexdigest()
    if not hmac.compare_digest(sign, wanted) or params["nonce"] in nonces:
        return told({"code": "4010", "message": f"bad signature for {params['s']}"})
    nonces.add(params["nonce"])
    if params["s"] not in LEARNERS:
        return told({"code": "1001", "message": "no such student"})
    return told({"code": "0", "data": rows(params["s"])})


async def token(request: web.Request) -> web.Response:
    counts["token"] = counts.get("token", 0) + 1
    form = await request.post()
    if BasicAuth.decode(request.headers["Authorization"]) != BasicAuth("hub", SECRET):
        return told({"error": "invalid_client"}, 401)
    await asyncio.sleep(0.05)
    assert form["grant_type"] == "client_credentials"
    tokens.append(f"token-{len(tokens)}")
    return told({"access_token": tokens[-1], "expires_in": 3600})


async def guarded(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") != f"Bearer {tokens[-1]}" or request.query.get("never"):
        return told({}, 401)
    return told(rows(request.query["s"]))


async def revoke(request: web.Request) -> web.Response:
    tokens.append("revoked")
    return told({})


async def xml(request: web.Request) -> web.Response:
    items = "".join(
        f'<r:result id="{row["id"]}"><r:student>{request.query["s"]}</r:student>'
        f'<r:course code="{row["course"]["code"]}">{TITLE}</r:course>'
        "<r:credit>2.5</r:credit><r:on>2023年9月</r:on></r:result>"
        for row in rows(request.query["s"])
    )
    body = f'<?xml version="1.0" encoding="GB18030"?><r:results xmlns:r="urn:r">{items}</r:results>'
    if request.query.get("bomb"):
        body = f'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>{body}'
    return web.Response(body=body.encode("gb18030"), content_type="text/xml", charset="iso-8859-1")


async def catalogue(request: web.Request) -> web.Response:
    since = request.query.get("since")
    items = [{"code": "C1", "name": TITLE, "credit": 3}, {"code": "C2", "name": "旧课", "gone": True}]
    return told({"items": items[1:] if since else items, "cursor": "k2"})


async def certificate(request: web.Request) -> web.Response:
    found = {"number": "Z-1", "holder": "阿卜杜拉•买买提", "on": "2020-06", "until": "2021-06-30"}
    return told([found] if request.query["number"] == "Z-1" else [])


async def open_courses(request: web.Request) -> web.Response:
    found = {
        "id": "o1",
        "course": {"code": "C9", "name": TITLE},
        "term": "2025-2026-2",
        "free": "12",
        "needs": ["C1"],
    }
    return told([found, found | {"id": "o2", "term": "2025-2026-1", "needs": None}])


async def counted(request: web.Request) -> web.Response:
    return told(counts)


async def main() -> None:
    app = web.Application()
    app.add_routes(
        [
            web.get("/students/{code}/results", paged),
            web.post("/batch", batch),
            web.post("/query", formed),
            web.post("/classes", classes),
            web.get("/cursor", cursor),
            web.get("/link", link),
            web.get("/signed", signed),
            web.post("/token", token),
            web.get("/guarded", guarded),
            web.get("/revoke", revoke),
            web.get("/xml", xml),
            web.get("/catalogue", catalogue),
            web.get("/certificates", certificate),
            web.get("/open", open_courses),
            web.get("/counts", counted),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
