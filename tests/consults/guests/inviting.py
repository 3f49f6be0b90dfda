"""Alice invites somebody, and they come in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.base.actor import Actor, link_holder
from app.base.clock import now
from app.edge.actor import session_cookie_name
from app.identity.queries import actor_for_session
from app.identity.sign_in import SessionTimes
from consults.guests.actions import Invited, answer_invitation, invite_guest, withdraw_guest
from consults.guests.masks import cover_images, open_case_to_cover
from consults.guests.schemas import CoverImages, InviteGuest, OfGuest
from tests.consults.conftest import Clinic
from tests.factories import start_session

LICENCE = "012345/HCM-CCHN"
TIMES = SessionTimes(60, 12)


def invited(clinic: Clinic, consult_id: str, *, hides_identity: bool = False) -> Invited:
    """Link and code."""
    wish = InviteGuest(
        consult_id=consult_id,
        name="BS. Lê Văn Khách",
        licence_number=LICENCE,
        hospital="Bệnh viện Xa",
        until=now() + timedelta(days=3),
        hides_identity=hides_identity,
    )
    with clinic.db.transaction() as tx:
        return invite_guest(tx, clinic.cast.alice, wish=wish)


def guest_token(clinic: Clinic, made: Invited) -> str:
    """The session of the guest who answers rightly."""
    with clinic.db.transaction() as tx:
        attempt = answer_invitation(
            tx,
            link_holder("192.0.2.1"),
            token=made.token,
            code=made.code,
            licence_number=LICENCE,
            times=TIMES,
        )
    assert attempt.session is not None
    return attempt.session.token


def guest_actor(
    clinic: Clinic, consult_id: str, made: Invited | None = None, *, hides_identity: bool = False
) -> Actor:
    """The guest, in a session of their own."""
    token = guest_token(clinic, made or invited(clinic, consult_id, hides_identity=hides_identity))
    with clinic.db.reading() as tx:
        return actor_for_session(tx, token, "192.0.2.1")[0]


def covered(
    clinic: Clinic, consult_id: str, areas: list[tuple[int, int, int, int]] | None, actor: Actor | None = None
) -> None:
    """Somebody (Alice) has looked through the first pictures of the first study of the case."""
    with clinic.db.transaction() as tx:
        first = open_case_to_cover(tx, clinic.cast.alice, consult_id).studies[0].pictures[0]
        wish = CoverImages(
            consult_id=consult_id,
            series_id=first.series_id,
            columns=first.columns,
            rows=first.rows,
            areas=areas,
            until=first.newest,
        )
        cover_images(tx, actor or clinic.cast.alice, wish=wish)


def life_of_guests(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    """Two are invited, one of them no longer."""

    def withdraw() -> None:
        guest_id = clinic.state(clinic.cast.alice, consult_id)["guests"][0]["id"]
        with clinic.db.transaction() as tx:
            withdraw_guest(tx, clinic.cast.alice, wish=OfGuest(consult_id=consult_id, guest_id=guest_id))

    def invite() -> None:
        invited(clinic, consult_id)

    return [invite, invite, withdraw, lambda: covered(clinic, consult_id, [(0, 0, 2, 1)])]


def guest_client(clinic: Clinic, app: Flask, consult_id: str) -> FlaskClient:
    """The browser of a guest who may not know the patient; all it sends carries the forgery token."""
    token = guest_token(clinic, invited(clinic, consult_id, hides_identity=True))
    return _client(clinic, app, token)


def client_of(clinic: Clinic, app: Flask, actor: Actor) -> FlaskClient:
    """The same of somebody with an account."""
    return _client(clinic, app, start_session(clinic.db, actor).token)


def _client(clinic: Clinic, app: Flask, token: str) -> FlaskClient:
    with clinic.db.reading() as tx:
        session = actor_for_session(tx, token, "127.0.0.1")[1]
    client = app.test_client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = session.csrf_token
    client.set_cookie(session_cookie_name(secure=app.extensions["hoichan"].settings.web.secure), token)
    return client
