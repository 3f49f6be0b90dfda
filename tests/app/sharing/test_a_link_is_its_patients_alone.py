"""A study moved to another person takes no reader of the first one with it; a birth date put right is the one asked."""

import pytest

from app.archive.access import study_for
from app.archive.actions import edit_patient, merge_patients, move_study, undo_correction
from app.archive.grants import PERSON_CHANGED
from app.archive.queries import study_info
from app.base.actor import SYSTEM, link_holder
from app.base.errors import NotFound, Unauthenticated
from app.base.jobs import Job
from app.sharing.actions import Attempt, answer_link, end_links_of_another_person
from app.sharing.queries import actor_for_link_session, link_front, link_info
from app.sharing.states import Factor, LinkState, Outcome
from tests.app.sharing.conftest import Clinic


def answer(clinic: Clinic, token: str, given: str) -> Attempt:
    with clinic.db.transaction() as tx:
        return answer_link(tx, link_holder(None), token=token, answer=given, agent="phone")


def patient_of(clinic: Clinic, study_id: str) -> str:
    with clinic.db.reading() as tx:
        return study_info(tx, clinic.cast.tam, study_id).patient_key


def run_jobs(clinic: Clinic) -> int:
    with clinic.db.transaction() as tx:
        jobs = tx.session.query(Job).filter_by(name=PERSON_CHANGED).all()
        for job in jobs:
            end_links_of_another_person(tx, SYSTEM, study_id=job.subject_id)
    return len(jobs)


def test_a_link_ends_the_moment_its_study_goes_to_another_person(clinic: Clinic) -> None:
    link = clinic.link()
    session = answer(clinic, link.token, "11/05/1962").session_token
    assert session is not None
    with clinic.db.transaction() as tx:
        move_study(
            tx,
            clinic.cast.tam,
            study_id=clinic.dated,
            patient_id=patient_of(clinic, clinic.january),
            reason="mixed up",
        )
    with clinic.db.reading() as tx, pytest.raises(NotFound):
        study_for(tx, actor_for_link_session(tx, session, None), clinic.dated)
    fresh = clinic.link(factor=Factor.CODE)  # for the right person
    assert run_jobs(clinic) == 1
    with clinic.db.reading() as tx:
        assert link_front(tx, fresh.token).tries_left == 5
        with pytest.raises(Unauthenticated):
            actor_for_link_session(tx, session, None)
        with pytest.raises(NotFound):
            link_front(tx, link.token)
        assert link_info(tx, clinic.cast.alice, link.id).state == LinkState.REVOKED


def test_a_link_made_after_a_move_ends_when_the_move_is_taken_back(clinic: Clinic) -> None:
    with clinic.db.transaction() as tx:
        correction = move_study(
            tx,
            clinic.cast.tam,
            study_id=clinic.dated,
            patient_id=patient_of(clinic, clinic.january),
            reason="mixed up",
        )
    link = clinic.link(factor=Factor.BIRTH_YEAR)
    with clinic.db.transaction() as tx:
        undo_correction(tx, clinic.cast.tam, correction_id=correction)
    assert run_jobs(clinic) == 1
    with clinic.db.reading() as tx, pytest.raises(NotFound):
        link_front(tx, link.token)


def test_one_person_under_two_numbers_keeps_the_link(clinic: Clinic) -> None:
    link = clinic.link()
    both = {"patient_id": patient_of(clinic, clinic.dated), "into_id": patient_of(clinic, clinic.unknown)}
    with clinic.db.transaction() as tx:
        merge_patients(tx, clinic.cast.tam, reason="one person", **both)
    assert run_jobs(clinic) == 0
    # The birth date that is kept is unknown: what was asked when the link was made is still asked.
    assert answer(clinic, link.token, "11/05/1962").outcome == Outcome.OPENED


@pytest.mark.parametrize(
    ("factor", "old", "new"),
    [(Factor.BIRTH_DATE, "11/05/1962", "12/06/1963"), (Factor.BIRTH_YEAR, "1962", "1963")],
)
def test_a_birth_date_put_right_is_the_answer_from_then_on(
    clinic: Clinic, factor: Factor, old: str, new: str
) -> None:
    link = clinic.link(factor=factor)
    with clinic.db.transaction() as tx:
        edit_patient(
            tx,
            clinic.cast.tam,
            patient_id=patient_of(clinic, clinic.dated),
            wanted={"birth_date": "19630612"},
            reason="typed wrongly",
        )
    assert answer(clinic, link.token, old).outcome == Outcome.WRONG
    assert answer(clinic, link.token, new).outcome == Outcome.OPENED
