"""Alice invites somebody, and they come in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.base.actor import Actor
from app.base.clock import now
from app.identity.queries import actor_for_session
from app.identity.sign_in import SessionTimes
from consults.guests.actions import Invited, answer_invitation, invite_guest, visitor, withdraw_guest
from consults.guests.schemas import InviteGuest, OfGuest
from tests.consults.conftest import Clinic

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
            visitor("192.0.2.1"),
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


def life_of_guests(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    """Two are invited, one of them no longer."""

    def withdraw() -> None:
        guest_id = clinic.state(clinic.cast.alice, consult_id)["guests"][0]["id"]
        with clinic.db.transaction() as tx:
            withdraw_guest(tx, clinic.cast.alice, wish=OfGuest(consult_id=consult_id, guest_id=guest_id))

    def invite() -> None:
        invited(clinic, consult_id)

    return [invite, invite, withdraw]
