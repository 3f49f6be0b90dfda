"""Invitations and resets: work once, for their time, and only the newest."""

from datetime import timedelta

import pytest

from app.base import clock
from app.base.db import Database
from app.base.errors import NotFound
from app.base.signing import digest_of
from app.identity import actions, queries
from app.identity.models import Invitation, Person
from app.identity.sign_in import visitor
from tests.cast import Cast

HASH = "$argon2id$chosen"


def accept(db: Database, token: str) -> None:
    with db.transaction() as tx:
        actions.accept_invitation(tx, visitor("10.0.0.1"), token=token, password_hash=HASH)


def invite(db: Database, cast: Cast) -> str:
    with db.transaction() as tx:
        return actions.invite_person(tx, cast.dung, person_id=cast.alice.id).token


def kept_hash(db: Database, person_id: str) -> str | None:
    with db.reading() as tx:
        return tx.session.get_one(Person, person_id).password_hash


def test_a_link_sets_the_password_once(db: Database, cast: Cast) -> None:
    token = invite(db, cast)
    with db.reading() as tx:
        assert queries.invitation(tx, token).login == "alice"
        assert queries.invitation(tx, token).login == "alice"  # looking does not use it up
    accept(db, token)
    assert kept_hash(db, cast.alice.id) == HASH
    with pytest.raises(NotFound):
        accept(db, token)


def test_only_a_digest_of_the_link_is_kept(db: Database, cast: Cast) -> None:
    token = invite(db, cast)
    with db.reading() as tx:
        row = tx.session.query(Invitation).one()
    assert row.token_hash == digest_of(token)
    assert token not in str(vars(row))


def test_a_newer_link_ends_the_older(db: Database, cast: Cast) -> None:
    older, newer = invite(db, cast), invite(db, cast)
    with pytest.raises(NotFound):
        accept(db, older)
    accept(db, newer)


@pytest.mark.parametrize(("purpose", "days"), [("join", 7), ("reset", 1)])
def test_a_link_ends_after_its_days(db: Database, cast: Cast, purpose: str, days: int) -> None:
    with db.transaction() as tx:
        issue = actions.invite_person if purpose == "join" else actions.issue_reset
        token = issue(tx, cast.dung, person_id=cast.alice.id).token
    with clock.shifted(timedelta(days=days, seconds=-5)), db.reading() as tx:
        assert queries.invitation(tx, token).purpose == purpose
    with clock.shifted(timedelta(days=days, seconds=1)), pytest.raises(NotFound):
        accept(db, token)


def test_a_reset_ends_the_old_password_at_once(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        actions.issue_reset(tx, cast.dung, person_id=cast.alice.id)
    assert kept_hash(db, cast.alice.id) is None


def test_a_link_of_a_closed_account_is_not_found(db: Database, cast: Cast) -> None:
    token = invite(db, cast)
    with db.transaction() as tx:
        actions.deactivate_person(tx, cast.dung, person_id=cast.alice.id)
    with pytest.raises(NotFound):
        accept(db, token)
