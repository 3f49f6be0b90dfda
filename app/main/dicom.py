"""The DICOM process: the application entities of all hospitals on one port."""

import signal
import threading

from app.base.settings import Settings
from app.dimse.server import DicomServer
from app.main.platform import open_engines
from app.main.reconcile import reconcile_at_start
from app.main.settling import settle


def serve(settings: Settings) -> None:
    """Runs until told to stop; stores under way are finished and answered."""
    engines = open_engines(settings)
    services = engines.services
    reconcile_at_start(
        services.db, services.blobs
    )  # also when started again after a crash, the others at work
    server = DicomServer(settings, services.db, services.blobs)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settle()
    server.start()
    stop.wait()
    server.stop()
    engines.close()
