"""A report: versions that are only added, a status that follows its table, and who may read it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.archive.actions import grant_study
from app.archive.states import GranteeType
from app.base.actor import Actor, ActorKind
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from app.base.ids import new_id
from app.reporting.actions import (
    cancel_report,
    create_report,
    finalise_report,
    revise_report,
    write_patient_text,
)
from app.reporting.lifecycle import TABLE, Status, Verb, next_status
from app.reporting.models import ReportVersion
from app.reporting.queries import ReportInfo, report_info, reports_of_study
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast

Act = Callable[..., ReportInfo]


@pytest.fixture
def study_id(db: Database, blobs: Blobs, cast: Cast) -> str:
    study_id = store(db, blobs, cast.ct_a, dicomgen.ct_slice())
    _grant(db, cast.alice, study_id, "person", cast.bob.id)
    return study_id


def _grant(db: Database, actor: Actor, study_id: str, grantee_type: str, grantee_id: str) -> None:
    with db.transaction() as tx:
        grant_study(
            tx,
            actor,
            study_id=study_id,
            grantee_type=GranteeType(grantee_type),
            grantee_id=grantee_id,
            scope="view",
            expires_at=None,
            reason="test",
            reason_ref=f"{grantee_type}-{grantee_id}",
        )


@pytest.fixture
def act(db: Database) -> Act:
    def act(action: Callable[..., ReportInfo], actor: Actor, **given: object) -> ReportInfo:
        with db.transaction() as tx:
            return action(tx, actor, **given)

    return act


def _link(cast: Cast) -> Actor:
    return Actor(kind=ActorKind.LINK, id=new_id(), name="Bệnh nhân", hospital_id=cast.a.id)


def _read(db: Database, actor: Actor, study_id: str) -> list[ReportInfo]:
    with db.reading() as tx:
        return reports_of_study(tx, actor, study_id)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("verb", Verb)
def test_the_table_is_the_whole_truth(status: Status, verb: Verb) -> None:
    expected = {
        ("amended", "finalise"): "amended",
        ("amended", "revise"): "amended",
        ("final", "finalise"): "final",
        ("final", "revise"): "amended",
        ("preliminary", "cancel"): "cancelled",
        ("preliminary", "finalise"): "final",
        ("preliminary", "revise"): "preliminary",
    }.get((status.value, verb.value))
    if expected is None:
        with pytest.raises(Conflict):
            next_status(status, verb)
    else:
        assert next_status(status, verb) == expected
    assert set(TABLE) == set(Status)


def test_every_text_it_ever_had_is_kept(db: Database, cast: Cast, act: Act, study_id: str) -> None:
    report = act(create_report, cast.bob, study_ids=[study_id], conclusion=" Không thấy u. ")
    act(revise_report, cast.bob, report_id=report.id, conclusion="Có nốt 5 mm.")
    act(revise_report, cast.bob, report_id=report.id, conclusion="Có nốt 5 mm.")
    act(finalise_report, cast.alice, report_id=report.id)
    amended = act(revise_report, cast.bob, report_id=report.id, conclusion="Có nốt 6 mm.")

    assert (amended.status, amended.conclusion, amended.version) == ("amended", "Có nốt 6 mm.", 4)
    assert (amended.author_name, amended.hospital_name) == (cast.bob.name, cast.b.name)
    with db.reading() as tx:
        kept = tx.session.scalars(select(ReportVersion).order_by(ReportVersion.number)).all()
        assert [(row.number, row.status, row.conclusion) for row in kept] == [
            (1, "preliminary", "Không thấy u."),
            (2, "preliminary", "Có nốt 5 mm."),
            (3, "final", "Có nốt 5 mm."),
            (4, "amended", "Có nốt 6 mm."),
        ]


def test_only_its_author_changes_the_conclusion(cast: Cast, act: Act, study_id: str) -> None:
    report = act(create_report, cast.bob, study_ids=[study_id], conclusion="Không thấy u.")
    with pytest.raises(Forbidden):
        act(revise_report, cast.alice, report_id=report.id, conclusion="Có u.")
    with pytest.raises(Forbidden):
        act(create_report, cast.tam, study_ids=[study_id], conclusion="x")
    for empty in ("", "   "):
        with pytest.raises(Invalid):
            act(create_report, cast.bob, study_ids=[study_id], conclusion=empty)
    with pytest.raises(Invalid):
        act(create_report, cast.bob, study_ids=[], conclusion="x")


def test_the_patient_s_text_is_written_by_a_doctor_of_either_side(
    db: Database, cast: Cast, act: Act, study_id: str
) -> None:
    report = act(create_report, cast.bob, study_ids=[study_id], conclusion="Không thấy u.")
    act(write_patient_text, cast.alice, report_id=report.id, text="Phổi bác bình thường.")
    (read,) = _read(db, cast.dao, study_id)
    assert (read.patient_text, read.patient_text_by) == ("Phổi bác bình thường.", cast.alice.name)
    assert read.patient_text_at is not None
    with pytest.raises(Forbidden):
        act(write_patient_text, cast.tam, report_id=report.id, text="x")


def test_a_patient_s_link_shows_what_is_final_only(db: Database, cast: Cast, act: Act, study_id: str) -> None:
    link = _link(cast)
    _grant(db, cast.alice, study_id, "link", link.id)
    report = act(create_report, cast.bob, study_ids=[study_id], conclusion="Không thấy u.")
    assert _read(db, link, study_id) == []
    act(finalise_report, cast.bob, report_id=report.id)
    assert [shown.id for shown in _read(db, link, study_id)] == [report.id]


def test_a_withdrawn_report_is_shown_to_nobody(db: Database, cast: Cast, act: Act, study_id: str) -> None:
    report = act(create_report, cast.bob, study_ids=[study_id], conclusion="Không thấy u.")
    act(cancel_report, cast.alice, report_id=report.id)
    assert _read(db, cast.alice, study_id) == []
    with pytest.raises(Conflict):
        act(revise_report, cast.bob, report_id=report.id, conclusion="x")


def test_strangers_do_not_find_it_and_its_hospital_keeps_it(
    db: Database, cast: Cast, act: Act, study_id: str
) -> None:
    report = act(create_report, cast.bob, study_ids=[study_id], conclusion="Không thấy u.")
    with db.reading() as tx:
        assert report_info(tx, cast.binh, report.id) == report
        for stranger in (cast.chi, cast.vinh, cast.ct_c, _link(cast), cast.root):
            with pytest.raises(NotFound):
                report_info(tx, stranger, report.id)
            with pytest.raises(NotFound):
                reports_of_study(tx, stranger, study_id)
