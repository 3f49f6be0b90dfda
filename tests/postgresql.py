"""A PostgreSQL server for one test run, on a loopback port, as a user that is not root."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.base.db import Base, Database
from app.base.ids import new_id

_PLACES = ("/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin")
_SPEED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@dataclass
class Server:
    """A running server; stopped at the end of the run."""

    process: subprocess.Popen[bytes]
    port: int
    root: Path
    kept: bool = False

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://hoichan@127.0.0.1:{self.port}/{name}"

    def fresh_database(self) -> Iterator[Database]:
        """Copied from a template that has all tables, dropped afterwards."""
        name = f"t_{new_id()}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE hoichan_template')
        database = Database(self.url(name), pool_size=5)
        yield database
        database.dispose()
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def new_database(self) -> str:
        """The name of one without tables."""
        name = f"b_{new_id()}"
        self._run(f'CREATE DATABASE "{name}"')
        return name

    def make_template(self) -> None:
        self._run("CREATE DATABASE hoichan_template")
        database = Database(self.url("hoichan_template"))
        Base.metadata.create_all(database.engine)
        database.dispose()

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._plain("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _plain(self, name: str) -> str:
        return f"postgresql://hoichan@127.0.0.1:{self.port}/{name}"

    def wait(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            try:
                self._run("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        if not self.kept:
            shutil.rmtree(self.root, ignore_errors=True)


def start_server(folder: Path, kept: Path | None = None) -> Server | None:
    """Starts a server that logs to `folder`; None when PostgreSQL is not installed. With `kept` its databases lie
    there and are there again the next time.
    """
    place = next((path for path in _PLACES if Path(path, "initdb").exists()), None)
    if place is None:
        return None
    if kept is None:
        made = subprocess.run(["mktemp", "-d"], capture_output=True, check=True, text=True)
        root = Path(made.stdout.strip())
    else:
        root = kept
        root.mkdir(parents=True, exist_ok=True)
    as_user: list[str] = []
    if os.getuid() == 0:
        shutil.chown(root, "nobody")
        as_user = ["runuser", "-u", "nobody", "--"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    data = root / "data"
    log = (folder / "log").open("wb")
    make = [
        f"{place}/initdb",
        "-D",
        str(data),
        "-U",
        "hoichan",
        "--auth=trust",
        "-E",
        "UTF8",
        "--no-locale",
        "-N",
    ]
    new = not data.exists()
    if new:
        subprocess.run([*as_user, *make], check=True, stdout=log, stderr=log, cwd="/")
    run = [f"{place}/postgres", "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    run += ["-c", f"unix_socket_directories={root}", "-c", "max_connections=300", *_SPEED.split()]
    process = subprocess.Popen([*as_user, *run], stdout=log, stderr=log, cwd="/")
    log.close()
    server = Server(process, port, root, kept is not None)
    server.wait()
    if new:
        server.make_template()
    return server
