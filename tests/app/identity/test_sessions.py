"""Sessions: kept as digests, sliding up to a limit, ended one by one or all together."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.base import clock
from app.base.actor import Role
from app.base.db import Database
from app.base.errors import NotFound, Unauthenticated
from app.base.events import LiveEventRow
from app.identity import accounts, actions, queries
from app.identity.models import WebSession
from app.identity.sign_in import Attempt, SessionTimes
from tests.cast import Cast
from tests.factories import in_session, start_session


def whose(db: Database, token: str) -> str:
    with db.reading() as tx:
        return queries.actor_for_session(tx, token, None)[0].id


def test_the_token_finds_its_person_and_is_kept_nowhere(db: Database, cast: Cast) -> None:
    started = start_session(db, cast.alice)
    assert whose(db, started.token) == cast.alice.id
    with db.reading() as tx:
        row = tx.session.get_one(WebSession, started.id)
    assert started.token not in str(vars(row))


@pytest.mark.parametrize("token", ["", "x", "0" * 43])
def test_a_made_up_token_is_nobody(db: Database, cast: Cast, token: str) -> None:
    with pytest.raises(Unauthenticated):
        whose(db, token)


def test_a_session_expires_without_use_and_slides_with_it(db: Database, cast: Cast) -> None:
    used, unused = start_session(db, cast.alice), start_session(db, cast.alice)
    with clock.shifted(timedelta(minutes=100)), db.transaction() as tx:
        actions.touch_session(tx, session_id=used.id, idle_minutes=120)
    with clock.shifted(timedelta(minutes=121)):
        assert whose(db, used.token) == cast.alice.id
        with pytest.raises(Unauthenticated):
            whose(db, unused.token)


def test_no_session_lasts_longer_than_its_hours(db: Database, cast: Cast) -> None:
    started = start_session(db, cast.alice)
    for hours in range(1, 12):
        with clock.shifted(timedelta(hours=hours)), db.transaction() as tx:
            actions.touch_session(tx, session_id=started.id, idle_minutes=120)
    with clock.shifted(timedelta(hours=12, seconds=1)), pytest.raises(Unauthenticated):
        whose(db, started.token)


def test_signing_out_ends_this_session_only_and_is_announced(db: Database, cast: Cast) -> None:
    here, elsewhere = start_session(db, cast.alice), start_session(db, cast.alice)
    with db.transaction() as tx:
        actor, _ = queries.actor_for_session(tx, here.token, None)
        actions.sign_out(tx, actor)
    with pytest.raises(Unauthenticated):
        whose(db, here.token)
    assert whose(db, elsewhere.token) == cast.alice.id
    with db.reading() as tx:
        topics = list(tx.session.scalars(select(LiveEventRow.topic)))
    assert topics == [f"session:{here.id}"]


def test_one_s_own_sessions_are_listed_and_others_cannot_be_ended(db: Database, cast: Cast) -> None:
    alice, bob = in_session(db, cast.alice), in_session(db, cast.bob)
    start_session(db, cast.alice)
    with db.transaction() as tx:
        own = accounts.own_sessions(tx, alice)
        assert sorted(session.current for session in own) == [False, True]
        with pytest.raises(NotFound):
            actions.end_session(tx, alice, session_id=str(bob.session_id))


@pytest.mark.parametrize("change", ["roles", "deactivate", "reset"])
def test_what_an_administrator_changes_ends_the_person_s_sessions(
    db: Database, cast: Cast, change: str
) -> None:
    sessions = [start_session(db, cast.alice) for _ in range(2)]
    with db.transaction() as tx:
        if change == "roles":
            roles = frozenset({Role.SPECIALIST})
            actions.set_roles(tx, cast.dung, person_id=cast.alice.id, roles=roles)
        elif change == "deactivate":
            actions.deactivate_person(tx, cast.dung, person_id=cast.alice.id)
        else:
            actions.issue_reset(tx, cast.dung, person_id=cast.alice.id)
    for session in sessions:
        with pytest.raises(Unauthenticated):
            whose(db, session.token)


def test_a_new_password_ends_all_sessions_but_this_one(db: Database, cast: Cast) -> None:
    here, elsewhere = start_session(db, cast.alice), start_session(db, cast.alice)
    with db.transaction() as tx:
        actor, _ = queries.actor_for_session(tx, here.token, None)
        actions.set_password(tx, actor, password_hash="$argon2id$new")
    assert whose(db, here.token) == cast.alice.id
    with pytest.raises(Unauthenticated):
        whose(db, elsewhere.token)


def test_a_password_changed_between_try_and_check_does_not_sign_in(db: Database, cast: Cast) -> None:
    stale = Attempt("alice", cast.alice.id, "$argon2id$old")
    with db.transaction() as tx:
        times = SessionTimes(120, 12)
        started = actions.sign_in(tx, cast.alice, attempt=stale, password_correct=True, times=times)
    assert started is None


def test_only_live_sessions_have_actors(db: Database, cast: Cast) -> None:
    alive, ended = in_session(db, cast.alice), in_session(db, cast.alice)
    with db.transaction() as tx:
        actions.sign_out(tx, ended)
    with db.reading() as tx:
        found = queries.live_actors(tx, {str(alive.session_id), str(ended.session_id), "unknown"})
    assert set(found) == {alive.session_id}
