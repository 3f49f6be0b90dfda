"""Sessions and one-time links that ended are removed after a month, not before."""

from datetime import timedelta

from sqlalchemy import func, select

from app.base import clock
from app.base.db import Database
from app.identity import actions
from app.identity.models import Invitation, OidcFlow, WebSession
from app.identity.old_rows import drop_old
from app.identity.sign_in import visitor
from tests.cast import Cast
from tests.factories import in_session, start_session


def counts(db: Database, later: timedelta) -> list[int]:
    """Sessions, one-time links and sign-ins under way, after the sweep of that moment."""
    with clock.shifted(later), db.transaction() as tx:
        drop_old(tx)
        tables = (WebSession, Invitation, OidcFlow)
        return [tx.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_they_stay_for_a_month_after_their_end(db: Database, cast: Cast) -> None:
    start_session(db, cast.bob)
    alice = in_session(db, cast.alice)
    with db.transaction() as tx:
        actions.sign_out(tx, alice)
        link = actions.invite_person(tx, cast.dung, person_id=cast.dao.id)
        actions.start_oidc_flow(
            tx,
            visitor(None),
            issuer="i",
            hospital_slug="an-binh",
            next_path="/",
            invitation_token=link.token,
        )
    assert counts(db, timedelta(0)) == [2, 1, 1]
    assert counts(db, timedelta(days=29)) == [2, 1, 0]
    assert counts(db, timedelta(days=38)) == [0, 0, 0]


def test_a_link_goes_although_a_sign_in_that_came_to_nothing_names_it(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        link = actions.invite_person(tx, cast.dung, person_id=cast.dao.id)
        actions.start_oidc_flow(
            tx, visitor(None), issuer="i", hospital_slug="a", next_path="/", invitation_token=link.token
        )
    assert counts(db, timedelta(days=38)) == [0, 0, 0]
