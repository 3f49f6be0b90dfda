"""A consult goes from a draft to completed, and everybody sees what they should on the way."""

import pytest

from app.archive.queries import StudyQuery, list_studies
from app.base.errors import Conflict
from app.reporting.queries import reports_of_study
from consults.queries import Box, list_consults
from tests.consults.conftest import QUESTIONS, Clinic


def test_asking_shares_the_study_and_fills_the_inbox(clinic: Clinic) -> None:
    consult_id = clinic.asked()

    with clinic.db.reading() as tx:
        (waiting,) = list_consults(tx, clinic.cast.bob, Box.INBOX).consults
        (sent,) = list_consults(tx, clinic.cast.alice, Box.SENT).consults
        (study,) = list_studies(tx, clinic.cast.bob, StudyQuery()).studies

    assert (waiting.id, waiting.state, waiting.urgency) == (consult_id, "requested", "urgent")
    assert waiting.question == QUESTIONS[0]
    assert waiting.question_count == 2
    assert waiting.unread == 1
    assert waiting.other_hospital == clinic.cast.a.name
    assert waiting.due_at is not None
    assert waiting.asked_at is not None
    assert (waiting.due_at - waiting.asked_at).total_seconds() == 4 * 3600
    assert (sent.id, sent.other_hospital, sent.unread) == (consult_id, clinic.cast.b.name, 0)
    assert study.id == clinic.study_id
    assert study.shared


def test_a_draft_is_nobody_elses_business(clinic: Clinic) -> None:
    consult_id = clinic.wish(clinic.cast.alice, "consult.create", **clinic.content())["id"]

    with clinic.db.reading() as tx:
        seen = {
            person.name: [consult.id for consult in list_consults(tx, person).consults]
            for person in (clinic.cast.alice, clinic.cast.dao, clinic.cast.bob, clinic.cast.chi)
        }
        studies = list_studies(tx, clinic.cast.bob, StudyQuery()).studies

    assert [ids for ids in seen.values() if ids] == [[consult_id]]
    assert studies == ()


def test_answers_and_opinion_become_a_report_that_is_final_on_completion(clinic: Clinic) -> None:
    consult_id = clinic.answered()
    state = clinic.state(clinic.cast.alice, consult_id)["consult"]

    assert state["state"] == "in-progress"
    assert [question["answer"] for question in state["questions"]] == ["Trả lời 1", "Trả lời 2"]
    assert state["questions"][0]["answered_by"]["name"] == clinic.cast.bob.name
    with clinic.db.reading() as tx:
        (report,) = reports_of_study(tx, clinic.cast.alice, clinic.study_id)
    assert (report.status, report.conclusion) == ("preliminary", "Không thấy xuất huyết.")
    assert report.hospital_name == clinic.cast.b.name

    clinic.wish(clinic.cast.alice, "consult.complete", consult_id=consult_id)

    with clinic.db.reading() as tx:
        (report,) = reports_of_study(tx, clinic.cast.alice, clinic.study_id)
        open_ones = list_consults(tx, clinic.cast.bob, Box.INBOX).consults
        (closed,) = list_consults(tx, clinic.cast.bob, Box.INBOX, closed=True).consults
    assert report.status == "final"
    assert open_ones == ()
    assert (closed.id, closed.state) == (consult_id, "completed")


def test_nothing_is_completed_before_every_question_has_its_answer(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    clinic.wish(clinic.cast.bob, "opinion.give", consult_id=consult_id, text="Không thấy xuất huyết.")

    with pytest.raises(Conflict) as refused:
        clinic.wish(clinic.cast.alice, "consult.complete", consult_id=consult_id)

    assert refused.value.code == "not_answered"


def test_the_first_answer_starts_the_work(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    question = clinic.state(clinic.cast.bob, consult_id)["consult"]["questions"][0]

    clinic.wish(
        clinic.cast.bob, "question.answer", consult_id=consult_id, question_id=question["id"], text="Không."
    )

    types = [event["type"] for event in clinic.events(clinic.cast.alice, consult_id)]
    assert types == [
        "consult.drafted",
        "consult.requested",
        "consult.accepted",
        "consult.started",
        "answer.given",
    ]


def test_a_changed_opinion_after_reopening_amends_the_report(clinic: Clinic) -> None:
    consult_id = clinic.completed()
    clinic.wish(clinic.cast.alice, "consult.reopen", consult_id=consult_id, reason="Đau trở lại")
    revised = {"text": "Có xuất huyết dưới nhện nhỏ.", "version": clinic.version(consult_id)}
    clinic.wish(clinic.cast.bob, "opinion.give", consult_id=consult_id, **revised)
    clinic.wish(clinic.cast.bob, "consult.complete", consult_id=consult_id)

    with clinic.db.reading() as tx:
        (report,) = reports_of_study(tx, clinic.cast.alice, clinic.study_id)
    assert (report.status, report.conclusion) == ("amended", "Có xuất huyết dưới nhện nhỏ.")


def test_numbers_run_within_a_hospital_and_year(clinic: Clinic) -> None:
    numbers = [clinic.state(clinic.cast.alice, clinic.asked())["consult"]["number"] for _ in range(2)]

    assert [number.rsplit("-", 1)[1] for number in numbers] == ["0001", "0002"]
    assert all(number.startswith("AN-BINH-") for number in numbers)


def test_stepping_back_from_a_held_consult_takes_the_reason_along(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    clinic.wish(clinic.cast.bob, "consult.hold", consult_id=consult_id, code="other", reason="Thiếu bệnh sử")
    clinic.wish(clinic.cast.bob, "consult.withdraw", consult_id=consult_id)

    assert clinic.state(clinic.cast.alice, consult_id)["consult"]["reason"] is None
    told = clinic.events(clinic.cast.alice, consult_id)[-1]["data"]["consult"]
    assert (told["state"], told["reason"]) == ("requested", None)
