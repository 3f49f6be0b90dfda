"""Listens for associations: one port for the called AE titles of all hospitals."""

import errno
import logging
import socket
import threading
import time
from collections import OrderedDict
from contextlib import suppress

from app.archive.arrivals import announce_changed_studies, has_unannounced_studies
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import HoichanError
from app.base.settings import Settings
from app.dimse.association import Association
from app.dimse.exchange import Engines
from app.dimse.peers import LIMIT_EXCEEDED, Peers, Rejected
from app.dimse.store import Storage
from app.dimse.upper_layer import Wire
from app.render.decode import DecodeClient

log = logging.getLogger(__name__)
_MAX_WAITING = 64  # connections that have not yet been accepted as associations
_BACKLOG = 1024
_ANNOUNCE_SECONDS = 0.25


class DicomServer:
    """start(), stop(). Of connections that say nothing the oldest make room for the newest."""

    def __init__(self, settings: Settings, db: Database, blobs: Blobs) -> None:
        self._settings = settings.dicom
        self._db = db
        self._peers = Peers(db)
        self._storage = Storage(db, blobs)
        self._engines = Engines(db, blobs, DecodeClient(settings.run_dir / "decode.sock"))
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Association, threading.Thread] = OrderedDict()
        self._established: dict[Association, threading.Thread] = {}
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()

    @property
    def port(self) -> int:
        """The port really listened on."""
        if self._listener is None:
            raise RuntimeError("the DICOM server is not started")
        return int(self._listener.getsockname()[1])

    def start(self) -> None:
        """Listens from now on. Raises OSError when the port is taken."""
        host = self._settings.host
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, self._settings.port), family=family, backlog=_BACKLOG)
        self._stopped.clear()
        self._threads = [
            threading.Thread(target=work, name=f"dicom-{name}", daemon=True)
            for name, work in (("accept", self._accept_all), ("announce", self._announce))
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, *, seconds: float = 30.0) -> None:
        """No new associations; running stores are finished and answered, for at most `seconds`."""
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
            self._listener.close()
        deadline = time.monotonic() + seconds
        with self._lock:
            running = {**self._waiting, **self._established}
        for association in running:
            association.stop()
        for association, thread in running.items():
            thread.join(max(deadline - time.monotonic(), 0))
            if thread.is_alive():
                association.cut()
                thread.join(5)
        self._stopped.set()
        for thread in self._threads:
            thread.join(5)

    def _announce(self) -> None:
        """While images come, tells open lists of the counts that the limit of four a second held back."""
        while not self._stopped.wait(_ANNOUNCE_SECONDS):
            if not self._established:
                continue
            try:
                self._announce_now()
            except HoichanError as error:
                log.warning("counts could not be announced: %s", error)

    def _announce_now(self) -> None:
        with self._db.reading() as tx:
            due = has_unannounced_studies(tx)
        if due:
            with self._db.transaction() as tx:
                announce_changed_studies(tx, SYSTEM)

    def _accept_all(self) -> None:
        assert self._listener is not None  # start() made it
        while True:
            try:
                connection, address = self._listener.accept()
            except OSError as error:
                if self._listener.fileno() == -1 or error.errno == errno.EINVAL:
                    return  # stop() closed it
                log.warning("a connection could not be accepted: %s", error)
                time.sleep(0.1)  # too many open files: some are closing
                continue
            self._begin(connection, str(address[0]))

    def _begin(self, connection: socket.socket, address: str) -> None:
        association = Association(
            Wire(connection),
            address,
            peers=self._peers,
            storage=self._storage,
            engines=self._engines,
            settings=self._settings,
            enter=self._enter,
        )
        thread = threading.Thread(
            target=self._run, args=(association,), name=f"dicom-{association.id}", daemon=True
        )
        with self._lock:
            self._waiting[association] = thread
            surplus = next(iter(self._waiting)) if len(self._waiting) > _MAX_WAITING else None
        if surplus is not None:
            surplus.cut()
        try:
            thread.start()
        except RuntimeError as error:  # no more threads: this one is lost, the others go on
            log.warning("a connection from %s could not be served: %s", address, error)
            connection.close()
            with self._lock:
                self._waiting.pop(association, None)

    def _run(self, association: Association) -> None:
        try:
            association.run()
        finally:
            with self._lock:
                self._waiting.pop(association, None)
                self._established.pop(association, None)

    def _enter(self, association: Association) -> None:
        """A place among the established. Raises Rejected when all are taken."""
        with self._lock:
            if len(self._established) >= self._settings.max_associations:
                raise Rejected(LIMIT_EXCEEDED)
            self._established[association] = self._waiting.pop(association)


def create_server(settings: Settings, db: Database, blobs: Blobs) -> DicomServer:
    """Not yet listening: start() does."""
    return DicomServer(settings, db, blobs)
