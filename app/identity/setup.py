"""A real installation's first step: the first platform administrator."""

from sqlalchemy import select

from app.base.actor import SYSTEM, Role
from app.base.db import Tx
from app.base.errors import Conflict
from app.identity.actions import create_person
from app.identity.models import PersonRole
from app.identity.queries import PersonInfo


def has_platform_administrator(tx: Tx) -> bool:
    """Whether the first step has been done."""
    wanted = PersonRole.role == Role.PLATFORM_ADMINISTRATOR.value
    return tx.session.scalar(select(PersonRole.person_id).where(wanted).limit(1)) is not None


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
