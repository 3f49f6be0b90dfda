"""A study is seen through a grant or not at all; every way to it says the same "not found"."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.archive import access, queries
from app.archive.actions import end_grants, grant_study, open_study
from app.archive.models import Instance, Series, Study, StudyOpening
from app.archive.queries import Search, StudyQuery
from app.archive.states import GranteeType
from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base import clock
from app.base.actor import SYSTEM, Actor, ActorKind
from app.base.db import Tx
from app.base.errors import Forbidden, NotFound
from tests import dicomgen
from tests.app.archive.conftest import Archive

DAY = timedelta(days=1)


@pytest.fixture
def study_id(archive: Archive) -> str:
    stored = archive.send(dicomgen.series(2, rows=8, columns=8))
    assert stored[0].study_id
    return stored[0].study_id


def grant(
    archive: Archive, study_id: str, kind: str, who: str, *, by: Actor | None = None, days: int | None = None
) -> None:
    with archive.db.transaction() as tx:
        grant_study(
            tx,
            by or archive.cast.alice,
            study_id=study_id,
            grantee_type=GranteeType(kind),
            grantee_id=who,
            scope="view",
            expires_at=None if days is None else tx.now + days * DAY,
            reason="consult",
            reason_ref="consult-1",
        )


Way = Callable[[Tx, Actor, str], object]


def _instance(tx: Tx) -> str:
    return tx.session.scalars(select(Instance.id).limit(1)).one()


def _series(tx: Tx) -> str:
    return tx.session.scalars(select(Series.id)).one()


def _files(tx: Tx, actor: Actor) -> object:
    hospital_id = tx.session.scalars(select(Study.hospital_id)).one()
    return queries.files_of(tx, actor, hospital_id=hospital_id, study_instance_uid=dicomgen.uid("study-1"))


def _by_uid(tx: Tx, actor: Actor) -> object:
    hospital_id = tx.session.scalars(select(Study.hospital_id)).one()
    return access.study_by_uid(tx, actor, dicomgen.uid("study-1"), hospital_id=hospital_id)


WAYS: dict[str, Way] = {
    "study_for": access.study_for,
    "study_by_uid": lambda tx, actor, _: _by_uid(tx, actor),
    "series_for": lambda tx, actor, _: access.series_for(tx, actor, _series(tx)),
    "study_info": queries.study_info,
    "manifest": queries.manifest,
    "locate_frame": lambda tx, actor, _: queries.locate_frame(
        tx, actor, instance_id=_instance(tx), frame_number=1
    ),
    "series_frames": lambda tx, actor, _: queries.series_frames(tx, actor, _series(tx)),
    "files_of": lambda tx, actor, _: _files(tx, actor),
    "file_of": lambda tx, actor, _: queries.file_of(tx, actor, _instance(tx)),
}


def sees(archive: Archive, actor: Actor, study_id: str) -> bool:
    """Whether the actor may see it, by every way there is; all must agree."""
    found = set()
    with archive.db.reading() as tx:
        for way in WAYS.values():
            try:
                way(tx, actor, study_id)
            except NotFound:
                found.add(False)
            else:
                found.add(True)
        for query in (StudyQuery(), StudyQuery(text="van"), StudyQuery(state="arriving")):
            found.add(bool(queries.list_studies(tx, actor, query).studies))
        found |= {
            bool(search(tx, actor, Search({})).items)
            for search in (queries.search_studies, queries.search_series, queries.search_instances)
        }
    assert len(found) == 1
    return found.pop()


def test_the_own_hospital_sees_it_and_no_other(archive: Archive, study_id: str) -> None:
    cast = archive.cast
    may = {
        actor.name for actor in (cast.alice, cast.dao, cast.tam, cast.ct_a) if sees(archive, actor, study_id)
    }

    assert may == {cast.alice.name, cast.dao.name, cast.tam.name, cast.ct_a.name}
    assert sees(archive, SYSTEM, study_id)
    for actor in (cast.bob, cast.chi, cast.vinh, cast.ct_b, cast.lan, cast.dung, cast.root):
        assert not sees(archive, actor, study_id)


def test_a_hospital_it_is_shared_with_sees_it_until_it_ends(archive: Archive, study_id: str) -> None:
    cast = archive.cast
    grant(archive, study_id, "hospital", cast.b.id, days=7)

    assert sees(archive, cast.bob, study_id)
    assert sees(archive, cast.binh, study_id)
    assert not sees(archive, cast.ct_b, study_id)  # a machine asks for its own hospital's only
    assert not sees(archive, cast.chi, study_id)
    with clock.shifted(7 * DAY):
        assert not sees(archive, cast.bob, study_id)
        assert sees(archive, cast.alice, study_id)


def test_a_person_it_is_shared_with_sees_it_and_no_colleague(archive: Archive, study_id: str) -> None:
    grant(archive, study_id, "person", archive.cast.bob.id)

    assert sees(archive, archive.cast.bob, study_id)
    assert not sees(archive, archive.cast.binh, study_id)


def test_a_link_sees_what_it_was_made_for(archive: Archive, study_id: str) -> None:
    other = archive.store(dicomgen.ct_slice(study="other")).study_id
    link = Actor(ActorKind.LINK, "link-1", "", archive.cast.a.id, session_id="s")
    grant(archive, study_id, "link", "link-1", days=30)

    with archive.db.reading() as tx:
        assert [study.id for study in queries.list_studies(tx, link, StudyQuery()).studies] == [study_id]
        with pytest.raises(NotFound):
            access.study_for(tx, link, str(other))


def test_ending_a_reason_ends_all_its_grants_and_nothing_else(archive: Archive, study_id: str) -> None:
    cast = archive.cast
    grant(archive, study_id, "hospital", cast.b.id)
    with archive.db.transaction() as tx:
        assert end_grants(tx, cast.alice, reason_ref="consult-1", at=tx.now) == 1

    assert not sees(archive, cast.bob, study_id)
    assert sees(archive, cast.alice, study_id)


def test_who_got_it_cannot_pass_it_on_but_may_reopen_what_was_given(archive: Archive, study_id: str) -> None:
    cast = archive.cast
    grant(archive, study_id, "hospital", cast.b.id, days=1)
    with pytest.raises(NotFound):
        grant(archive, study_id, "hospital", cast.c.id, by=cast.bob)
    with pytest.raises(NotFound):
        grant(archive, study_id, "person", cast.chi.id, by=cast.chi)

    with clock.shifted(2 * DAY):
        assert not sees(archive, cast.bob, study_id)
        grant(archive, study_id, "hospital", cast.b.id, by=cast.bob, days=1)
        assert sees(archive, cast.bob, study_id)


def test_every_right_given_and_ended_is_recorded(archive: Archive, study_id: str) -> None:
    grant(archive, study_id, "hospital", archive.cast.b.id)
    with archive.db.transaction() as tx:
        end_grants(tx, archive.cast.alice, reason_ref="consult-1", at=tx.now)

    with archive.db.reading() as tx:
        query = select(AuditRecord.action).where(
            AuditRecord.kind == AuditKind.SECURITY_ALERT, AuditRecord.subject_id == study_id
        )
        assert sorted(tx.session.scalars(query)) == ["C", "D"]


def opened(archive: Archive, actor: Actor, study_id: str) -> str:
    with archive.db.transaction() as tx:
        return open_study(tx, actor, study_id=study_id, session_id=str(actor.session_id)).key


def works(archive: Archive, actor: Actor, key: str) -> bool:
    with archive.db.reading() as tx:
        try:
            return bool(access.opening_for(tx, actor, key).study_id)
        except NotFound:
            return False


def test_a_key_works_in_its_session_and_nowhere_else(archive: Archive, study_id: str) -> None:
    alice = replace(archive.cast.alice, session_id="session-1")
    key = opened(archive, alice, study_id)

    assert works(archive, alice, key)
    assert not works(archive, replace(alice, session_id="session-2"), key)
    assert not works(archive, replace(alice, session_id=None), key)
    assert not works(archive, alice, key + "x")


def test_a_key_dies_with_the_right(archive: Archive, study_id: str) -> None:
    bob = replace(archive.cast.bob, session_id="session-b")
    grant(archive, study_id, "person", bob.id)
    key = opened(archive, bob, study_id)
    assert works(archive, bob, key)

    with archive.db.transaction() as tx:
        end_grants(tx, archive.cast.alice, reason_ref="consult-1", at=tx.now)
    assert not works(archive, bob, key)


def test_an_opening_is_recorded_once_and_its_key_kept_nowhere(archive: Archive, study_id: str) -> None:
    alice = replace(archive.cast.alice, session_id="session-1")
    key = opened(archive, alice, study_id)
    works(archive, alice, key)

    with archive.db.reading() as tx:
        query = select(AuditRecord).where(AuditRecord.kind == AuditKind.INSTANCES_ACCESSED)
        assert len(tx.session.scalars(query).all()) == 1
        assert tx.session.scalars(select(StudyOpening.key_hash)).one() != key


def test_opening_what_is_not_there_and_without_a_role(archive: Archive, study_id: str) -> None:
    with pytest.raises(NotFound):
        opened(archive, replace(archive.cast.chi, session_id="c"), study_id)
    with pytest.raises(Forbidden):
        opened(archive, replace(archive.cast.lan, session_id="l"), study_id)


def test_a_frame_of_another_study_is_not_found_through_this_one(archive: Archive, study_id: str) -> None:
    other = archive.store(dicomgen.ct_slice(study="other"))
    with archive.db.reading() as tx, pytest.raises(NotFound):
        queries.locate_frame(
            tx, archive.cast.alice, instance_id=str(other.instance_id), frame_number=1, study_id=study_id
        )
