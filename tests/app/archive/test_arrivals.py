"""A study arrives while somebody sends it, is complete when nobody does; lists hear of it, but not too often."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.archive.actions import announce_changed_studies, association_closed, complete_quiet_studies
from app.archive.arrivals import has_unannounced_studies
from app.archive.models import Association, Study
from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base import clock
from app.base.actor import SYSTEM
from app.base.events import LiveEventRow
from app.base.jobs import Job
from tests import dicomgen
from tests.app.archive.conftest import ASSOCIATION, Archive

QUIET = timedelta(seconds=61)


def state(archive: Archive) -> str:
    with archive.db.reading() as tx:
        return tx.session.scalars(select(Study.state)).one()


def complete(archive: Archive, later: timedelta = QUIET) -> int:
    with clock.shifted(later), archive.db.transaction() as tx:
        return complete_quiet_studies(tx, SYSTEM, after_seconds=60)


def close(archive: Archive) -> None:
    with archive.db.transaction() as tx:
        association_closed(tx, archive.cast.ct_a, association_id=ASSOCIATION)


def told(archive: Archive, type_: str = "study.changed") -> list[int]:
    """The counts announced to hospital A, in order."""
    with archive.db.reading() as tx:
        query = select(LiveEventRow.payload).where(
            LiveEventRow.type == type_, LiveEventRow.topic == f"hospital:{archive.cast.a.id}"
        )
        payloads = [json.loads(text) for text in tx.session.scalars(query.order_by(LiveEventRow.id))]
    return [payload.get("instance_count", -1) for payload in payloads]


def transfers(archive: Archive) -> list[dict[str, object]]:
    with archive.db.reading() as tx:
        query = select(AuditRecord.detail).where(AuditRecord.kind == AuditKind.INSTANCES_TRANSFERRED)
        return [json.loads(text) for text in tx.session.scalars(query)]


def test_complete_only_after_the_sender_left_and_a_quiet_minute(archive: Archive) -> None:
    archive.store(dicomgen.ct_slice())

    assert complete(archive) == 0  # the association is still open
    close(archive)
    assert complete(archive, timedelta(seconds=59)) == 0
    assert state(archive) == "arriving"
    assert complete(archive) == 1
    assert state(archive) == "complete"


def test_a_later_image_makes_it_arrive_again(archive: Archive) -> None:
    archive.send([dicomgen.ct_slice(1)])
    complete(archive)

    archive.store(dicomgen.ct_slice(2))

    assert state(archive) == "arriving"
    assert told(archive)[-1] == 2


def test_a_crash_leaves_no_association_open_for_ever(archive: Archive) -> None:
    archive.store(dicomgen.ct_slice())

    assert complete(archive, timedelta(minutes=6)) == 1
    with archive.db.reading() as tx:
        assert tx.session.scalars(select(Association.closed_at)).one() is not None
    assert [record["stored"] for record in transfers(archive)] == [1]


def test_one_audit_record_for_each_association_and_study(archive: Archive) -> None:
    archive.send([*dicomgen.series(3), *dicomgen.series(2, study="other"), dicomgen.ct_slice(1)])
    close(archive)

    assert sorted((record["stored"], record["repeated"]) for record in transfers(archive)) == [(2, 0), (3, 1)]


def test_an_association_that_goes_on_tells_only_what_is_new(archive: Archive) -> None:
    archive.send([dicomgen.ct_slice(1)])
    archive.send([dicomgen.ct_slice(2)])

    assert [record["stored"] for record in transfers(archive)] == [1, 1]


def test_nobody_else_closes_my_association(archive: Archive) -> None:
    archive.store(dicomgen.ct_slice())
    with archive.db.transaction() as tx:
        association_closed(tx, archive.cast.ct_b, association_id=ASSOCIATION)

    assert transfers(archive) == []


def test_lists_hear_at_most_four_times_a_second_and_always_the_last(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now()
    files = dicomgen.series(11, rows=8, columns=8)
    for number, data in enumerate(files):
        moment = start + number * timedelta(seconds=0.1)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        archive.store(data)
    close(archive)

    assert told(archive) == [1, 4, 7, 10, 11]


def test_what_was_held_back_is_told_by_the_ticker(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    for data in dicomgen.series(4, rows=8, columns=8):
        archive.store(data)
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(seconds=0.25))
    with archive.db.transaction() as tx:
        assert has_unannounced_studies(tx)
        assert announce_changed_studies(tx, SYSTEM) == 1
        assert not has_unannounced_studies(tx)

    assert told(archive) == [1, 4]


def test_a_new_study_is_listed_once(archive: Archive) -> None:
    archive.send(dicomgen.series(3))

    assert len(told(archive, "study.listed")) == 1


def test_previews_are_asked_for_once_while_they_wait(archive: Archive) -> None:
    archive.send([*dicomgen.series(3), dicomgen.pdf_document()])

    with archive.db.reading() as tx:
        asked = select(Job.subject_id).where(Job.name == "previews.make")
        assert len(tx.session.scalars(asked).all()) == 1
