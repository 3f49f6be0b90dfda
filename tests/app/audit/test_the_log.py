"""The log: every action leaves a line, one sees one's own hospital's, filters and pages hold."""

from datetime import timedelta

import pytest

from app.audit.actions import record
from app.audit.kinds import MEANINGS, AuditKind
from app.audit.queries import AuditFilter, AuditInfo, list_records
from app.base import clock
from app.base.actor import Actor
from app.base.db import Database
from app.base.errors import Forbidden
from tests.cast import Cast


def note(db: Database, actor: Actor, subject: str, hospital_id: str | None, **detail: object) -> None:
    with db.transaction() as tx:
        record(
            tx,
            actor,
            AuditKind.INSTANCES_ACCESSED,
            "R",
            subject_type="study",
            subject_id=subject,
            hospital_id=hospital_id,
            detail=detail,
        )


def seen(db: Database, actor: Actor, wanted: AuditFilter | None = None) -> list[AuditInfo]:
    with db.reading() as tx:
        return list(list_records(tx, actor, wanted or AuditFilter(subject="study")).records)


@pytest.fixture
def lines(db: Database, cast: Cast) -> Cast:
    note(db, cast.alice, "at-home", cast.a.id, count=3)
    note(db, cast.bob, "guest", cast.a.id)
    note(db, cast.chi, "elsewhere", cast.c.id)
    return cast


def test_one_sees_what_happened_to_one_s_things_and_what_one_s_people_did(db: Database, lines: Cast) -> None:
    assert [line.subject_id for line in seen(db, lines.lan)] == ["guest", "at-home"]
    assert [line.subject_id for line in seen(db, lines.giang)] == ["guest"]
    assert [line.subject_id for line in seen(db, lines.vinh)] == ["elsewhere"]
    assert len(seen(db, lines.root)) == 3


@pytest.mark.parametrize("who", ["alice", "bob", "tam", "ct_a"])
def test_who_may_not_read_it_is_refused(db: Database, lines: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        seen(db, getattr(lines, who))


def test_filters_narrow(db: Database, lines: Cast) -> None:
    def subjects(wanted: AuditFilter) -> list[str]:
        return [line.subject_id for line in seen(db, lines.root, wanted)]

    assert subjects(AuditFilter(who="bổng", subject="study")) == ["guest"]
    assert subjects(AuditFilter(who=lines.chi.id)) == ["elsewhere"]
    assert subjects(AuditFilter(subject="at-home")) == ["at-home"]
    assert subjects(AuditFilter(hospital_id=lines.b.id, subject="study")) == ["guest"]
    assert subjects(AuditFilter(kind=AuditKind.EXPORT)) == []
    assert subjects(AuditFilter(who="%", subject="study")) == []
    tomorrow = clock.now() + timedelta(days=1)
    assert subjects(AuditFilter(since=tomorrow)) == []
    assert len(subjects(AuditFilter(until=tomorrow, subject="study"))) == 3


def test_pages_hold_every_line_once(db: Database, cast: Cast) -> None:
    for number in range(7):
        note(db, cast.alice, f"s{number}", cast.a.id)
    found: list[str] = []
    before = None
    while True:
        with db.reading() as tx:
            page = list_records(tx, cast.lan, AuditFilter(subject="study"), before=before, limit=3)
        found += [line.id for line in page.records]
        before = page.older
        if before is None:
            break
    assert len(found) == len(set(found)) == 7
    assert found == sorted(found, reverse=True)


def test_the_kinds_are_the_standard_s() -> None:
    assert [kind.value for kind in AuditKind] == [kind.value for kind in MEANINGS]
    assert sorted(kind.value for kind in AuditKind) == [str(110100 + number) for number in range(15)]
    assert [kind.name for kind in AuditKind] == sorted(kind.name for kind in AuditKind)
