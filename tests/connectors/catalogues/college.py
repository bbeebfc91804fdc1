"""A college for tests of synchronisation: its registrar's folder, its declaration, and a job for it."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import yaml

from connectors.catalogues.job import Synchroniser
from connectors.catalogues.staging import Staging
from connectors.registry import Registry
from connectors.roster import Roster
from tests.connectors.processes import running

REGISTRAR = Path(__file__).with_name("registrar.py")
ISSUER = "alliance:-:OUC"


def course(name: str, credit: int = 3, **more) -> dict:
    return {"name": name, "credit": credit} | more


class College:
    """A running registrar."""

    def __init__(self, folder: Path, port: str) -> None:
        self.folder = folder
        self.port = port

    def teaches(self, **courses: dict) -> None:
        """Publish another catalogue; the earlier ones stay known by their cursors."""
        file = self.folder / "catalogues.json"
        before = json.loads(file.read_text("utf-8")) if file.exists() else []
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps([*before, courses], ensure_ascii=False), "utf-8")
        fresh.replace(file)

    def falls_ill(self, fault: str) -> None:
        (self.folder / "fault").write_text(fault)

    @property
    def asked(self) -> int:
        """How many pages were asked for."""
        file = self.folder / "asked"
        return len(file.read_text().split()) if file.exists() else 0

    def declared(self, folder: Path, **more) -> Path:
        """Write its declaration into a new folder."""
        folder.mkdir(exist_ok=True)
        said = {
            "source": "north",
            "member": "college-north",
            "connector": "rest",
            "issuers": [ISSUER],
            "synthetic": True,
            "traffic": {"private": ["127.0.0.0/8"], "tries": 1},
            "settings": {"url": f"http://127.0.0.1:{self.port}", "catalogue": CATALOGUE},
        }
        (folder / "north.yaml").write_text(yaml.safe_dump(said | more, allow_unicode=True), "utf-8")
        return folder


CATALOGUE = {
    "path": "/catalogue",
    "params": {"since": "{since}"},
    "paging": {"kind": "page", "param": "page", "size_param": "size", "size": 50},
    "rows": "items",
    "outcome": {"scheme": "ouc-course", "edition": "2020", "code": "code"},
    "issuer": {"scheme": "alliance", "code": "issuer"},
    "title": "name",
    "item_kind": "kind",
    "credit": {"scheme": "ouc", "amount": "credit"},
    "removed": "gone",
    "cursor": "cursor",
}


@contextmanager
def college(folder: Path) -> Iterator[College]:
    """Run a registrar."""
    folder.mkdir()
    with running(REGISTRAR, str(folder)) as port:
        yield College(folder, port)


@asynccontextmanager
async def synchronising(declared: Path, staging: Path) -> AsyncIterator[Synchroniser]:
    async with Roster(Registry(declared)) as roster:
        yield Synchroniser(roster, Staging(staging))
