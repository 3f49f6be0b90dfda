"""Nobody fills the disk with files of a case: what was taken back counts, and what cannot be kept is not received."""

from typing import IO

import pytest
from flask import Flask

from app.base.actor import Actor
from app.base.blobs import Spool
from app.base.errors import Conflict
from app.edge.actor import session_cookie_name
from app.identity.queries import actor_for_session
from consults.attachments import kinds, place
from consults.doors import attachments as door
from tests.consults.attachments.files import PDF, attach, post
from tests.consults.conftest import Clinic
from tests.consults.guests.inviting import guest_token, invited
from tests.factories import Browser, browser


def test_files_taken_back_count_too(sqlite_clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic, alice = sqlite_clinic, sqlite_clinic.cast.alice
    monkeypatch.setitem(kinds.MOST, "pdf", 3)
    consult_id = clinic.accepted()
    for _ in range(3):
        taken = attach(clinic, alice, consult_id)
        clinic.wish(alice, "attachment.withdraw", consult_id=consult_id, attachment_id=taken)
    with pytest.raises(Conflict) as refused:
        attach(clinic, alice, consult_id)
    assert refused.value.code == "too_many_attachments"


def test_a_case_and_each_person_in_it_have_so_many_bytes(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "MOST_BYTES_OF_ONE", 2 * len(PDF))
    monkeypatch.setattr(place, "MOST_BYTES", 3 * len(PDF))
    alice, bob, consult_id = clinic.cast.alice, clinic.cast.bob, clinic.accepted()

    def refusal(actor: Actor) -> str:
        with pytest.raises(Conflict) as refused:
            attach(clinic, actor, consult_id)
        return refused.value.code

    for _ in range(2):
        taken = attach(clinic, alice, consult_id)
        clinic.wish(alice, "attachment.withdraw", consult_id=consult_id, attachment_id=taken)
    assert refusal(alice) == "share_full"
    attach(clinic, bob, consult_id)
    assert refusal(bob) == "case_full"
    attach(clinic, alice, clinic.accepted())  # another case has room of its own


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The heads of the files whose bytes were taken in."""
    heads: list[bytes] = []
    receive = door.receive

    def noted(spool: Spool, stream: IO[bytes]) -> bytes:
        heads.append(receive(spool, stream))
        return heads[-1]

    monkeypatch.setattr(door, "receive", noted)
    return heads


def test_bytes_that_cannot_be_kept_are_not_received(
    clinic: Clinic, app: Flask, received: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    consult_id = clinic.accepted()
    assert post(_nameless(clinic, app, consult_id), consult_id, PDF).status_code == 403
    assert received == []

    monkeypatch.setattr(place, "MOST_BYTES_OF_ONE", len(PDF))
    alice = browser(app, clinic.db, clinic.cast.alice)
    first = post(alice, consult_id, PDF, **{"X-Client-Id": "first-of-alice"})
    again = post(alice, consult_id, PDF, **{"X-Client-Id": "first-of-alice"})  # its answer was lost
    assert (first.status_code, again.get_json()) == (201, first.get_json())
    assert post(alice, consult_id, PDF).status_code == 409
    assert len(received) == 2


def _nameless(clinic: Clinic, app: Flask, consult_id: str) -> Browser:
    token = guest_token(clinic, invited(clinic, consult_id, hides_identity=True))
    with clinic.db.reading() as tx:
        info = actor_for_session(tx, token, "127.0.0.1")[1]
    client = app.test_client()
    client.set_cookie(session_cookie_name(secure=app.extensions["hoichan"].settings.web.secure), token)
    return Browser(client, info.csrf_token, info.id)


def test_files_come_so_often_and_a_refused_one_counts(
    clinic: Clinic, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "FILES_IN_TEN_MINUTES", 2)
    consult_id, alice = clinic.accepted(), browser(app, clinic.db, clinic.cast.alice)
    codes = [post(alice, consult_id, content).status_code for content in (b"<svg>", PDF, PDF)]
    assert codes == [400, 201, 429]
