"""People without an account who were invited to one thing until a moment: no password, no hospital, in no list.

They are rows of `person` because what they say and draw names its author there; their role opens only routes that say
`guests=True`, and their rights end with the invitation.
"""

from datetime import datetime

from sqlalchemy import select

from app.base.actor import Actor, Role
from app.base.db import Tx
from app.base.errors import NotFound
from app.base.ids import new_id
from app.identity.models import Person, PersonRole, WebSession
from app.identity.sign_in import SessionTimes, StartedSession, revoke_sessions, start_session

GUEST_MARK = " (khách mời/guest)"  # stored in the name, so that every list, record and paper says it
NAME_LENGTH = 200 - len(GUEST_MARK)


def make_guest(tx: Tx, *, name: str, licence_number: str, sees_names: bool) -> str:
    """The row of somebody who is invited; its id. Part of an action that has checked the right and records it."""
    person_id = new_id()
    role = Role.GUEST if sees_names else Role.NAMELESS_GUEST
    tx.session.add(
        Person(
            id=person_id,
            hospital_id=None,
            name=name[:NAME_LENGTH] + GUEST_MARK,
            login=f"guest-{person_id.lower()}",
            licence_number=licence_number,
            created_at=tx.now,
            role_rows=[PersonRole(role=role.value)],
        )
    )
    tx.session.flush()
    return person_id


def start_guest_session(
    tx: Tx, actor: Actor, *, person_id: str, until: datetime, times: SessionTimes, browser: str
) -> StartedSession:
    """The guest has proved to be the one invited. The session ends at `until` at the latest."""
    started = start_session(tx, actor, _guest(tx, person_id), method="guest", times=times, browser=browser)
    limit_guest(tx, actor, person_id=person_id, until=until)
    return started


def limit_guest(tx: Tx, actor: Actor, *, person_id: str, until: datetime) -> None:
    """Sessions of theirs last until this moment at most; at once when it has come."""
    if until <= tx.now:
        revoke_sessions(tx, actor, person_id=person_id, reason="invitation ended")
        return
    for row in tx.session.scalars(
        select(WebSession).where(WebSession.person_id == person_id, WebSession.ended_at.is_(None))
    ):
        row.latest_at = min(row.latest_at, until)
        row.expires_at = min(row.expires_at, until)


def sign_guest_out(tx: Tx, actor: Actor, *, person_id: str) -> None:
    """The invitation was renewed: whoever came in by the old one is out, and may come in by the new one."""
    revoke_sessions(tx, actor, person_id=_guest(tx, person_id).id, reason="invitation renewed")


def end_guest(tx: Tx, actor: Actor, *, person_id: str) -> None:
    """The invitation was withdrawn: nobody comes in by it again, and who is in is out."""
    _guest(tx, person_id).active = False
    revoke_sessions(tx, actor, person_id=person_id, reason="invitation withdrawn")


def _guest(tx: Tx, person_id: str) -> Person:
    found = tx.session.get(Person, person_id)
    if found is None or not found.roles & {Role.GUEST, Role.NAMELESS_GUEST}:
        raise NotFound
    return found
