"""Listens for associations: one port for the called AE titles of all hospitals, and a second one over TLS."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from app.archive.arrivals import announce_changed_studies, has_unannounced_studies
from app.base.actor import SYSTEM, Actor
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import HoichanError
from app.base.settings import Settings
from app.dimse.association import Association
from app.dimse.exchange import Engines
from app.dimse.gate import Caller, Gate
from app.dimse.limits import PeerCounts, PeerLimits, Place, limits_of
from app.dimse.peers import LIMIT_EXCEEDED, TEMPORARY, Peers, Rejected
from app.dimse.store import Storage
from app.dimse.tls import server_context
from app.dimse.upper_layer import Wire
from app.render.decode import DecodeClient

log = logging.getLogger(__name__)
_ANNOUNCE_SECONDS = 0.25
_ADMITTING = 4  # threads that look up who calls
_LEAVING_SECONDS = 0.6  # how long one waits for a place: others leave, or are silent too long
_SILENT_SECONDS = 0.3  # where all places are taken, who said nothing for so long loses theirs


class DicomServer:
    """start(), stop(). Whoever has not said who they are costs no thread (gate); of associations that say nothing
    the oldest makes room.
    """

    def __init__(self, settings: Settings, db: Database, blobs: Blobs) -> None:
        self._settings = settings.dicom
        self._db = db
        self._peers = Peers(db)
        self._counts = PeerCounts(settings.data_dir / "peers")
        self._storage = Storage(db, blobs, self._counts)
        self._decoder = DecodeClient.of(settings)
        self._engines = Engines(db, blobs, self._decoder, settings.dicom)
        self._lock = threading.Lock()
        self._established: dict[Association, threading.Thread] = {}
        self._places: dict[Association, Place] = {}
        self._gate = Gate(self._take)
        self._admitting = ThreadPoolExecutor(_ADMITTING, "dicom-admit")
        self._announcer = threading.Thread(target=self._announce, name="dicom-announce", daemon=True)
        self._stopped = threading.Event()
        self._port = self._tls_port = 0

    @property
    def port(self) -> int:
        """The port really listened on."""
        return self._port

    @property
    def tls_port(self) -> int:
        """That over TLS; 0: none."""
        return self._tls_port

    def start(self) -> None:
        """Listens from now on. Raises OSError when a port is taken."""
        own = self._settings
        shared = own.processes > 1
        self._port = self._gate.listen(own.host, own.port, shared=shared)
        if own.tls_port is not None:
            context = server_context(own)
            self._tls_port = self._gate.listen(own.host, own.tls_port, shared=shared, tls=context)
        self._gate.start()
        self._announcer.start()

    def stop(self, *, seconds: float = 30.0) -> None:
        """No new associations; running stores are finished and answered, for at most `seconds`."""
        self._gate.stop()
        self._admitting.shutdown(wait=True)
        deadline = time.monotonic() + seconds
        with self._lock:
            running = dict(self._established)
        for association in running:
            association.stop()
        for association, thread in running.items():
            thread.join(max(deadline - time.monotonic(), 0))
            if thread.is_alive():
                association.cut()
                thread.join(5)
        self._decoder.close()
        self._stopped.set()
        with suppress(RuntimeError):  # never started
            self._announcer.join(5)

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

    def _take(self, caller: Caller) -> None:
        """From the gate: who it is is looked up by few threads, however many ask."""
        self._admitting.submit(self._admit, caller)

    def _admit(self, caller: Caller) -> None:
        association = Association(
            Wire(caller.connection, caller.first),
            caller.address,
            caller.certificate_sha256,
            peers=self._peers,
            storage=self._storage,
            engines=self._engines,
            settings=self._settings,
            enter=self._enter,
        )
        if not association.admit():
            return
        thread = threading.Thread(
            target=self._run, args=(association,), name=f"dicom-{association.id}", daemon=True
        )
        with self._lock:
            self._established[association] = thread
        try:
            thread.start()
        except RuntimeError as error:  # no more threads: this one is lost, the others go on
            log.warning("an association from %s could not be served: %s", caller.address, error)
            association.cut()
            self._leave(association)

    def _run(self, association: Association) -> None:
        try:
            association.run()
        finally:
            self._leave(association)

    def _leave(self, association: Association) -> None:
        with self._lock:
            self._established.pop(association, None)
            place = self._places.pop(association, None)
        if place is not None:
            place.leave()

    def _enter(self, association: Association, actor: Actor) -> None:
        """A place among the peer's and among all. Raises Rejected when they are taken."""
        try:
            limits = limits_of(self._db, actor.id)
        except HoichanError as error:
            raise Rejected(TEMPORARY) from error
        until = time.monotonic() + _LEAVING_SECONDS
        while not self._take_place(association, actor, limits):
            if time.monotonic() > until:
                self._peers.refusals.count(actor.id, LIMIT_EXCEEDED.code, actor.address or "")
                raise Rejected(LIMIT_EXCEEDED)
            time.sleep(0.02)

    def _take_place(self, association: Association, actor: Actor, limits: PeerLimits) -> bool:
        with self._lock:
            if len(self._places) >= self._settings.max_associations and not self._make_room(None):
                return False
            place = self._counts.take(actor.id, limits)
            if place is None and self._make_room(actor):
                place = self._counts.take(actor.id, limits)
            if place is not None:
                self._places[association] = place
            return place is not None

    def _make_room(self, actor: Actor | None) -> bool:
        """Ends the oldest association of a peer, or of all, that has not said a word; whether there was one."""
        for one in self._places:
            if one.silent_for > _SILENT_SECONDS and (actor is None or one.actor_id == actor.id):
                one.cut()
                self._places.pop(one).leave()
                return True
        return False


def create_server(settings: Settings, db: Database, blobs: Blobs) -> DicomServer:
    """Not yet listening: start() does."""
    return DicomServer(settings, db, blobs)
