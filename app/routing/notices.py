"""Notices: one sentence for one person, shown by the bell until it is read."""

import json
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from app.base.actor import ALLOWED, Actor, ActorKind, Permission, Role
from app.base.db import Tx
from app.base.errors import Forbidden
from app.base.ids import new_id
from app.identity.models import Person, PersonRole
from app.routing.access import notice_for
from app.routing.events import announce_notice
from app.routing.models import Notice

KEEP = timedelta(days=90)


def notify_people(
    tx: Tx,
    actor: Actor,
    *,
    hospital_id: str,
    message: str,
    path: str,
    params: Mapping[str, Any] | None = None,
    person_ids: Collection[str] = (),
    role: Role | None = None,
    permission: Permission | None = None,
) -> int:
    """Tells active people of a hospital a sentence of the catalogue, with the page it leads to: those named, those of
    a role, or those who have a permission. No names of patients. How many were told.
    """
    if actor.kind is not ActorKind.SYSTEM and actor.hospital_id is None:
        raise Forbidden
    people = select(Person.id).where(Person.hospital_id == hospital_id, Person.active)
    wanted = {role} if role else {each for each in Role if permission and permission in ALLOWED[each]}
    if person_ids:
        people = people.where(Person.id.in_(set(person_ids)))
    else:
        holding = select(PersonRole.person_id).where(PersonRole.role.in_([each.value for each in wanted]))
        people = people.where(Person.id.in_(holding))
    found = list(tx.session.scalars(people.order_by(Person.id)))
    for person_id in found:
        row = Notice(
            id=new_id(),
            person_id=person_id,
            hospital_id=hospital_id,
            message=message,
            params=json.dumps(dict(params or {}), ensure_ascii=False),
            path=path,
            created_at=tx.now,
        )
        tx.session.add(row)
        announce_notice(tx, person_id)
    return len(found)


def read_notice(tx: Tx, actor: Actor, *, notice_id: str) -> str:
    """Marks one of the actor's notices as read; where it leads to. Read again, nothing changes."""
    found = notice_for(tx, actor, notice_id)
    if found.read_at is None:
        found.read_at = tx.now
        announce_notice(tx, actor.id)
    return found.path


def read_all_notices(tx: Tx, actor: Actor) -> int:
    """Marks everything as read; how many there were."""
    unread = update(Notice).where(Notice.person_id == actor.id, Notice.read_at.is_(None))
    done = len(tx.session.execute(unread.values(read_at=tx.now).returning(Notice.id)).all())
    if done:
        announce_notice(tx, actor.id)
    return done


def unread_notices(tx: Tx, actor: Actor) -> int:
    """What the bell counts."""
    counted = select(func.count()).where(Notice.person_id == actor.id, Notice.read_at.is_(None))
    return tx.session.scalar(counted) or 0


def drop_old_notices(tx: Tx, actor: Actor) -> None:
    """Periodic: what was told three months ago is no news."""
    actor.check(Permission.ROUTING_MANAGE)
    tx.session.execute(delete(Notice).where(Notice.created_at < tx.now - KEEP))
