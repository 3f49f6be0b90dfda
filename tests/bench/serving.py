"""A DICOM server of one hospital with one device: in this process, or in one of its own that can be killed and weighed.

python -m tests.bench.serving FOLDER PORT [CALLED CALLING [SETTING=VALUE ...]]
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Base, Database
from app.base.settings import Settings
from app.dimse.server import DicomServer, create_server
from app.identity.actions import create_hospital, register_device
from app.identity.queries import hospitals
from app.main.reconcile import reconcile
from app.migrations import models

CALLED, CALLING = "BENCH", "SENDER"
ROOT = Path(__file__).parents[2]
assert models.metadata is Base.metadata  # importing it made every table known


def serve(
    data_dir: Path, *, port: int, called: str = CALLED, calling: str = CALLING, **dicom: object
) -> tuple[DicomServer, Database]:
    """Starts it, on a folder that is new or that such a server has left."""
    settings = Settings.model_validate({"data_dir": data_dir, "dicom": {"port": port, **dicom}})
    data_dir.mkdir(exist_ok=True)
    db = Database(settings.database)
    Base.metadata.create_all(db.engine)
    blobs = Blobs(data_dir, settings.storage.reserve_mb << 20, writes_apart=True)
    with db.reading() as tx:
        known = bool(hospitals(tx))
    if known:
        reconcile(db, blobs)
    else:
        _register(db, called, calling)
    server = create_server(settings, db, blobs)
    server.start()
    return server, db


def _register(db: Database, called: str, calling: str) -> None:
    with db.transaction() as tx:
        home = create_hospital(
            tx, SYSTEM, name="Bench", short_name="Bench", slug="bench", ae_title=called, address=""
        )
        register_device(tx, SYSTEM, hospital_id=home.id, ae_title=calling, name="Sender")


@contextmanager
def serving(
    data_dir: Path, port: int, *more: str, prefix: tuple[str, ...] = ()
) -> Iterator["subprocess.Popen[str]"]:
    """The same in a process of its own; it ends with its standard input."""
    command = [*prefix, sys.executable, "-m", "tests.bench.serving", str(data_dir), str(port), *more]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None  # asked for above
        if server.stdout.readline() != "ready\n":
            raise RuntimeError("the DICOM server did not start")
        yield server


def main(data_dir: str, port: str, called: str = CALLED, calling: str = CALLING, *more: str) -> None:
    dicom = dict(setting.split("=", 1) for setting in more)
    server, db = serve(Path(data_dir), port=int(port), called=called, calling=calling, **dicom)
    print("ready", flush=True)
    sys.stdin.read()
    server.stop(seconds=5)
    db.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
