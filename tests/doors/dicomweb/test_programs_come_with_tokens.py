"""Access tokens: of one hospital, for some rights, until a day, revocable; wrong ones are slowed down."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit.models import AuditRecord
from app.base import clock
from app.base.actor import Actor, Permission, Right
from app.base.db import Database
from app.base.errors import Forbidden, Invalid, NotFound
from app.identity.actions import create_access_token, revoke_access_token
from app.identity.tokens import access_tokens
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep

STUDY = dicomgen.uid("study-1")
ASKS = {
    Right.QUERY: "/studies",
    Right.RETRIEVE: f"/studies/{STUDY}/metadata",
}


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


@pytest.fixture
def filled(dicomweb: Dicomweb, cast: Cast) -> Dicomweb:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    return dicomweb


def make(door: Dicomweb, actor: Actor, *rights: Right, days: int = 30) -> tuple[str, str]:
    with door.services.db.transaction() as tx:
        made = create_access_token(
            tx, actor, hospital_id=actor.hospital_id or "", name="PACS mini", rights=rights, days=days
        )
    return made.id, made.token


def ask(door: Dicomweb, path: str, token: str) -> TestResponse:
    return door.client.get(door.root + path, headers={"Authorization": f"Bearer {token}"})


def test_a_token_gives_the_rights_it_was_made_for_and_no_other(filled: Dicomweb, cast: Cast) -> None:
    for right, path in ASKS.items():
        _, token = make(filled, cast.dung, right)
        found = {other: ask(filled, asked, token).status_code for other, asked in ASKS.items()}
        assert found == {other: 200 if other is right else 403 for other in ASKS}, path
    _, token = make(filled, cast.dung, Right.STORE)
    stored = filled.client.post(
        filled.root + "/studies",
        data=dicomgen.ct_slice(2),
        content_type="application/dicom",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert stored.status_code == 200
    assert {ask(filled, path, token).status_code for path in ASKS.values()} <= {403, 404}


def test_a_program_that_may_read_may_not_store(filled: Dicomweb, cast: Cast) -> None:
    _, token = make(filled, cast.dung, Right.QUERY, Right.RETRIEVE)
    answer = filled.client.post(
        filled.root + "/studies",
        data=dicomgen.ct_slice(2),
        content_type="application/dicom",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code in {403, 404}
    assert len(filled.ask("/instances")) == 1


def test_it_opens_its_own_hospital_only(filled: Dicomweb, cast: Cast) -> None:
    _, token = make(filled, cast.giang, Right.QUERY, Right.RETRIEVE)
    assert {ask(filled, path, token).status_code for path in ASKS.values()} == {404}


def test_it_ends_when_it_is_revoked_and_when_its_time_is_over(filled: Dicomweb, cast: Cast) -> None:
    token_id, token = make(filled, cast.dung, Right.QUERY)
    assert ask(filled, "/studies", token).status_code == 200
    with filled.services.db.transaction() as tx, pytest.raises(NotFound):
        revoke_access_token(tx, cast.giang, token_id=token_id)
    with filled.services.db.transaction() as tx:
        revoke_access_token(tx, cast.dung, token_id=token_id)
    assert ask(filled, "/studies", token).status_code == 401
    _, token = make(filled, cast.dung, Right.QUERY, days=1)
    with clock.shifted(timedelta(days=2)):
        assert ask(filled, "/studies", token).status_code == 401


def test_its_last_use_is_known_and_the_token_itself_is_not(filled: Dicomweb, cast: Cast) -> None:
    _, token = make(filled, cast.dung, Right.QUERY)
    ask(filled, "/studies", token)
    with filled.services.db.reading() as tx:
        (info,) = access_tokens(tx, cast.dung)
        records = tx.session.scalars(select(AuditRecord)).all()
    assert info.last_used_at is not None
    assert info.live
    assert token not in repr(info)
    made = [record for record in records if record.subject_type == "access-token"]
    assert [record.action for record in made] == ["C"]
    assert not any(token in record.detail for record in records)


def test_only_an_administrator_makes_one(filled: Dicomweb, cast: Cast) -> None:
    for somebody in (cast.alice, cast.ct_a):
        with pytest.raises(Forbidden):
            make(filled, somebody, Right.QUERY)
    assert not cast.alice.allows(Permission.TOKEN_MANAGE)
    for rights, days in (((), 30), ((Right.COMMIT,), 30), ((Right.QUERY,), 0), ((Right.QUERY,), 5000)):
        with pytest.raises(Invalid):
            make(filled, cast.dung, *rights, days=days)


def test_whoever_tries_wrong_tokens_is_told_to_wait_and_others_are_not(filled: Dicomweb, cast: Cast) -> None:
    _, token = make(filled, cast.dung, Right.QUERY)
    statuses = [ask(filled, "/studies", f"wrong-{n}").status_code for n in range(40)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert ask(filled, "/studies", token).status_code == 200
    with filled.services.db.reading() as tx:
        wrong = tx.session.scalars(select(AuditRecord).where(AuditRecord.subject_type == "token")).all()
    assert len(wrong) == 1
