"""Fixtures for every test: real databases, real files, no network but this machine."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.base.blobs import Blobs
from app.base.db import Base, Database
from app.base.events import LiveEvents
from app.base.settings import Settings
from app.edge.services import Services
from app.migrations import models
from tests import compiled_once
from tests.cast import Cast, make_cast
from tests.postgresql import Server, start_server

assert models.metadata is Base.metadata  # importing it made every table known

POSTGRESQL = "postgresql"
CORPUS = Path(__file__).parent.parent.parent / "shared" / "data" / "dicom"


@pytest.fixture(autouse=True)
def _no_foreign_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that would leave this machine is a defect of the test or of the product."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {
            "127.0.0.1",
            "::1",
            "localhost",
        }:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        compiled_once.share_statements(patch)
        compiled_once.share_addresses(patch)
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One PostgreSQL for the whole run, where its programs are installed."""
    server = start_server(tmp_path_factory.mktemp("postgresql"))
    if server is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is missing: install Debian's package postgresql-15")
        pytest.skip("PostgreSQL is not installed: its tests are not run")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tables, made once and copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    database.dispose()  # the last connection folds the log into the file
    return path


@pytest.fixture(params=["sqlite", pytest.param(POSTGRESQL, marks=pytest.mark.postgresql)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with all tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield from _sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
    else:
        server: Server = request.getfixturevalue("postgresql_server")
        yield from server.fresh_database()


@pytest.fixture
def sqlite_db(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database, where the engine does not matter."""
    yield from _sqlite(sqlite_template, tmp_path)


def _sqlite(template: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "data" / "hoichan.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "data")


@pytest.fixture
def cast(db: Database) -> Cast:
    """Three hospitals and their people."""
    return make_cast(db)


@pytest.fixture
def services(settings: Settings, db: Database, blobs: Blobs, tmp_path: Path) -> Iterator[Services]:
    """The engines of a web process; live events are started, pictures are not drawn."""
    events = LiveEvents(db, tmp_path / "run")
    events.start()
    yield Services(settings=settings, db=db, blobs=blobs, events=events, renderer=None)
    events.stop()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of public test images beside the project, where it is."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus ../shared/data/dicom is not here")
    return CORPUS


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of the journeys."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing: install Debian's package chromium")
        pytest.skip("chromium is not installed: the journeys are not run")
    return found


@pytest.fixture(scope="session")
def storescu() -> str:
    """DCMTK's sender, an independent peer."""
    found = shutil.which("storescu")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("storescu is missing: install Debian's package dcmtk")
        pytest.skip("DCMTK is not installed: its tests are not run")
    assert subprocess.run([found, "--version"], capture_output=True, check=True).stdout
    return found
