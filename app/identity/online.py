"""Who is at a screen: people whose session was used in the last minutes."""

from datetime import timedelta

from sqlalchemy import select

from app.base.db import Tx
from app.identity.models import Person, WebSession

LATELY = timedelta(minutes=5)


def people_online(tx: Tx, hospital_id: str) -> frozenset[str]:
    """Of one hospital. A session notes its use once a minute, and not at all once it is signed out."""
    query = (
        select(WebSession.person_id)
        .join(Person, Person.id == WebSession.person_id)
        .where(
            Person.hospital_id == hospital_id,
            Person.active,
            WebSession.ended_at.is_(None),
            WebSession.expires_at > tx.now,
            WebSession.last_seen_at > tx.now - LATELY,
        )
    )
    return frozenset(tx.session.scalars(query))
