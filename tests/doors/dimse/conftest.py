"""A DICOM server on a free port, with one hospital and one registered device."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.base.actor import SYSTEM, Right
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.settings import Settings
from app.dimse.network import DicomNetwork
from app.dimse.server import DicomServer, create_server
from app.identity.actions import create_hospital, register_device
from app.routing.network import Remote
from tests.sender import IMPLICIT_LITTLE, VERIFICATION, Outgoing, Sender

CALLED = "TAMDAO"
CALLING = "CT01"


@dataclass(frozen=True)
class Dicom:
    """A running server and how to reach it."""

    server: DicomServer
    port: int
    db: Database
    data_dir: Path
    hospital_id: str

    def connect(self, *items: Outgoing, called: str = CALLED, calling: str = CALLING) -> Sender:
        offers = [(VERIFICATION, IMPLICIT_LITTLE)]
        offers += [(item.sop_class_uid, item.transfer_syntax) for item in items]
        return Sender(self.port, called=called, calling=calling, offers=offers)

    def stored_files(self) -> list[Path]:
        return [path for path in (self.data_dir / "blobs").rglob("*") if path.is_file()]

    def spooled_files(self) -> list[Path]:
        return list((self.data_dir / "spool").iterdir())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start_dicom(db: Database, blobs: Blobs, tmp_path: Path) -> Iterator[Callable[..., Dicom]]:
    """Starts a server with the DICOM settings given; stopped at the end of the test."""
    with db.transaction() as tx:
        home = create_hospital(
            tx,
            SYSTEM,
            name="Bệnh viện Đa khoa Tam Đảo",
            short_name="BV Tam Đảo",
            slug="tam-dao",
            ae_title=CALLED,
        )
        register_device(
            tx,
            SYSTEM,
            hospital_id=home.id,
            ae_title=CALLING,
            name="CT Siemens",
            rights=frozenset(Right),
        )
    started: list[DicomServer] = []

    def start(**dicom: object) -> Dicom:
        values = {"port": free_port(), **dicom}
        settings = Settings.model_validate({"data_dir": tmp_path / "data", "dicom": values})
        server = create_server(settings, db, blobs)
        server.start()
        started.append(server)
        return Dicom(server, server.port, db, tmp_path / "data", home.id)

    yield start
    for server in started:
        server.stop(seconds=5)


@pytest.fixture
def dicom(start_dicom: Callable[..., Dicom]) -> Dicom:
    """A running server."""
    return start_dicom()


def remote_at(port: int, *, ae_title: str = CALLED, calling_ae_title: str = CALLED) -> Remote:
    """A peer on this machine."""
    return Remote(
        "device", "PACS cũ", ae_title, "127.0.0.1", port, tls=False, calling_ae_title=calling_ae_title
    )


@pytest.fixture
def network(blobs: Blobs, tmp_path: Path) -> DicomNetwork:
    """Our side as requestor."""
    return DicomNetwork(Settings(data_dir=tmp_path / "data"), blobs)


@pytest.fixture
def full_disk(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reserve no disk has: the archive takes nothing more."""
    monkeypatch.setattr(blobs, "_reserve", 1 << 60)
