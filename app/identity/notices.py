"""Telling people of a hospital: who they are, where they get mail, and which language they read."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from app.base.actor import ALLOWED, Actor, ActorKind, Permission, Role
from app.base.db import Tx
from app.base.errors import Forbidden
from app.identity.models import Person, PersonRole
from app.notify.actions import notify
from app.notify.lifecycle import Kind
from app.notify.notices import News, Recipient


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
    news = News(Kind.ARCHIVE, message, path, params or {})
    return tell_people(tx, actor, person_ids=tx.session.scalars(people).all(), news=news)


def tell_people(tx: Tx, actor: Actor, *, person_ids: Collection[str], news: News) -> int:
    """Tells those of them who are active and belong to a hospital; how many."""
    people = select(Person).where(Person.id.in_(person_ids), Person.active, Person.hospital_id.is_not(None))
    found = list(tx.session.scalars(people.order_by(Person.id)))
    for row in found:
        home = row.hospital_id or ""
        recipient = Recipient(row.id, home, row.email or "", row.language or "")
        notify(tx, actor, recipient=recipient, news=news)
    return len(found)
