"""A blind reader who sits in the room is not shown what others point at, draw or look at before their reading is given."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.edge.services import Services
from consults import live
from consults.models import Reader
from tests.consults.conftest import Clinic
from tests.consults.rooms import Doctor, Hall, hall


@pytest.fixture
def open_hall(services: Services) -> Iterator[Hall]:
    with hall(services) as opened:
        yield opened


def _view(clinic: Clinic, zoom: float) -> dict[str, Any]:
    return {
        "study_id": clinic.study_id,
        "series_instance_uid": "1.2.3",
        "sop_instance_uid": clinic.mark()["sop_instance_uid"],
        "frame_number": 1,
        "window": None,
        "zoom": zoom,
        "centre": [10.0, 12.0],
        "rotation": 0,
        "flip": False,
        "invert": False,
    }


def _show_all(clinic: Clinic, alice: Doctor, bob: Doctor, consult_id: str) -> None:
    """Alice leads, points, looks and draws; Bob has seen it."""
    before, mark = len(bob.volatile), clinic.mark()
    image = {"study_id": clinic.study_id, "sop_instance_uid": mark["sop_instance_uid"], "frame_number": 1}
    alice.show("pointer.move", consult_id=consult_id, x=1, y=2, **image)
    alice.show("viewport.show", consult_id=consult_id, view=_view(clinic, 2.0))
    alice.show("annotation.sketch", consult_id=consult_id, annotation=mark)
    bob.wait(lambda doctor: len(doctor.volatile) == before + 3)


def _blind(clinic: Clinic) -> str:
    consult_id = clinic.answered()
    chi = clinic.cast.chi
    clinic.wish(clinic.cast.alice, "reader.invite", consult_id=consult_id, person_id=chi.id, kind="blind")
    return consult_id


def _change(clinic: Clinic, consult_id: str, kind: str) -> None:
    """The seat of the only reader, and no event."""
    with clinic.db.transaction() as tx:
        tx.session.scalars(select(Reader).where(Reader.consult_id == consult_id)).one().kind = kind


def _read(clinic: Clinic, consult_id: str) -> int:
    questions = clinic.state(clinic.cast.chi, consult_id)["consult"]["questions"]
    said = [{"question_id": one["id"], "text": "Có"} for one in questions]
    sent = {"consult_id": consult_id, "conclusions": said, "text": "Có xuất huyết."}
    number: int = clinic.wish(clinic.cast.chi, "reading.give", **sent)["number"]
    return number


def test_what_others_show_comes_with_the_own_reading_and_not_before(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = _blind(clinic)
    alice, bob = (open_hall.in_room(who, consult_id) for who in (clinic.cast.alice, clinic.cast.bob))
    early = open_hall.in_room(clinic.cast.chi, consult_id)
    assert alice.wish("control.ask", consult_id=consult_id)["ok"]
    _show_all(clinic, alice, bob, consult_id)
    late = open_hall.in_room(clinic.cast.chi, consult_id)
    said = alice.wish("message.post", consult_id=consult_id, client_id="c" * 26, text="Xong")
    for window in (early, late):
        window.wait_for_event(said["number"])
        window.wait(lambda doctor: clinic.cast.alice.name in doctor.presence[-1])
        assert window.events[-1]["type"] == "hidden"
        assert window.volatile == []

    number = _read(clinic, consult_id)
    for window in (early, late):
        window.wait_for_event(number)
        window.wait(lambda doctor: [name for name, _ in doctor.volatile] == ["viewport"])
    _show_all(clinic, alice, bob, consult_id)
    for window in (early, late):
        window.wait(
            lambda doctor: [name for name, _ in doctor.volatile[1:]] == ["pointer", "viewport", "sketch"]
        )


def test_a_seat_that_changes_without_an_event_is_seen_with_the_next_check(
    clinic: Clinic, open_hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.05)
    consult_id = _blind(clinic)
    alice = open_hall.in_room(clinic.cast.alice, consult_id)
    chi = open_hall.in_room(clinic.cast.chi, consult_id)
    (place,) = [
        one for one in open_hall.namespace.in_room(consult_id) if one.person["id"] == clinic.cast.chi.id
    ]

    _change(clinic, consult_id, "separate")
    chi.wait(lambda _doctor: not place.is_blind)
    alice.show("typing", consult_id=consult_id)
    chi.wait(lambda doctor: len(doctor.volatile) == 1)

    _change(clinic, consult_id, "blind")
    chi.wait(lambda _doctor: place.is_blind)
    alice.show("typing", consult_id=consult_id)
    said = alice.wish("message.post", consult_id=consult_id, client_id="d" * 26, text="Xong")
    chi.wait_for_event(said["number"])
    assert len(chi.volatile) == 1


def test_where_a_blind_reader_looks_is_shown_to_nobody_before_the_reading(
    clinic: Clinic, open_hall: Hall
) -> None:
    consult_id = _blind(clinic)
    alice, chi = (open_hall.in_room(who, consult_id) for who in (clinic.cast.alice, clinic.cast.chi))

    def show(number: int) -> None:
        mark = clinic.mark()
        image = {"study_id": clinic.study_id, "sop_instance_uid": mark["sop_instance_uid"], "frame_number": 1}
        chi.show("pointer.move", consult_id=consult_id, x=1, y=2, **image)
        chi.show("viewport.show", consult_id=consult_id, view=_view(clinic, 2.0))
        chi.show("annotation.sketch", consult_id=consult_id, annotation=mark)
        chi.show("typing", consult_id=consult_id)
        assert chi.wish("talk.seen", consult_id=consult_id, number=number)["ok"]

    show(1)
    number = _read(clinic, consult_id)
    chi.wait_for_event(number)
    alice.wait_for_event(number)
    before = len(alice.seen)
    assert alice.volatile == []
    assert not [one for one in alice.seen if "person" in one]
    show(number)
    alice.wait(lambda doctor: len(doctor.volatile) == 4 and len(doctor.seen) == before + 1)
