"""A PostgreSQL of the tests' own: made in a temporary folder, on a free port of loopback, with a password."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from hub.demo.sources.postgres import programs

OWNER, PASSWORD = "owner", "hush-owner"
HUB, HUB_PASSWORD = "hub", "hush-hush"


def _run(*command: str, **options) -> subprocess.CompletedProcess[str]:
    """Run as a plain user: PostgreSQL refuses to be root."""
    plainly = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    made = subprocess.run(
        [*plainly, *command], capture_output=True, text=True, timeout=60, cwd="/", check=False, **options
    )
    assert made.returncode == 0, made.stderr
    return made


@contextmanager
def cluster() -> Iterator[int]:
    """Run a cluster and give its port; it is stopped and removed afterwards."""
    tools = programs()
    if tools is None:
        pytest.skip("PostgreSQL is not installed: make ci-deps")
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder, port = Path(name), _free()
        folder.chmod(0o777)
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        data = str(folder / "data")
        _run(
            str(tools / "initdb"),
            "-D",
            data,
            "-U",
            OWNER,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
            f"--pwfile={folder / 'password'}",
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {name} -c max_connections=40"
        _run(
            str(tools / "pg_ctl"),
            "-D",
            data,
            "-w",
            "-o",
            options,
            "-l",
            str(folder / "log"),
            "start",
        )
        try:
            yield port
        finally:
            _run(str(tools / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
            _run("rm", "-rf", data, str(folder / "log"))


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def owner(port: int) -> psycopg.Connection:
    """Connect as the cluster's owner."""
    return psycopg.connect(
        host="127.0.0.1", port=port, user=OWNER, password=PASSWORD, dbname="postgres", autocommit=True
    )


def backends(port: int, lasting: float = 0.0) -> list[int]:
    """Name the processes in which the hub's statements run just now; those that ran for some seconds."""
    with owner(port) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = %s AND state = 'active' "
            "AND clock_timestamp() - query_start >= make_interval(secs => %s)",
            [HUB, lasting],
        ).fetchall()
    return [int(pid) for (pid,) in found]


def statements(port: int) -> int:
    """Count the hub's statements that run just now."""
    return len(backends(port))


def wait_for(fact, seconds: float = 5.0) -> bool:
    """Look until it is so; tell whether it came to that."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if fact():
            return True
        time.sleep(0.02)
    return False
