"""Each write of this room leaves a line in the audit log, but for those that only count or slide."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditRecord
from app.base.actor import SYSTEM, Right, Role
from app.base.db import Database, Tx
from app.identity import actions, queries
from app.identity.sign_in import Attempt, SessionTimes, visitor
from tests.cast import Cast, make_cast, password_hash
from tests.factories import in_session, start_session

TIMES = SessionTimes(120, 12)
UNRECORDED = {
    "begin_sign_in",  # counts; the outcome is recorded by sign_in
    "count_link_try",
    "count_password_try",
    "note_unknown_caller",  # the refusal itself is recorded, summed
    "start_oidc_flow",  # the outcome is recorded when it comes back
    "touch_access_token",
    "touch_device",
    "touch_session",
}
Act = Callable[[Tx, Cast], object]


def _forget_a_caller(tx: Tx, cast: Cast) -> None:
    actions.note_unknown_caller(tx, SYSTEM, hospital_id=cast.a.id, ae_title="CT02", address="10.0.0.7")
    (caller,) = queries.unknown_callers(tx, cast.dung)
    actions.forget_unknown_caller(tx, cast.dung, caller_id=caller.id)


def _token(tx: Tx, cast: Cast) -> str:
    return actions.create_access_token(
        tx, cast.dung, hospital_id=cast.a.id, name="RIS", rights=[Right.QUERY], days=30
    ).id


ACTS: dict[str, Act] = {
    "accept_invitation": lambda tx, cast: actions.accept_invitation(
        tx,
        visitor(None),
        token=actions.invite_person(tx, cast.dung, person_id=cast.alice.id).token,
        password_hash="$argon2id$x",
    ),
    "create_access_token": _token,
    "create_hospital": lambda tx, _cast: actions.create_hospital(
        tx, SYSTEM, name="Mới", short_name="Mới", slug="moi", ae_title="MOI"
    ),
    "create_person": lambda tx, cast: actions.create_person(
        tx, SYSTEM, hospital_id=cast.a.id, name="Mới", login="moi", roles=frozenset({Role.AUDITOR})
    ),
    "deactivate_person": lambda tx, cast: actions.deactivate_person(tx, cast.dung, person_id=cast.alice.id),
    "forget_unknown_caller": _forget_a_caller,
    "finish_oidc_sign_in": lambda tx, _cast: actions.finish_oidc_sign_in(
        tx,
        visitor(None),
        issuer="i",
        subject="s",
        hospital_slug="an-binh",
        invitation_id=None,
        times=TIMES,
    ),
    "invite_person": lambda tx, cast: actions.invite_person(tx, cast.dung, person_id=cast.alice.id),
    "issue_reset": lambda tx, cast: actions.issue_reset(tx, cast.dung, person_id=cast.alice.id),
    "new_device_token": lambda tx, cast: actions.new_device_token(tx, cast.dung, device_id=cast.ct_a.id),
    "reactivate_person": lambda tx, cast: actions.reactivate_person(tx, cast.dung, person_id=cast.alice.id),
    "record_wrong_token": lambda tx, _cast: actions.record_wrong_token(tx, visitor(None), tries=3),
    "record_oidc_refusal": lambda tx, _cast: actions.record_oidc_refusal(
        tx, visitor(None), hospital_slug="an-binh", reason="key"
    ),
    "register_device": lambda tx, cast: actions.register_device(
        tx, cast.dung, hospital_id=cast.a.id, ae_title="NEW", name="New"
    ),
    "remove_device": lambda tx, cast: actions.remove_device(tx, cast.dung, device_id=cast.ct_a.id),
    "remove_device_token": lambda tx, cast: actions.remove_device_token(
        tx, cast.dung, device_id=cast.ct_a.id
    ),
    "revoke_access_token": lambda tx, cast: actions.revoke_access_token(
        tx, cast.dung, token_id=_token(tx, cast)
    ),
    "set_device_certificate": lambda tx, cast: actions.set_device_certificate(
        tx, cast.dung, device_id=cast.ct_a.id, certificate_sha256="ab" * 32
    ),
    "set_device_reach": lambda tx, cast: actions.set_device_reach(
        tx, cast.dung, device_id=cast.ct_a.id, host="192.168.1.20", port=104, tls=False
    ),
    "set_device_rights": lambda tx, cast: actions.set_device_rights(
        tx, cast.dung, device_id=cast.ct_a.id, rights=(), max_associations=1, max_images_per_minute=0
    ),
    "set_language": lambda tx, cast: actions.set_language(tx, cast.alice, language="en"),
    "set_oidc_subject": lambda tx, cast: actions.set_oidc_subject(
        tx, cast.dung, person_id=cast.alice.id, issuer="i", subject="s"
    ),
    "set_password": lambda tx, cast: actions.set_password(tx, cast.alice, password_hash="$argon2id$x"),
    "set_roles": lambda tx, cast: actions.set_roles(
        tx, cast.dung, person_id=cast.alice.id, roles=frozenset({Role.AUDITOR})
    ),
    "sign_in": lambda tx, cast: actions.sign_in(
        tx,
        visitor(None),
        attempt=Attempt("alice", cast.alice.id, password_hash()),
        password_correct=False,
        times=TIMES,
    ),
    "take_oidc_flow": lambda tx, _cast: actions.take_oidc_flow(
        tx, visitor(None), state="made up", browser_secret=""
    ),
    "update_device": lambda tx, cast: actions.update_device(
        tx,
        cast.dung,
        device_id=cast.ct_a.id,
        ae_title="CT02",
        name="CT",
        address=None,
        active=True,
    ),
    "update_hospital": lambda tx, cast: actions.update_hospital(
        tx,
        cast.root,
        hospital_id=cast.a.id,
        name="A",
        short_name="A",
        slug="a",
        ae_title="A",
        address="",
    ),
    "update_person": lambda tx, cast: actions.update_person(
        tx, cast.dung, person_id=cast.alice.id, name="Ái", email=None
    ),
}


def _lines(db: Database) -> int:
    with db.reading() as tx:
        return tx.session.scalar(select(func.count()).select_from(AuditRecord)) or 0


@pytest.mark.parametrize("name", ACTS)
def test_it_leaves_a_line(sqlite_db: Database, name: str) -> None:
    cast = make_cast(sqlite_db)
    before = _lines(sqlite_db)
    with sqlite_db.transaction() as tx:
        ACTS[name](tx, cast)
    assert _lines(sqlite_db) > before


@pytest.mark.parametrize("name", ["sign_out", "end_session", "revoke_sessions", "end_sessions_of"])
def test_ending_a_session_leaves_a_line(sqlite_db: Database, name: str) -> None:
    cast = make_cast(sqlite_db)
    alice = in_session(sqlite_db, cast.alice)
    other = start_session(sqlite_db, cast.alice).id
    before = _lines(sqlite_db)
    with sqlite_db.transaction() as tx:
        if name == "sign_out":
            actions.sign_out(tx, alice)
        elif name == "end_session":
            actions.end_session(tx, alice, session_id=other)
        elif name == "revoke_sessions":
            actions.revoke_sessions(tx, alice, person_id=alice.id, reason="x")
        else:
            actions.end_sessions_of(tx, cast.dung, person_id=alice.id)
    assert _lines(sqlite_db) > before


def test_no_action_is_forgotten_here() -> None:
    ending = {"sign_out", "end_session", "revoke_sessions", "end_sessions_of"}
    assert set(actions.__all__) == set(ACTS) | UNRECORDED | ending
