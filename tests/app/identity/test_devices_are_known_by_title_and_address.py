"""A called AE title names the hospital, a calling one with its address the device; tokens name a device too."""

import pytest

from app.base.actor import ActorKind, Permission
from app.base.db import Database
from app.base.errors import Conflict, Invalid, NotFound, Unauthenticated
from app.identity import actions, queries
from tests.cast import Cast


def call(db: Database, called: str, calling: str, address: str) -> str:
    with db.reading() as tx:
        return queries.actor_for_device(
            tx, called_ae_title=called, calling_ae_title=calling, address=address
        ).id


def test_every_hospital_has_its_own_ct01(db: Database, cast: Cast) -> None:
    assert call(db, "ANBINH", "CT01", "127.0.0.1") == cast.ct_a.id
    assert call(db, "BENTHUY  ", " CT01", "127.0.0.1") == cast.ct_b.id


@pytest.mark.parametrize(
    ("called", "calling", "address", "code"),
    [
        ("NOWHERE", "CT01", "127.0.0.1", "unknown_called_ae"),
        ("ANBINH", "CT99", "127.0.0.1", "unknown_calling_ae"),
        ("ANBINH", "CT01", "10.9.9.9", "unknown_calling_ae"),
        ("anbinh", "CT01", "127.0.0.1", "unknown_called_ae"),
    ],
)
def test_who_is_not_known_is_refused(
    db: Database, cast: Cast, called: str, calling: str, address: str, code: str
) -> None:
    with pytest.raises(NotFound) as refused:
        call(db, called, calling, address)
    assert refused.value.code == code


def test_without_an_address_any_will_do_and_inactive_is_refused(db: Database, cast: Cast) -> None:
    def change(*, active: bool) -> None:
        with db.transaction() as tx:
            actions.update_device(
                tx,
                cast.dung,
                device_id=cast.ct_a.id,
                ae_title="CT01",
                name="CT",
                address=None,
                active=active,
            )

    change(active=True)
    assert call(db, "ANBINH", "CT01", "10.9.9.9") == cast.ct_a.id
    change(active=False)
    with pytest.raises(NotFound):
        call(db, "ANBINH", "CT01", "10.9.9.9")


def test_a_token_names_the_device_until_it_is_replaced(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        first = actions.new_device_token(tx, cast.dung, device_id=cast.ct_a.id)
        second = actions.new_device_token(tx, cast.dung, device_id=cast.ct_a.id)
    with db.reading() as tx:
        actor = queries.actor_for_device_token(tx, second, "127.0.0.1")
        assert (actor.kind, actor.hospital_id) == (ActorKind.DEVICE, cast.a.id)
        assert actor.allows(Permission.STUDY_STORE)
        with pytest.raises(Unauthenticated):
            queries.actor_for_device_token(tx, first, "127.0.0.1")
        with pytest.raises(Unauthenticated):
            queries.actor_for_device_token(tx, second, "10.9.9.9")


@pytest.mark.parametrize("title", ["", "   ", "SEVENTEEN-LETTERS", "BACK\\SLASH", "THIẾTBỊ", "A\nB"])
def test_an_ae_title_is_what_the_standard_says(db: Database, cast: Cast, title: str) -> None:
    with pytest.raises(Invalid), db.transaction() as tx:
        actions.register_device(tx, cast.dung, hospital_id=cast.a.id, ae_title=title, name="x")


def test_a_title_is_one_device_s_within_a_hospital(db: Database, cast: Cast) -> None:
    with pytest.raises(Conflict), db.transaction() as tx:
        actions.register_device(tx, cast.dung, hospital_id=cast.a.id, ae_title="CT01", name="again")
