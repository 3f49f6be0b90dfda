"""A case sent back says why by a code, comes again mended, and every step's time is kept."""

import pytest
from sqlalchemy import select

from app.base.errors import Conflict, Forbidden, Invalid
from consults.models import ConsultStep
from tests.consults.conftest import Clinic


def _steps(clinic: Clinic, consult_id: str) -> list[ConsultStep]:
    with clinic.db.reading() as tx:
        mine = select(ConsultStep).where(ConsultStep.consult_id == consult_id).order_by(ConsultStep.number)
        return list(tx.session.scalars(mine))


def test_before_acceptance_it_comes_back_to_everybody_who_was_asked(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    alice, bob, binh = clinic.cast.alice, clinic.cast.bob, clinic.cast.binh
    consult_id = clinic.asked()
    clinic.wish(bob, "consult.hold", consult_id=consult_id, code="missing-series", reason="Thiếu tĩnh mạch")

    held = clinic.state(alice, consult_id)["consult"]
    assert (held["state"], held["return_reason"], held["reason"]) == (
        "on-hold",
        "missing-series",
        "Thiếu tĩnh mạch",
    )
    assert held["consulting"]["person"] is None
    with pytest.raises(Conflict):
        clinic.wish(binh, "consult.accept", consult_id=consult_id)

    clinic.wish(alice, "consult.resubmit", consult_id=consult_id, note="Đã gửi thì tĩnh mạch")
    again = clinic.state(binh, consult_id)["consult"]
    assert (again["state"], again["return_reason"]) == ("requested", None)
    assert again["resubmission"] == "Đã gửi thì tĩnh mạch"
    clinic.wish(binh, "consult.accept", consult_id=consult_id)


def test_after_acceptance_it_comes_back_to_the_consultant_at_work(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    alice, bob, binh = clinic.cast.alice, clinic.cast.bob, clinic.cast.binh
    consult_id = clinic.accepted()
    with pytest.raises(Forbidden):
        clinic.wish(binh, "consult.hold", consult_id=consult_id, code="poor-image")
    clinic.wish(bob, "consult.hold", consult_id=consult_id, code="unclear-question")
    with pytest.raises(Forbidden):
        clinic.wish(bob, "consult.resubmit", consult_id=consult_id, note="tự gửi lại")
    question = clinic.state(alice, consult_id)["consult"]["questions"][0]
    better = {"id": question["id"], "text": "Có máu tụ dưới màng cứng bên trái không?"}
    clinic.wish(alice, "consult.resubmit", consult_id=consult_id, note="Nói rõ", questions=[better])

    state = clinic.state(bob, consult_id)["consult"]
    assert state["state"] == "in-progress"
    assert state["questions"][0]["text"] == better["text"]


def test_a_question_that_has_an_answer_keeps_its_words(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.answered()
    clinic.wish(clinic.cast.bob, "consult.hold", consult_id=consult_id, code="poor-image")
    question = clinic.state(clinic.cast.alice, consult_id)["consult"]["questions"][0]
    with pytest.raises(Conflict):
        clinic.wish(
            clinic.cast.alice,
            "consult.resubmit",
            consult_id=consult_id,
            note="Đổi câu hỏi",
            questions=[{"id": question["id"], "text": "Một câu khác hẳn?"}],
        )


def test_other_says_nothing_without_words(sqlite_clinic: Clinic) -> None:
    consult_id = sqlite_clinic.asked()
    with pytest.raises(Invalid):
        sqlite_clinic.wish(sqlite_clinic.cast.bob, "consult.hold", consult_id=consult_id, code="other")


def test_every_state_is_timed_without_a_gap(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.asked()
    clinic.wish(clinic.cast.bob, "consult.hold", consult_id=consult_id, code="poor-image")
    clinic.wish(clinic.cast.alice, "consult.resubmit", consult_id=consult_id, note="Chụp lại")
    clinic.wish(clinic.cast.bob, "consult.accept", consult_id=consult_id)
    steps = _steps(clinic, consult_id)

    assert [step.state for step in steps] == ["draft", "requested", "on-hold", "requested", "accepted"]
    assert [step.left_at for step in steps[:-1]] == [step.entered_at for step in steps[1:]]
    assert steps[-1].left_at is None
    assert [step.entered_by for step in steps] == [
        clinic.cast.alice.id,
        clinic.cast.alice.id,
        clinic.cast.bob.id,
        clinic.cast.alice.id,
        clinic.cast.bob.id,
    ]
