"""A real installation's first step: the first platform administrator."""

from sqlalchemy import select

from app.base.actor import SYSTEM, Role
from app.base.db import Tx
from app.base.errors import Conflict
from app.identity.actions import create_person
from app.identity.models import Hospital, Person, PersonRole
from app.identity.queries import PersonInfo


def has_platform_administrator(tx: Tx) -> bool:
    """Whether the first step has been done."""
    wanted = PersonRole.role == Role.PLATFORM_ADMINISTRATOR.value
    return tx.session.scalar(select(PersonRole.person_id).where(wanted).limit(1)) is not None


def has_demonstration(tx: Tx) -> bool:
    """Whether somebody could sign in with an account of the demonstration."""
    open_ = select(Person.id).where(Person.demonstration.is_(True), Person.active.is_(True))
    return tx.session.scalar(open_.limit(1)) is not None


def demonstration_logins(tx: Tx) -> dict[str, str]:
    """Sign-in name to number of every account of the demonstration, for new passwords."""
    wanted = select(Person.login, Person.id).where(Person.demonstration.is_(True))
    return dict(tx.session.execute(wanted).tuples().all())


def is_empty(tx: Tx) -> bool:
    """Whether nobody and no hospital is here yet."""
    nobody = tx.session.scalar(select(Person.id).limit(1)) is None
    return nobody and tx.session.scalar(select(Hospital.id).limit(1)) is None


def create_first_administrator(tx: Tx, *, name: str, login: str, password_hash: str) -> PersonInfo:
    """Run by whoever holds the machine. Conflict when there is an administrator already."""
    if has_platform_administrator(tx):
        raise Conflict(
            "set_up_already",
            "There is a platform administrator already. Further people are invited on the pages.",
        )
    return create_person(
        tx,
        SYSTEM,
        hospital_id=None,
        name=name,
        login=login,
        roles=frozenset({Role.PLATFORM_ADMINISTRATOR}),
        password_hash=password_hash,
    )
