"""For whoever watches the machine: /health (the process answers), /ready (all it stands on does), /metrics (figures
in the text format of Prometheus). Health says nothing of patients; metrics are for this machine or a token.
"""

import hmac
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, current_app, request

from app.archive.storage_use import HospitalTotals, open_associations, totals
from app.base.errors import HoichanError, NotFound
from app.base.settings import is_loopback
from app.base.vitals import QueueState, database_seconds, queue_state, signs_of_all
from app.edge.actor import public
from app.edge.services import Services
from app.render import decode_wire
from app.routing.waiting import deliveries_by_state

TEXT = "text/plain; version=0.0.4; charset=utf-8"
KNOWN_FOR = 15.0  # seconds; the sums over all studies are not made for every question


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("health", __name__)
    figures = _Figures(services)

    @door.get("/health")
    @public
    def health() -> Response:
        return _json({"status": "alive"}, 200)

    @door.get("/ready")
    @public
    def ready() -> Response:
        checks = {name: _passes(check) for name, check in _checks(services).items()}
        whole = all(checks.values())
        return _json({"status": "ready" if whole else "not ready", "checks": checks}, 200 if whole else 503)

    @door.get("/metrics")
    @public
    def metrics() -> Response:
        _check_asker(services.settings.web.metrics_token)
        return Response("".join(figures.lines()), content_type=TEXT, headers={"Cache-Control": "no-store"})

    return door


def _json(body: dict[str, object], status: int) -> Response:
    return Response(
        json.dumps(body), status, mimetype="application/json", headers={"Cache-Control": "no-store"}
    )


def _check_asker(token: str) -> None:
    """Whoever may not ask is told that there is nothing."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token:
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise NotFound
    elif not is_loopback(request.remote_addr or "") or "X-Forwarded-For" in request.headers:
        raise NotFound


def _checks(services: Services) -> dict[str, Callable[[], object]]:
    settings = services.settings

    def beats(name: str) -> None:
        if not any(one.name == name and one.alive for one in signs_of_all(settings.run_dir)):
            raise OSError(name)

    def decodes() -> None:
        decode_wire.connect(settings.run_dir / "decode.sock").close()

    return {
        "database": lambda: database_seconds(services.db),
        "decode": decodes,
        "dicom": lambda: beats("dicom"),
        "disk": services.blobs.check_space,
        "worker": lambda: beats("worker"),
    }


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except (HoichanError, OSError):
        return False
    return True


class _Figures:
    """The metrics, read from the database at most every fifteen seconds."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._until = 0.0
        self._known: list[str] = []

    def lines(self) -> Iterator[str]:
        with self._lock:
            if time.monotonic() >= self._until:
                self._known = list(self._from_database())
                self._until = time.monotonic() + KNOWN_FOR
        yield from self._known
        yield from self._from_this_machine()

    def _from_database(self) -> Iterator[str]:
        try:
            with self._services.db.reading() as tx:
                hospitals, queue = totals(tx), queue_state(tx)
                deliveries, associations = deliveries_by_state(tx), open_associations(tx)
        except HoichanError:
            return
        yield from _of_hospitals(hospitals)
        yield from _of_queue(queue)
        yield from _family("hoichan_deliveries", "Deliveries by state", "state", deliveries)
        yield from _family("hoichan_senders", "Senders at work by door", "door", associations)

    def _from_this_machine(self) -> Iterator[str]:
        disk = shutil.disk_usage(self._services.settings.data_dir)
        yield from _one("hoichan_disk_free_bytes", "Free on the disk of the data folder", disk.free)
        yield from _one("hoichan_disk_bytes", "Size of that disk", disk.total)
        try:
            seconds = database_seconds(self._services.db)
        except HoichanError:
            seconds = -1.0
        yield from _one("hoichan_database_read_seconds", "The smallest read; -1 when it is away", seconds)
        gate = current_app.extensions.get("hoichan_sockets")
        yield from _family("hoichan_sockets", "Open live sockets", "namespace", gate.counts() if gate else {})
        processes = signs_of_all(self._services.settings.run_dir)
        for field in ("resident_bytes", "threads", "open_files", "children", "age"):
            told = {one.name: getattr(one, field) for one in processes}
            yield from _family(f"hoichan_process_{field}", "As each process told last", "process", told)


def _of_hospitals(hospitals: list[HospitalTotals]) -> Iterator[str]:
    for field, meaning in (
        ("instances", "Images kept"),
        ("bytes", "Bytes kept"),
        ("received", "Images that registered devices ever sent"),
        ("received_bytes", "Bytes that registered devices ever sent"),
        ("refused", "Refusals to registered devices"),
    ):
        values = {one.slug: getattr(one, field) for one in hospitals}
        yield from _family(f"hoichan_hospital_{field}", meaning, "hospital", values)


def _of_queue(queue: QueueState) -> Iterator[str]:
    yield from _one("hoichan_jobs_waiting", "Jobs that are due", queue.waiting)
    yield from _one("hoichan_jobs_oldest_seconds", "For how long the oldest is due", queue.oldest_seconds)
    yield from _one("hoichan_jobs_failed", "Given up within a week", queue.failed)


def _one(name: str, meaning: str, value: float) -> Iterator[str]:
    yield f"# HELP {name} {meaning}\n# TYPE {name} gauge\n{name} {value}\n"


def _family(name: str, meaning: str, label: str, values: dict[str, int] | dict[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}\n# TYPE {name} gauge\n"
    for key, value in sorted(values.items()):
        word = "".join(char if char.isalnum() or char in "-_." else "_" for char in key)
        yield f'{name}{{{label}="{word}"}} {value}\n'
