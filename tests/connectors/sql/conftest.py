"""One cluster and one file for all tests of the kind."""

from __future__ import annotations

import pytest

from tests.connectors.sql.cluster import cluster
from tests.connectors.sql.register import postgres, sqlite


@pytest.fixture(scope="session")
def port():
    with cluster() as port:
        yield port


@pytest.fixture(scope="session")
def postgres_url(port):
    return postgres(port)


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory):
    return sqlite(tmp_path_factory.mktemp("register") / "register.db")


@pytest.fixture(params=["postgresql", "sqlite"])
def url(request):
    return request.getfixturevalue("postgres_url" if request.param == "postgresql" else "sqlite_url")
