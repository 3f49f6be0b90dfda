"""What a peer may take is its own: associations at once, images a minute. One that says nothing makes room."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app.base.db import Database
from app.dimse import server
from app.identity.models import Device
from tests import dicomgen
from tests.doors.dimse.conftest import Dicom
from tests.sender import AssociationRejected, outgoing


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


@dataclass(frozen=True)
class Limited:
    """The device's row, changed."""

    db: Database

    def __call__(self, **limits: int) -> None:
        with self.db.transaction() as tx:
            device = tx.session.query(Device).one()
            for name, value in limits.items():
                setattr(device, name, value)


@pytest.fixture
def limit(db: Database) -> Limited:
    return Limited(db)


def test_a_peer_has_so_many_associations_and_no_more(dicom: Dicom, limit: Limited) -> None:
    limit(max_associations=1)
    with dicom.connect() as first:
        assert first.echo().status == 0  # it speaks, so it is not sent away
        with pytest.raises(AssociationRejected) as caught:
            dicom.connect()
        assert caught.value.numbers == (2, 3, 2)  # transient: local limit exceeded
    with dicom.connect() as again:
        assert again.echo().status == 0


def test_an_association_that_says_nothing_makes_room(
    dicom: Dicom, limit: Limited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_SILENT_SECONDS", 0.05)
    limit(max_associations=2)
    silent = [dicom.connect(), dicom.connect()]
    time.sleep(0.1)
    with dicom.connect() as speaking:
        assert speaking.echo().status == 0
    for one in silent:
        one.socket.close()


def test_too_many_images_a_minute_are_refused_for_now(
    start_dicom: Callable[..., Dicom], limit: Limited
) -> None:
    limit(max_images_per_minute=2)
    dicom = start_dicom()
    while time.time() % 60 > 55:
        time.sleep(1)  # the minute must not end in between
    items = [outgoing(data) for data in dicomgen.series(3)]
    with dicom.connect(*items) as sender:
        answers = [sender.store(item) for item in items]
    assert [answer.status for answer in answers] == [0, 0, 0xA700]
    assert answers[2].comment.startswith("More images a minute than this device may send.")
