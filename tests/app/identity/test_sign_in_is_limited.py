"""Guessing is slowed for a login and for an address; a ward behind one address is not locked out."""

from datetime import timedelta

import pytest

from app.base import clock
from app.base.db import Database
from app.base.errors import TooMany
from app.identity import actions
from app.identity.sign_in import (
    TRIES_OF_ADDRESS,
    TRIES_OF_LOGIN,
    TRIES_OF_LOGIN_AT_ADDRESS,
    WINDOW,
    Attempt,
    SessionTimes,
    visitor,
)
from tests.cast import Cast


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def attempt(db: Database, login: str, address: str) -> Attempt:
    with db.transaction() as tx:
        return actions.begin_sign_in(tx, visitor(address), login=login)


def test_ten_tries_of_one_login_from_one_address(db: Database, cast: Cast) -> None:
    for _ in range(TRIES_OF_LOGIN_AT_ADDRESS):
        attempt(db, "alice", "10.0.0.1")
    with pytest.raises(TooMany) as refused:
        attempt(db, " ALICE ", "10.0.0.1")
    assert 0 < refused.value.params["seconds"] <= WINDOW
    assert attempt(db, "dao", "10.0.0.1").person_id == cast.dao.id  # a colleague behind the same address
    assert attempt(db, "alice", "10.0.0.2").person_id == cast.alice.id  # herself from elsewhere
    with clock.shifted(timedelta(seconds=WINDOW + 1)):
        attempt(db, "alice", "10.0.0.1")


def test_a_login_tried_from_many_addresses(db: Database, cast: Cast) -> None:
    for number in range(TRIES_OF_LOGIN):
        attempt(db, "alice", f"10.0.1.{number}")
    with pytest.raises(TooMany):
        attempt(db, "alice", "10.0.2.1")


def test_an_address_that_tries_many_logins(db: Database, cast: Cast) -> None:
    for number in range(TRIES_OF_ADDRESS):
        attempt(db, f"guess{number}", "10.0.3.1")
    with pytest.raises(TooMany):
        attempt(db, "alice", "10.0.3.1")


def test_success_starts_the_count_anew(db: Database, cast: Cast) -> None:
    for _ in range(3 * TRIES_OF_LOGIN_AT_ADDRESS):
        tried = attempt(db, "alice", "10.0.4.1")
        with db.transaction() as tx:
            times = SessionTimes(120, 12)
            assert actions.sign_in(tx, visitor("10.0.4.1"), attempt=tried, password_correct=True, times=times)


def test_an_unknown_and_a_closed_login_look_the_same(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        actions.deactivate_person(tx, cast.dung, person_id=cast.alice.id)
    unknown, closed = attempt(db, "nobody", "10.0.5.1"), attempt(db, "alice", "10.0.5.1")
    assert unknown.person_id is closed.person_id is None
