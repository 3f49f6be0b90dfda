"""The namespace /live, on real sockets: a study's own hospital and those it is shared with hear of it, nobody else."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import socketio
from werkzeug.serving import make_server

from app.archive.arrivals import association_closed, complete_quiet_studies
from app.base.actor import SYSTEM, Actor
from app.base.db import Database
from app.edge import sockets
from app.web.live import LiveNamespace
from tests.factories import start_session
from tests.website import Website

WITHIN = 1.0


class Ear:
    """One page's socket and what it heard."""

    def __init__(self, address: str, token: str) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.client = socketio.Client(reconnection=False, websocket_extra_options={"origin": address})
        self.client.on("*", self._hear, namespace="/live")
        headers = {"Cookie": f"hoichan={token}"}
        self.client.connect(address, headers=headers, namespaces=["/live"], transports=["websocket"])
        self.wire = self.client.eio.ws

    def _hear(self, event: str, data: dict[str, Any]) -> None:
        self.heard.append((event, data))

    def wait_for(self, wanted: Callable[[str, dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            for event, data in list(self.heard):
                if wanted(event, data):
                    return data
            time.sleep(0.01)
        raise AssertionError(f"only this was heard: {self.heard}")

    def close(self) -> None:
        """At once: werkzeug's server does not answer a WebSocket's farewell."""
        self.wire.close(timeout=0)
        self.wire.shutdown()
        self.client.disconnect()


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """How events leave each database is proved in tests/app/base."""
    return sqlite_db


@pytest.fixture
def listen(site: Website) -> Iterator[Callable[[Actor], Ear]]:
    gate = sockets.install(site.app, site.services)
    gate.socketio.on_namespace(LiveNamespace(gate))
    gate.start()
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    ears: list[Ear] = []

    def open_ear(actor: Actor) -> Ear:
        token = start_session(site.services.db, actor).token
        ears.append(Ear(f"http://127.0.0.1:{server.server_port}", token))
        return ears[-1]

    yield open_ear
    for ear in ears:
        ear.close()
    gate.stop()
    server.shutdown()
    server.server_close()


def test_arrival_and_completion_within_a_second(site: Website, listen: Callable[[Actor], Ear]) -> None:
    alice = listen(site.cast.alice)
    study_id = site.ct(site.cast.ct_a, count=4)
    assert alice.wait_for(lambda event, _: event == "study.listed") == {"study_id": study_id}
    with site.services.db.transaction() as tx:
        association_closed(tx, site.cast.ct_a, association_id="association")
    alice.wait_for(lambda event, data: event == "study.changed" and data["instance_count"] == 4)
    with site.services.db.transaction() as tx:
        complete_quiet_studies(tx, SYSTEM, after_seconds=0)
    changed = alice.wait_for(lambda event, data: event == "study.changed" and data["state"] == "complete")
    assert changed["study_id"] == study_id


def test_only_those_who_may_see_it_hear_of_it(site: Website, listen: Callable[[Actor], Ear]) -> None:
    alice, bob, chi = (listen(actor) for actor in (site.cast.alice, site.cast.bob, site.cast.chi))
    study_id = site.ct(site.cast.ct_a)
    alice.wait_for(lambda event, _: event == "study.listed")
    assert not bob.heard
    site.share(study_id, site.cast.b.id)
    bob.wait_for(lambda event, data: event == "study.listed" and data["study_id"] == study_id)
    assert not chi.heard


def test_what_is_told_holds_no_name(site: Website, listen: Callable[[Actor], Ear]) -> None:
    alice = listen(site.cast.alice)
    site.ct(site.cast.ct_a, patient_name="BÍ^MẬT")
    alice.wait_for(lambda event, _: event == "study.changed")
    assert "MẬT" not in str(alice.heard)
