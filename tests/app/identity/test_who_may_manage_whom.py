"""Administrators manage their own hospital; others' people, devices and hospital are not found."""

from collections.abc import Callable

import pytest

from app.base.actor import GUESTS, SYSTEM, Actor, Role
from app.base.db import Database, Tx
from app.base.errors import Conflict, Forbidden, HoichanError, Invalid, NotFound
from app.identity import accounts, actions, queries
from app.identity.setup import create_first_administrator
from tests.cast import Cast

Act = Callable[[Tx, Actor, Cast], object]


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def error_of(db: Database, cast: Cast, actor: Actor, act: Act) -> type[HoichanError] | None:
    try:
        with db.transaction() as tx:
            act(tx, actor, cast)
    except HoichanError as error:
        return type(error)
    return None


def test_the_demonstration_s_accounts_stay_closed(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        shown = actions.create_person(
            tx,
            cast.dung,
            hospital_id=cast.a.id,
            name="Mẫu",
            login="mau",
            roles=frozenset({Role.REFERRER}),
            demonstration=True,
        )
        actions.deactivate_person(tx, cast.dung, person_id=shown.id)
    with pytest.raises(Conflict), db.transaction() as tx:
        actions.reactivate_person(tx, cast.dung, person_id=shown.id)
    with db.reading() as tx:
        assert not queries.person_info(tx, shown.id).active


ON_PEOPLE_OF_A: dict[str, Act] = {
    "account": lambda tx, actor, cast: accounts.account(tx, actor, cast.alice.id),
    "accounts": lambda tx, actor, cast: accounts.accounts_of(tx, actor, cast.a.id),
    "close": lambda tx, actor, cast: actions.deactivate_person(tx, actor, person_id=cast.alice.id),
    "create": lambda tx, actor, cast: actions.create_person(
        tx,
        actor,
        hospital_id=cast.a.id,
        name="Mới",
        login="moi",
        roles=frozenset({Role.REFERRER}),
    ),
    "end sessions": lambda tx, actor, cast: actions.end_sessions_of(tx, actor, person_id=cast.alice.id),
    "invite": lambda tx, actor, cast: actions.invite_person(tx, actor, person_id=cast.alice.id),
    "link": lambda tx, actor, cast: actions.set_oidc_subject(
        tx, actor, person_id=cast.alice.id, issuer="i", subject="s"
    ),
    "rename": lambda tx, actor, cast: actions.update_person(
        tx, actor, person_id=cast.alice.id, name="Alice", email=None
    ),
    "reopen": lambda tx, actor, cast: actions.reactivate_person(tx, actor, person_id=cast.alice.id),
    "reset": lambda tx, actor, cast: actions.issue_reset(tx, actor, person_id=cast.alice.id),
    "roles": lambda tx, actor, cast: actions.set_roles(
        tx, actor, person_id=cast.alice.id, roles=frozenset({Role.TECHNICIAN})
    ),
}
ON_DEVICES_OF_A: dict[str, Act] = {
    "devices": lambda tx, actor, cast: queries.devices_of(tx, actor, cast.a.id),
    "device": lambda tx, actor, cast: queries.device(tx, actor, cast.ct_a.id),
    "register": lambda tx, actor, cast: actions.register_device(
        tx, actor, hospital_id=cast.a.id, ae_title="NEW", name="New"
    ),
    "token": lambda tx, actor, cast: actions.new_device_token(tx, actor, device_id=cast.ct_a.id),
    "revoke": lambda tx, actor, cast: actions.remove_device_token(tx, actor, device_id=cast.ct_a.id),
    "update": lambda tx, actor, cast: actions.update_device(
        tx, actor, device_id=cast.ct_a.id, ae_title="CT1", name="x", address=None, active=False
    ),
    "remove": lambda tx, actor, cast: actions.remove_device(tx, actor, device_id=cast.ct_a.id),
}
ON_HOSPITALS: dict[str, Act] = {
    "create": lambda tx, actor, _cast: actions.create_hospital(
        tx, actor, name="Mới", short_name="Mới", slug="moi", ae_title="MOI"
    ),
    "update": lambda tx, actor, cast: actions.update_hospital(
        tx,
        actor,
        hospital_id=cast.a.id,
        name="A",
        short_name="A",
        slug="a",
        ae_title="A",
        address="",
    ),
}


@pytest.mark.parametrize("act", [*ON_PEOPLE_OF_A.values(), *ON_DEVICES_OF_A.values()])
def test_people_and_devices_belong_to_their_hospital(db: Database, cast: Cast, act: Act) -> None:
    assert error_of(db, cast, cast.giang, act) is NotFound
    for clinician in (cast.alice, cast.tam, cast.bob, cast.lan, cast.chi):
        assert error_of(db, cast, clinician, act) is Forbidden
    assert error_of(db, cast, cast.dung, act) is None


@pytest.mark.parametrize("act", [*ON_PEOPLE_OF_A.values(), *ON_DEVICES_OF_A.values(), *ON_HOSPITALS.values()])
def test_the_platform_s_administrator_manages_all(db: Database, cast: Cast, act: Act) -> None:
    assert error_of(db, cast, cast.root, act) is None


@pytest.mark.parametrize("act", ON_HOSPITALS.values())
def test_hospitals_are_made_by_the_platform_only(db: Database, cast: Cast, act: Act) -> None:
    for actor in (cast.dung, cast.alice, cast.lan):
        assert error_of(db, cast, actor, act) is Forbidden


def test_nobody_gives_more_than_they_have(db: Database, cast: Cast) -> None:
    platform = frozenset({Role.PLATFORM_ADMINISTRATOR})
    with db.transaction() as tx:
        boss = actions.create_person(
            tx, SYSTEM, hospital_id=cast.a.id, name="Chủ", login="chu", roles=platform
        )
        with pytest.raises(Forbidden):
            actions.set_roles(tx, cast.dung, person_id=cast.alice.id, roles=platform)
        with pytest.raises(Forbidden):
            actions.issue_reset(tx, cast.dung, person_id=boss.id)
        with pytest.raises(Forbidden):
            actions.create_person(tx, cast.dung, hospital_id=None, name="x y", login="xy", roles=platform)


@pytest.mark.parametrize("role", sorted(GUESTS))
def test_a_guest_s_role_comes_with_an_invitation_alone(db: Database, cast: Cast, role: Role) -> None:
    for boss in (cast.dung, SYSTEM):
        for roles in (frozenset({role}), frozenset({role, Role.REFERRER})):
            with pytest.raises(Forbidden), db.transaction() as tx:
                actions.create_person(
                    tx, boss, hospital_id=cast.a.id, name="Khách", login="khach", roles=roles
                )
            with pytest.raises(Forbidden), db.transaction() as tx:
                actions.set_roles(tx, boss, person_id=cast.alice.id, roles=roles)


def test_nobody_locks_themselves_out(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        with pytest.raises(Conflict):
            actions.deactivate_person(tx, cast.dung, person_id=cast.dung.id)
        with pytest.raises(Conflict):
            actions.set_roles(tx, cast.dung, person_id=cast.dung.id, roles=frozenset({Role.REFERRER}))


def test_everybody_has_a_role_and_a_place(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        with pytest.raises(Invalid):
            actions.set_roles(tx, cast.dung, person_id=cast.alice.id, roles=frozenset())
        with pytest.raises(Invalid):
            actions.create_person(
                tx, cast.root, hospital_id=None, name="Ai", login="ai", roles=frozenset({Role.REFERRER})
            )


def test_a_login_is_one_person_s(db: Database, cast: Cast) -> None:
    with pytest.raises(Conflict), db.transaction() as tx:
        actions.create_person(
            tx,
            cast.dung,
            hospital_id=cast.a.id,
            name="Alice khác",
            login="ALICE",
            roles=frozenset({Role.REFERRER}),
        )


def test_doctors_know_whom_they_may_ask(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        actions.deactivate_person(tx, cast.root, person_id=cast.binh.id)
        asked = queries.people_of(tx, cast.alice, cast.b.id, role=Role.SPECIALIST)
    assert [person.id for person in asked] == [cast.bob.id]


def test_the_first_administrator_is_made_once(db: Database) -> None:
    with db.transaction() as tx:
        create_first_administrator(tx, name="Người đầu", login="dau", password_hash="$argon2id$x")
    with pytest.raises(Conflict), db.transaction() as tx:
        create_first_administrator(tx, name="Người sau", login="sau", password_hash="$argon2id$x")
