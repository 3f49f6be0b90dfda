"""DCMTK's receiver takes what we send, also after it broke off; a notice of availability and a commitment arrive."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE, evt

from app.archive.queries import outgoing_of
from app.base.actor import SYSTEM
from app.identity.actions import set_device_reach
from app.routing import actions, progress
from tests import dicomgen
from tests.app.routing.conftest import Place
from tests.foreign_archive import serving

AVAILABILITY, COMMITMENT = "1.2.840.10008.5.1.4.33", "1.2.840.10008.1.20.1"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _storescp(port: int, folder: Path, *options: str) -> Iterator[None]:
    program = shutil.which("storescp")
    if program is None:
        pytest.skip("DCMTK is not installed: its tests are not run")
    process = subprocess.Popen([program, *options, "-od", str(folder), str(port)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _call_at(place: Place, port: int) -> None:
    with place.db.transaction() as tx:
        set_device_reach(tx, SYSTEM, device_id=place.device_id, host="127.0.0.1", port=port, tls=False)


def _send(place: Place, study_id: str) -> str:
    with place.db.transaction() as tx:
        return actions.send_study(tx, place.cast.alice, study_id=study_id, device_id=place.device_id)


@pytest.mark.parametrize("fault", ["--abort-after", "--abort-during", "--refuse"])
def test_dcmtk_gets_every_pixel_after_it_broke_off(place: Place, tmp_path: Path, fault: str) -> None:
    port, folder = _free_port(), tmp_path / "received"
    folder.mkdir()
    _call_at(place, port)
    files = dicomgen.series(3)
    delivery_id = _send(place, place.store(files))
    with _storescp(port, folder, fault):
        place.deliver()
    assert place.delivery(delivery_id).state == "waiting"
    assert place.delivery(delivery_id).last_error
    place.later(minutes=1.1)
    with _storescp(port, folder):
        place.deliver()
    assert place.delivery(delivery_id).state == "delivered"
    received = [dcmread(path) for path in folder.iterdir()]
    sent = {str(dataset.SOPInstanceUID): dataset for dataset in map(dcmread, map(BytesIO, files))}
    assert {str(dataset.SOPInstanceUID) for dataset in received} == set(sent)
    assert all(dataset.PixelData == sent[str(dataset.SOPInstanceUID)].PixelData for dataset in received)


def test_a_worker_that_died_in_the_middle_is_followed_by_another(place: Place) -> None:
    delivery_id = _send(place, place.store(dicomgen.series(2)))
    with place.db.transaction() as tx:
        claimed = progress.claim(tx, delivery_id)
        assert claimed is not None
        progress.note_sent(tx, claimed, {_first_instance(place)}, 2)
    assert place.deliver() == 0, "its lease still holds"
    place.later(minutes=3.1)
    assert place.deliver() == 1
    assert place.delivery(delivery_id).state == "delivered"
    assert len(place.foreign.received) == 1


def _first_instance(place: Place) -> str:
    with place.db.reading() as tx:
        study = place.delivery(place.deliveries()[0].id).study_id
        return outgoing_of(tx, SYSTEM, study_id=study)[0].instance_id


@pytest.fixture
def listener(place: Place) -> Iterator[list[tuple[str, Dataset]]]:
    """What a peer is told by N-CREATE and N-EVENT-REPORT."""
    told: list[tuple[str, Dataset]] = []

    def created(event: Any) -> tuple[int, Dataset]:
        told.append(("created", event.attribute_list))
        return 0x0000, Dataset()

    def reported(event: Any) -> tuple[int, Dataset]:
        told.append((f"event {event.event_type}", event.event_information))
        return 0x0000, Dataset()

    ae = AE(ae_title="PACSCU")
    for uid in (AVAILABILITY, COMMITMENT):
        ae.add_supported_context(uid, scu_role=True, scp_role=True)
    handlers: list[Any] = [(evt.EVT_N_CREATE, created), (evt.EVT_N_EVENT_REPORT, reported)]
    server = serving(ae, handlers)
    _call_at(place, int(server.server_address[1]))
    yield told
    server.shutdown()


def test_availability_is_announced_with_every_instance(
    place: Place, listener: list[tuple[str, Dataset]]
) -> None:
    rule = actions.RuleInput("IAN", "completion", "availability", target_id=place.device_id)
    with place.db.transaction() as tx:
        actions.create_rule(tx, place.cast.dung, hospital_id=place.cast.a.id, rule=rule)
    place.store(dicomgen.series(3))
    place.run_jobs()
    place.deliver()
    assert [row.state for row in place.deliveries()] == ["delivered"]
    ((kind, told),) = listener
    assert kind == "created"
    assert told.StudyInstanceUID == dicomgen.uid("study-1")
    assert len(told.ReferencedSeriesSequence[0].ReferencedSOPSequence) == 3


def test_a_commitment_is_reported_on_an_association_of_its_own(
    place: Place, listener: list[tuple[str, Dataset]]
) -> None:
    with place.db.transaction() as tx:
        actions.add_delivery(
            tx,
            place.cast.tam,
            kind="commitment",
            device_id=place.device_id,
            payload={
                "transaction_uid": "1.2.3",
                "committed": [(dicomgen.CT, "1.2.3.4")],
                "failed": [(dicomgen.CT, "1.2.3.5", 0x0112)],
            },
        )
    place.deliver()
    assert [row.state for row in place.deliveries()] == ["delivered"]
    ((kind, told),) = listener
    assert kind == "event 2"
    assert told.TransactionUID == "1.2.3"
    assert told.FailedSOPSequence[0].FailureReason == 0x0112
