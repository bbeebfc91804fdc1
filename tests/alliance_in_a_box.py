"""The demo alliance in a store, and questions put to it through the whole schema."""

from importlib.resources import as_file, files
from weakref import WeakKeyDictionary

from graph.directory import Directory
from graph.exchange.importing import import_bundle
from graph.inventory import Inventory
from graph.publication import Publication
from graph.search.searching import Searching
from graph.store import Store
from schema.context import Context, Deadline
from schema.desk import Desk
from schema.execution import Execution, Question
from schema.loaders import Loaders
from schema.root import make_schema

EXECUTION = Execution(make_schema())
SEARCHINGS = WeakKeyDictionary()  # a hub has one for each store
DESKS: WeakKeyDictionary[Store, Desk] = WeakKeyDictionary()
WIPE = "MATCH (n) WHERE NOT n:Hub DETACH DELETE n"


async def load_demo(store: Store) -> Store:
    """Load the demo alliance into a graph that holds nothing else."""
    await store.write(WIPE, within=60)
    with as_file(files("hub.demo") / "alliance") as folder:
        imported = await import_bundle(store, folder)
    assert imported.ok, imported.report
    return store


async def ask(store: Store, query: str, stride: int = 500, **variables) -> dict:
    """Answer a question as the hub does, errors and all."""
    context = Context(request_id="test", deadline=Deadline.after(20))
    directory = variables.pop("directory", None) or Directory(store, stride=stride)
    inventory = variables.pop("inventory", None) or Inventory(store, directory)
    if store not in DESKS:
        DESKS[store] = Desk(store, inventory)
    desk = DESKS[store]
    publication = variables.pop("publication", None) or Publication(store, lasts=0)
    searching = SEARCHINGS.setdefault(store, Searching(store))
    context.loaders = Loaders(store, publication, directory, inventory, desk, searching)
    return (await EXECUTION.answer(Question(query, None, variables), context)).body


async def data(store: Store, query: str, stride: int = 500, **variables) -> dict:
    """Answer a question that must have an answer."""
    body = await ask(store, query, stride, **variables)
    assert "errors" not in body, body
    return body["data"]


async def code(store: Store, query: str, **variables) -> str:
    """Give the code with which a question is refused."""
    return (await ask(store, query, **variables))["errors"][0]["extensions"]["code"]
