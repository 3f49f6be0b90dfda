"""The only ways to a patient's link: the hospital that made it, or its secret."""

from sqlalchemy import select

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.base.signing import digest_of
from app.sharing.lifecycle import state_of
from app.sharing.models import PatientLink
from app.sharing.states import LinkState


def link_for(tx: Tx, actor: Actor, link_id: str) -> PatientLink:
    """A link of the actor's own hospital."""
    link = tx.session.get(PatientLink, link_id)
    if link is None or actor.hospital_id is None or link.hospital_id != actor.hospital_id:
        raise NotFound
    return link


def link_by_token(tx: Tx, token: str, *, for_update: bool = False) -> PatientLink:
    """The link of this secret, unless it has expired or was taken back: then it does not exist."""
    wanted = select(PatientLink).where(PatientLink.token_digest == digest_of(token))
    link = tx.session.scalar(wanted.with_for_update() if for_update else wanted)
    if link is None or state_of(link, tx.now) in {LinkState.EXPIRED, LinkState.REVOKED}:
        raise link_gone()
    return link


def link_gone() -> NotFound:
    """One answer for never made, expired and taken back."""
    return NotFound("link_gone", "This link has ended or is not complete. Ask your hospital for a new one.")
