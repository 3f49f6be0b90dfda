"""What there is of the patient from before: shared with one click, its reports read by those the case was sent to."""

from dataclasses import replace
from typing import Any

from flask import Flask

from app.base.actor import Actor, Role
from app.reporting.actions import create_report, finalise_report
from tests import dicomgen
from tests.consults.conftest import Clinic
from tests.factories import browser


def _report(clinic: Clinic, study_id: str, text: str, *, issued: bool = True) -> None:
    reader = replace(clinic.cast.dao, roles=frozenset({Role.SPECIALIST}))
    with clinic.db.transaction() as tx:
        made = create_report(tx, reader, study_ids=[study_id], conclusion=text)
        if issued:
            finalise_report(tx, reader, report_id=made.id)


def test_earlier_studies_are_offered_and_their_reports_go_with_them(clinic: Clinic, app: Flask) -> None:
    before = clinic.store(dicomgen.ct_slice(study="study-before", StudyDescription="CT NĂM NGOÁI"))
    clinic.store(dicomgen.ct_slice(study="study-other", patient_id="P-KHÁC"))
    _report(clinic, before, "Nhồi máu cũ bán cầu trái.")
    _report(clinic, before, "Bản nháp chưa ký.", issued=False)
    consult_id = clinic.accepted()

    def told(actor: Actor) -> dict[str, Any]:
        answer = browser(app, clinic.db, actor).get_json(f"/consults/{consult_id}/earlier")
        found: dict[str, Any] = answer.get_json()
        return found

    offered = told(clinic.cast.alice)
    assert [(study["id"], study["report_count"]) for study in offered["studies"]] == [(before, 1)]
    assert told(clinic.cast.bob) == {"studies": [], "reports": []}

    clinic.wish(clinic.cast.alice, "study.share", consult_id=consult_id, study_id=before)
    _report(clinic, before, "Đọc sau khi hỏi.")
    assert told(clinic.cast.alice)["studies"] == []
    assert [one["conclusion"] for one in told(clinic.cast.bob)["reports"]] == ["Nhồi máu cũ bán cầu trái."]

    for stranger, code in ((clinic.cast.chi, 404), (clinic.cast.vinh, 403)):
        there = browser(app, clinic.db, stranger)
        assert there.get_json(f"/consults/{consult_id}/earlier").status_code == code
    clinic.wish(clinic.cast.alice, "consult.cancel", consult_id=consult_id, reason="không cần nữa")
    assert told(clinic.cast.bob)["reports"] == []
