"""Whoever may have read what others think of the case, by whatever way, is not asked to read blind; all others may be."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.base.actor import Actor
from app.base.errors import Conflict
from app.edge.services import Services
from consults.actions import enter_room, leave_room
from consults.minutes.actions import circulate_minutes, take_minutes
from consults.papers.actions import ask_for_package, open_package
from consults.papers.lifecycle import Phase
from consults.papers.models import ConsultPackage, PackageFile
from consults.recordings.joining import join_pieces
from tests.consults.attachments.files import attach
from tests.consults.conftest import Clinic
from tests.consults.recordings.recorded import walk_through
from tests.consults.rooms import hall
from tests.factories import browser


@pytest.fixture
def db(sqlite_clinic: Clinic) -> object:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


def _package(clinic: Clinic, consult_id: str) -> None:
    """Binh carries the case away."""
    binh = clinic.cast.binh
    with clinic.db.transaction() as tx:
        made = ask_for_package(tx, binh, consult_id=consult_id, language="vi", keeps=False)
        tx.session.get_one(ConsultPackage, made).phase = Phase.READY
        tx.session.add(PackageFile(package_id=made, digest="0" * 64, size=1))
    with clinic.db.transaction() as tx:
        open_package(tx, binh, consult_id=consult_id, package_id=made)


def _get(path: str) -> Callable[[Clinic, Flask, str], None]:
    def read(clinic: Clinic, app: Flask, consult_id: str) -> None:
        with browser(app, clinic.db, clinic.cast.binh).get(f"/consults/{consult_id}/{path}") as answer:
            assert answer.status_code == 200

    return read


def _file(clinic: Clinic, app: Flask, consult_id: str) -> None:
    _get(f"attachments/{attach(clinic, clinic.cast.bob, consult_id)}")(clinic, app, consult_id)


def _recording(clinic: Clinic, app: Flask, consult_id: str) -> None:
    made = walk_through(clinic, consult_id)
    clinic.wish(clinic.cast.bob, "recording.stop", consult_id=consult_id, recording_id=made)
    join_pieces(clinic.db, clinic.blobs, made)
    _get(f"recordings/{made}/track")(clinic, app, consult_id)


WAYS = {
    **{path: _get(path) for path in ("events", "fhir", "minutes", "minutes.json", "minutes.pdf", "reading")},
    "file": _file,
    "package": lambda clinic, _app, consult_id: _package(clinic, consult_id),
    "recording": _recording,
}


def _ask(clinic: Clinic, consult_id: str) -> None:
    """Binh is to read blind."""
    asked = {"consult_id": consult_id, "person_id": clinic.cast.binh.id, "kind": "blind"}
    clinic.wish(clinic.cast.alice, "reader.invite", **asked)


def _refused(clinic: Clinic, consult_id: str) -> None:
    with pytest.raises(Conflict) as refused:
        _ask(clinic, consult_id)
    assert refused.value.code == "has_seen"


def _enter(clinic: Clinic, actor: Actor, consult_id: str) -> None:
    with clinic.db.transaction() as tx:
        enter_room(tx, actor, consult_id=consult_id)


def _leave(clinic: Clinic, actor: Actor, consult_id: str) -> None:
    with clinic.db.transaction() as tx:
        leave_room(tx, actor, consult_id=consult_id, number=1)


def _answer(clinic: Clinic, consult_id: str) -> None:
    question = clinic.state(clinic.cast.bob, consult_id)["consult"]["questions"][0]["id"]
    answer = {"question_id": question, "text": "Không."}
    clinic.wish(clinic.cast.bob, "question.answer", consult_id=consult_id, **answer)


@pytest.mark.parametrize("way", WAYS)
def test_who_has_read_the_case_outside_the_room_cannot_read_blind(
    sqlite_clinic: Clinic, app: Flask, way: str
) -> None:
    clinic = sqlite_clinic
    consult_id, other = clinic.answered(), clinic.answered()
    with clinic.db.transaction() as tx:
        take_minutes(tx, clinic.cast.bob, consult_id=consult_id)
        circulate_minutes(tx, clinic.cast.bob, consult_id=consult_id, version=1)

    WAYS[way](clinic, app, consult_id)

    _refused(clinic, consult_id)
    _ask(clinic, other)  # of that case nothing was read


def test_who_was_in_the_room_before_anything_was_said_can_read_blind(sqlite_clinic: Clinic) -> None:
    clinic, bob, binh = sqlite_clinic, sqlite_clinic.cast.bob, sqlite_clinic.cast.binh
    silent, answered = clinic.accepted(), clinic.accepted()
    _enter(clinic, binh, silent)
    _ask(clinic, silent)  # they sit in it still

    for who in (bob, binh):
        _enter(clinic, who, answered)
    clinic.say(binh, answered, "Tôi bận, nhờ anh đọc giúp.")
    attach(clinic, clinic.cast.alice, answered)
    _leave(clinic, binh, answered)
    _answer(clinic, answered)
    _ask(clinic, answered)
    assert clinic.state(binh, answered)["consult"]["questions"][0]["answer"] is None


SAID: dict[str, Callable[[Clinic, str], object]] = {
    "answer": _answer,
    "file": lambda clinic, consult_id: attach(clinic, clinic.cast.bob, consult_id),
    "line": lambda clinic, consult_id: clinic.say(clinic.cast.alice, consult_id, "Anh Bổng nghĩ là u."),
    "mark": lambda clinic, consult_id: clinic.wish(
        clinic.cast.bob, "annotation.put", consult_id=consult_id, annotation=clinic.mark()
    ),
    "voice": lambda clinic, consult_id: attach(clinic, clinic.cast.alice, consult_id, b"OggS", "lời.ogg"),
}


@pytest.mark.parametrize("said", SAID)
def test_who_was_in_the_room_when_something_was_said_or_later_cannot(
    sqlite_clinic: Clinic, said: str
) -> None:
    clinic, binh = sqlite_clinic, sqlite_clinic.cast.binh
    stayed, came = clinic.accepted(), clinic.accepted()
    _enter(clinic, binh, stayed)
    for consult_id in (stayed, came):
        SAID[said](clinic, consult_id)
    _enter(clinic, binh, came)
    for consult_id in (stayed, came):
        _leave(clinic, binh, consult_id)
        _refused(clinic, consult_id)


def test_who_was_in_the_room_early_and_looked_again_elsewhere_cannot(
    sqlite_clinic: Clinic, app: Flask
) -> None:
    clinic, binh = sqlite_clinic, sqlite_clinic.cast.binh
    consult_id = clinic.accepted()
    _enter(clinic, binh, consult_id)
    _leave(clinic, binh, consult_id)
    _answer(clinic, consult_id)
    _get("events")(clinic, app, consult_id)
    _refused(clinic, consult_id)


def test_who_has_answered_does_not_read_their_own_case_blind(sqlite_clinic: Clinic) -> None:
    clinic, bob, binh = sqlite_clinic, sqlite_clinic.cast.bob, sqlite_clinic.cast.binh
    consult_id = clinic.asked()
    clinic.wish(binh, "consult.accept", consult_id=consult_id)
    _enter(clinic, binh, consult_id)
    question = clinic.state(binh, consult_id)["consult"]["questions"][0]["id"]
    clinic.wish(binh, "question.answer", consult_id=consult_id, question_id=question, text="Có.")
    _leave(clinic, binh, consult_id)
    clinic.wish(binh, "consult.withdraw", consult_id=consult_id)
    clinic.wish(bob, "consult.accept", consult_id=consult_id)
    _refused(clinic, consult_id)


def test_a_second_window_and_a_broken_line_come_back_are_in_the_room(
    sqlite_clinic: Clinic, services: Services
) -> None:
    clinic, binh = sqlite_clinic, sqlite_clinic.cast.binh
    doubled, back = clinic.accepted(), clinic.accepted()
    for consult_id in (doubled, back):
        _enter(clinic, binh, consult_id)
    with hall(services) as opened:
        first, _second = (opened.in_room(binh, doubled) for _ in range(2))
        first.wish("consult.leave", consult_id=doubled)
        gone = opened.in_room(binh, back)
        gone.wish("consult.leave", consult_id=back)
        gone.wish("consult.enter", consult_id=back, after=0)
        for consult_id in (doubled, back):
            _answer(clinic, consult_id)
            _refused(clinic, consult_id)
