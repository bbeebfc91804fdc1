"""The hub's settings: a TOML file, and environment variables over it.

Every setting of the file has a variable: ``graph.uri`` is ``ALLIANCE_HUB_GRAPH_URI``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from graph.engines import EngineSettings

PREFIX: Final = "ALLIANCE_HUB_"
OTHERS: Final = frozenset({"ALLIANCE_HUB_CONNECTORS"})
"""Variables that commands read by themselves."""


class ConfigRefused(ValueError):
    """The settings cannot be used; the text says which one, why, and what to do."""


class GraphConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Which graph: a Neo4j by ``uri``, or, without one, the embedded engine in the folder ``data``."""

    uri: str | None = None
    user: str = "neo4j"
    password: str = ""
    database: str | None = None
    data: str = "alliance-data"
    deadline: Annotated[float, Meta(gt=0, le=60)] = 5.0

    def __repr__(self) -> str:
        return f"GraphConfig(uri={self.uri!r}, data={self.data!r})"  # never the password


def engine_settings(config: GraphConfig) -> EngineSettings:
    """Say which engine a configuration names."""
    return EngineSettings(
        uri=config.uri,
        user=config.user,
        password=config.password or None,
        database=config.database or None,
        folder=Path(config.data),
    )


class ServerConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the hub listens. Only addresses of this machine unless told otherwise."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8000


class HttpConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Who may ask over HTTP, how long public answers keep, and which documents have names."""

    origins: str = ""  # of other sites' pages, separated by blanks; * for all
    public_max_age: Annotated[int, Meta(ge=0, le=86_400)] = 0  # seconds
    trusted: str | None = None  # a manifest of trusted documents
    only_trusted: bool = False  # answer no others


class MembersConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The members' sources, who is known to them, and who consented."""

    folder: str = "connectors.d"  # one YAML file per source
    links: str = "links.yaml"  # learners' keys at the sources; unreadable: nobody is asked
    register: str | None = None  # a source that tells the links, instead of the file
    grants: str = "grants.yaml"  # consent; unreadable: nobody is asked
    standings: str = "standings.yaml"  # what `connectors check --note` found
    refresh: Annotated[float, Meta(ge=1, le=86_400)] = 60.0  # seconds between two looks at the folder
    staging: str = "staging"  # members' catalogues as last synchronised, for review
    sync: Annotated[float, Meta(ge=0, le=31_536_000)] = 0.0  # seconds between two synchronisations; 0: none
    demo: bool = False  # answer about learners, on this machine alone; for synthetic data
    four_eyes: bool = True  # nobody confirms a tie of their own


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings; each has a default that works on a fresh machine."""

    graph: GraphConfig = GraphConfig()
    server: ServerConfig = ServerConfig()
    http: HttpConfig = HttpConfig()
    members: MembersConfig = MembersConfig()


SECTIONS: Final[Mapping[str, type[Struct]]] = {
    "graph": GraphConfig,
    "server": ServerConfig,
    "http": HttpConfig,
    "members": MembersConfig,
}


def read_config(file: Path | None, environment: Mapping[str, str]) -> Config:
    """Read the settings; raises `ConfigRefused` naming the setting and the remedy."""
    settings = _read_file(file) if file else {}
    _refuse_unknown(environment)
    for section, struct in SECTIONS.items():
        for field in struct.__struct_fields__:
            variable = f"{PREFIX}{section}_{field}".upper()
            if variable in environment:
                settings.setdefault(section, {})[field] = environment[variable]
    try:
        return msgspec.convert(settings, Config, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigRefused(f"{error}; `alliance-hub serve --help` lists the settings") from error


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """A misspelt variable would else leave a default in force without a word."""
    known = {
        f"{PREFIX}{section}_{field}".upper()
        for section, of in SECTIONS.items()
        for field in of.__struct_fields__
    }
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known | OTHERS:
            near = get_close_matches(name, known | OTHERS, 1)
            meant = f"did you mean {near[0]}?" if near else "`alliance-hub serve --help` lists the settings"
            raise ConfigRefused(f"{name}: there is no such setting; {meant}")


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigRefused(f"{file}: cannot be read ({error.strerror}); give another --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigRefused(f"{file}: not TOML in UTF-8: {error}") from error
