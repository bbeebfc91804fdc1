"""From a source in a process of its own to the graph, on both engines; and with the demo's own source."""

import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from importlib.resources import files
from string import Template

from connectors.registry import Registry
from hub.reviewing.review import review
from tests.alliance_in_a_box import load_demo
from tests.connectors.catalogues.college import college, course, synchronising
from tests.hub.reviewing.desk import desk, told

OURS = {"issuer": "OUC"}


async def test_what_a_college_changes_reaches_the_graph_when_it_is_published(store, tmp_path):
    north = await desk(store, tmp_path)
    with college(tmp_path / "registrar") as registrar:
        folder = registrar.declared(tmp_path / "connectors.d")
        async with synchronising(folder, tmp_path / "staging") as job:
            registrar.teaches(**{"02334": course("快递实务", **OURS), "N1": course("新课", **OURS)})
            first = (await job.run(["north"]))[0]
            assert told(await north.reviewed()) == {"N1": "NEW"}
            assert (await north.publishes()).ok
            registrar.teaches(**{"02334": course("快递业务", 2, **OURS), "N1": course("新课", **OURS)})
            second = (await job.run(["north"]))[0]
            assert told(await north.reviewed()) == {"02334": "CHANGED"}
            assert (await north.publishes()).ok
    assert ((first.full, first.new), (second.full, second.changed)) == ((True, 2), (False, 1))
    assert [one.title.zh for one in await north.versions("02334")] == ["快递业务"]
    assert (await north.reviewed()).unchanged == 2


async def test_the_demos_source_says_what_the_demo_alliance_has_published(store, tmp_path):
    await load_demo(store)
    (tmp_path / "key").write_text("a-key", "ascii")
    command = (sys.executable, "-m", "hub.demo.sources", "ouc", "--folder", str(tmp_path))
    process = await create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        port = (await process.stdout.readline()).decode().strip()
        declared = tmp_path / "connectors.d"
        declared.mkdir()
        template = Template((files("hub.demo.sources") / "declared" / "ouc.yaml").read_text("utf-8"))
        text = template.substitute(URL=f"http://127.0.0.1:{port}", FOLDER=str(tmp_path))
        (declared / "ouc.yaml").write_text(text, "utf-8")
        async with synchronising(declared, tmp_path / "staging") as job:
            (run,) = await job.run(job.offering())
    finally:
        process.stdin.close()
        await process.wait()
    (source,) = Registry(declared).load().sources
    staging = job._staging
    found = await review(store, source, staging.load("ouc"), staging.acts("ouc"))
    assert (run.refused, found.proposals, found.unplaced) == (0, (), ())
    assert found.unchanged == run.new > 20
