"""A real Neo4j Community server for the tests, out of Maven's ordinary artifacts.

`python tests/neo4j_server.py` fetches it into `.cache/neo4j`; the test fixtures start and stop it.
"""

import contextlib
import ctypes
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# An exact version: a range makes Maven read every version's POM, which takes minutes.
VERSION = "5.26.30"
CACHE = Path(__file__).parent.parent / ".cache" / "neo4j" / VERSION
ENTRY = "org.neo4j.server.CommunityEntryPoint"
JAVA = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.disable.jmx=true")
START = 60.0

# org.neo4j:neo4j carries the entry point; org.neo4j.app:neo4j-server alone, which it brings along, does not.
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>alliance.hub</groupId><artifactId>neo4j-for-tests</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version></dependency>
  </dependencies>
</project>
"""

CONF = """server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
server.memory.heap.max_size=512m
server.memory.pagecache.size=64m
db.tx_log.preallocate=false
db.tx_log.rotation.retention_policy=keep_none
"""


def missing() -> str | None:
    """Why no server can be had here, or None."""
    if not shutil.which("java"):
        return "no NEO4J_URI is given and there is no java to run Neo4j with"
    if not fetched() and not shutil.which("mvn"):
        return "no NEO4J_URI is given and there is no mvn to fetch Neo4j with"
    return None


def fetched() -> bool:
    """Whether the cache holds the whole server."""
    return (CACHE / "complete").exists()


def fetch() -> Path:
    """The folder of jars, fetched once."""
    library = CACHE / "lib"
    if not fetched():
        CACHE.mkdir(parents=True, exist_ok=True)
        (CACHE / "pom.xml").write_text(POM)
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={library}", "-DincludeScope=runtime"]
        subprocess.run(["mvn", "-q", "-B", *goal], cwd=CACHE, check=True, timeout=900)
        (CACHE / "complete").touch()
    return library


class Neo4jServer:
    """One server on a loopback port of its own; it may be stopped and started again on the same data."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="alliance-neo4j-"))
        self.port = free_port()
        self.uri = f"bolt://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        (self.home / "conf").mkdir()
        (self.home / "conf" / "neo4j.conf").write_text(CONF.format(port=self.port))

    def start(self) -> None:
        """Start, and wait until the Bolt port is open."""
        places = (f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}")
        command = ["java", *JAVA, "-cp", f"{fetch()}/*", ENTRY, *places]
        with (self.home / "out.log").open("ab") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, preexec_fn=die_with_parent
            )
        until = time.monotonic() + START
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Neo4j did not start:\n{(self.home / 'out.log').read_text()[-4000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, keeping the data; asking politely takes it up to ten seconds."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """End it and forget the data."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def die_with_parent() -> None:
    """A killed test run leaves no server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
        return True
    return False


if __name__ == "__main__":
    sys.stdout.write(f"Neo4j Community {VERSION} is in {fetch()}\n")
