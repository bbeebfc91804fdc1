"""A school's OneRoster 1.2 server with synthetic pupils, as a real server: run it, and it prints its port."""

from __future__ import annotations

import asyncio
import json
import re
import sys

from aiohttp import BasicAuth, web

SECRET = "hush-hush"
CHANGED = "2026-02-01T00:00:00Z"


def thing(name, **fields):
    return {"sourcedId": name, "status": "active", "dateLastModified": CHANGED} | fields


def ref(name, kind):
    return {"href": f"https://school.example/{kind}/{name}", "sourcedId": name, "type": kind}


def result(name, student, item, score, **fields):
    return (
        thing(
            name,
            student=ref(student, "user"),
            lineItem=ref(item, "lineItem"),
            score=score,
            scoreStatus="fully graded",
            scoreDate="2023-06-30",
        )
        | fields
    )


SCHOOL = {
    "academicSessions": [
        thing(
            "t1",
            title="2022-2023-2",
            type="term",
            startDate="2023-02-20",
            endDate="2023-07-07",
            schoolYear="2023",
        )
    ],
    "courses": [
        thing("co1", title="数据结构", courseCode="C1", metadata={"credits": "2.5"}),
        thing("co2", title="维吾尔语", courseCode="C2", metadata={"credits": "2"}),
        thing(
            "co3",
            title="旧课",
            courseCode="C3",
            status="tobedeleted",
            dateLastModified="2026-02-20T00:00:00Z",
        ),
    ],
    "classes": [
        thing(f"cl{n}", title="班", course=ref(f"co{n}", "course"), terms=[ref("t1", "academicSession")])
        for n in (1, 2)
    ],
    "lineItems": [
        *(
            thing(
                f"li{n}",
                title="期末",
                category=ref("final", "category"),
                resultValueMax=100,
                **{"class": ref(f"cl{n}", "class")},
            )
            for n in (1, 2)
        ),
        thing(
            "quiz",
            title="小测",
            category=ref("quiz", "category"),
            resultValueMax=10,
            **{"class": ref("cl1", "class")},
        ),
        thing(
            "ten",
            title="十分制",
            category=ref("final", "category"),
            resultValueMax=10,
            **{"class": ref("cl1", "class")},
        ),
    ],
    "results": [
        result("r1", "ana-guid", "li1", 40, scoreDate="2023-01-15"),
        result("r2", "ana-guid", "li1", 85.5),
        result("r3", "ana-guid", "quiz", 9),
        result("r4", "bao-guid", "li1", 59),
        result("r5", "bao-guid", "li2", None, textScore="优"),
        result("r6", "ten-guid", "ten", 9),
        result("r7", "cen-guid", "li1", 70, status="tobedeleted"),
        result("r8", "cen-guid", "li2", None, scoreStatus="exempt"),
        result("r9", "dai-guid", "li1", 60, inProgress="true"),
        result("r10", "eve-guid", "gone", 60),
    ],
    "enrollments": [
        thing("e1", role="student", user=ref("ana-guid", "user"), **{"class": ref("cl1", "class")}),
        thing("e2", role="student", user=ref("ana-guid", "user"), **{"class": ref("cl2", "class")}),
        thing("e3", role="teacher", user=ref("tea-guid", "user"), **{"class": ref("cl2", "class")}),
    ],
}
SINGLE = {
    "lineItems": "lineItem",
    "classes": "class",
    "courses": "course",
    "academicSessions": "academicSession",
}
FILTER = re.compile(r"([\w.]+)(=|>=)'([^']*)'")
tokens = ["first"]
counts: dict[str, int] = {}


def found(kind: str, wanted: str) -> list[dict]:
    rows = SCHOOL[kind]
    if not wanted:
        return rows
    field, sign, value = FILTER.fullmatch(wanted).groups()

    def told(row):
        for step in field.split("."):
            row = row[step]
        return row

    return [row for row in rows if (told(row) == value if sign == "=" else told(row) >= value)]


def answer(value, status=200, **headers):
    return web.Response(
        text=json.dumps(value), status=status, content_type="application/json", headers=headers
    )


async def many(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") != f"Bearer {tokens[-1]}":
        return answer({"imsx_codeMajor": "failure"}, 401)
    kind, how = request.match_info["kind"], request.match_info["how"]
    counts[kind] = counts.get(kind, 0) + 1
    rows = found(kind, request.query.get("filter", ""))
    limit, offset = (
        min(int(request.query["limit"]), 1 if how != "bare" else 10**4),
        int(request.query["offset"]),
    )
    headers = {}
    if how == "link" and offset + limit < len(rows):
        url = request.url.update_query(offset=offset + limit)
        headers["Link"] = f'<{url}>; rel="next", <{request.url}>; rel="first"'
    if how == "loop":
        headers["Link"] = f'<{request.url}>; rel="next"'
    if how == "lure":
        headers["Link"] = '<http://169.254.169.254/latest>; rel="next"'
    if how == "count":
        headers["X-Total-Count"] = str(len(rows))
    return answer({kind: rows[offset : offset + limit]}, **headers)


async def one(request: web.Request) -> web.Response:
    kind, name = request.match_info["kind"], request.match_info["name"]
    counts[kind] = counts.get(kind, 0) + 1
    rows = [row for row in SCHOOL[kind] if row["sourcedId"] == name]
    return answer({SINGLE[kind]: rows[0]}) if rows else answer({"imsx_codeMajor": "failure"}, 404)


async def token(request: web.Request) -> web.Response:
    form = await request.post()
    if BasicAuth.decode(request.headers["Authorization"]) != BasicAuth("hub", SECRET) or not form.get(
        "scope"
    ):
        return answer({"error": "invalid_client"}, 401)
    tokens.append(f"token-{len(tokens)}")
    return answer({"access_token": tokens[-1], "expires_in": 3600})


async def counted(_: web.Request) -> web.Response:
    return answer(counts)


async def main() -> None:
    app = web.Application()
    place = "/{how}/ims/oneroster/{service}/v1p2/{kind}"
    app.add_routes(
        [
            web.post("/token", token),
            web.get("/counts", counted),
            web.get(place, many),
            web.get(place + "/{name}", one),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
