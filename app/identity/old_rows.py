"""Rows that have done their work. What they stood for is in the audit log."""

from datetime import timedelta

from sqlalchemy import delete, or_

from app.base.db import Tx
from app.identity.models import Invitation, OidcFlow, WebSession

KEEP = timedelta(days=30)


def drop_old(tx: Tx) -> None:
    """Periodic: sessions and one-time links that ended, or ran out, a month ago."""
    before = tx.now - KEEP
    sessions = delete(WebSession).where(or_(WebSession.ended_at < before, WebSession.expires_at < before))
    flows = delete(OidcFlow).where(OidcFlow.expires_at < tx.now)  # they may name an invitation
    invitations = delete(Invitation).where(or_(Invitation.used_at < before, Invitation.expires_at < before))
    for old in (sessions, flows, invitations):
        tx.session.execute(old, execution_options={"synchronize_session": False})
