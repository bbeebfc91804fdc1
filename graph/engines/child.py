"""The embedded engine's own process: run by path, never imported by the hub. Orders come on stdin.

It ends when its parent does: by the kernel's parent-death signal on Linux, and everywhere because
stdin, the watched pipe, then reads as closed. The first line on stdin is the order that starts it
(the password travels there, so no command line, environment or log ever shows it); every later
line is one SQL statement for schema the engine's Cypher cannot express.
"""

import ctypes
import json
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

BOLT = re.compile(rb"BOLT connections on \S+:(\d+)")
LOG_LIMIT = 16 * 1024 * 1024
GRACE = 5.0
PR_SET_PDEATHSIG = 1


def follow(parent: int) -> None:
    """Have the kernel kill this process with its parent; other systems rely on the pipe alone."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def hold(folder: Path) -> IO[str] | None:
    """The folder's lock, held by this process for life; None when another hub's engine holds it."""
    lock = (folder / "hub.lock").open("a")
    try:
        grab(lock.fileno())
    except OSError:
        return None
    return lock


def grab(lock: int) -> None:
    """Lock one byte without waiting."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def mouth() -> IO[str]:
    """A private copy of stdout: the engine's own printing must never mix with our answers."""
    return os.fdopen(os.dup(1), "w", encoding="utf-8")


def divert(log: Path) -> None:
    """Send everything the engine prints to a log file that cannot grow without bound."""
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
    threading.Thread(target=trim, args=(target,), daemon=True).start()


def trim(target: int) -> None:
    """Empty the log whenever it passes its limit."""
    while True:
        time.sleep(60)
        if os.fstat(target).st_size > LOG_LIMIT:
            os.ftruncate(target, 0)


def start(folder: Path, password: str, database: str) -> tuple[Any, Any]:
    """The server on loopback ports of the system's choosing, and its one database."""
    import arcadedb

    # The engine keeps the first password it was ever given; ours is new at every start.
    (folder / "config" / "server-users.jsonl").unlink(missing_ok=True)
    listen = {"host": "127.0.0.1", "bolt_port": 0, "http_port": 0}
    plugins = {"server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin", "mode": "production"}
    server = arcadedb.create_server(str(folder), password, {**listen, **plugins})
    server.start()
    return server, server.create_database(database)


def port(log: Path) -> int:
    """The Bolt port, which the engine tells only in its log."""
    found = BOLT.search(log.read_bytes())
    if not found:
        raise RuntimeError("the engine did not say on which port it listens")
    return int(found[1])


def obey(database: Any, order: str) -> dict[str, object]:
    """Run one schema statement."""
    try:
        database.command("sql", json.loads(order)["sql"])
    except Exception as error:  # noqa: BLE001 - every failure is the hub's to hear
        return {"failed": str(error)}
    return {"done": True}


def stop(server: Any) -> None:
    """Close the database; a server that will not stop is left to crash recovery."""
    impatience = threading.Timer(GRACE, os._exit, (1,))
    impatience.daemon = True
    impatience.start()
    server.stop()
    os._exit(0)


def serve(order: dict[str, Any], say: Any) -> None:
    """Hold the folder, start, answer orders until stdin closes."""
    folder = Path(order["folder"])
    lock = hold(folder)
    if lock is None:
        say({"taken": str(folder)})
        return
    divert(folder / "engine.log")
    server, database = start(folder, order["password"], order["database"])
    say({"bolt": port(folder / "engine.log")})
    for line in sys.stdin:
        say(obey(database, line))
    stop(server)


def main() -> None:
    """Read the first order and serve it, telling the hub in one line what went wrong if anything did."""
    order = json.loads(sys.stdin.readline())
    if order["follow"]:
        follow(order["parent"])
    out = mouth()

    def say(answer: dict[str, object]) -> None:
        print(json.dumps(answer), file=out, flush=True)

    try:
        serve(order, say)
    except Exception as error:  # noqa: BLE001 - told to the hub, which logs it
        say({"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)


if __name__ == "__main__":
    main()
