"""A link opens one study, to whoever knows the answer, until it ends, is taken back or five answers were wrong."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.archive.access import study_for
from app.archive.queries import StudyQuery, list_studies
from app.audit.kinds import AuditType
from app.audit.models import AuditRecord
from app.base import clock
from app.base.actor import Actor, link_holder
from app.base.errors import Forbidden, Invalid, NotFound, Unauthenticated
from app.sharing.actions import Attempt, answer_link, create_link, end_link_session, revoke_link
from app.sharing.models import LinkOpening, LinkSession, PatientLink
from app.sharing.queries import (
    actor_for_link_session,
    link_front,
    link_info,
    link_offer,
    link_result,
    list_links,
    openings,
)
from app.sharing.states import Factor, LinkState, Outcome
from tests.app.sharing.conftest import WORDS, Clinic

ADDRESS = "203.0.113.9"


def answer(clinic: Clinic, token: str, given: str) -> Attempt:
    with clinic.db.transaction() as tx:
        return answer_link(tx, link_holder(ADDRESS), token=token, answer=given, agent="Mozilla/5.0 (phone)")


def opened(clinic: Clinic, token: str, given: str = "11/05/1962") -> Actor:
    attempt = answer(clinic, token, given)
    assert attempt.session_token is not None
    with clinic.db.reading() as tx:
        return actor_for_link_session(tx, attempt.session_token, ADDRESS)


def test_the_right_answer_opens_that_study_and_no_other(clinic: Clinic) -> None:
    link = clinic.link()
    patient = opened(clinic, link.token)
    with clinic.db.reading() as tx:
        assert link_result(tx, patient).text == WORDS
        assert study_for(tx, patient, clinic.dated).id == clinic.dated
        assert [found.id for found in list_studies(tx, patient, StudyQuery()).studies] == [clinic.dated]
        with pytest.raises(NotFound):
            study_for(tx, patient, clinic.january)


@pytest.mark.parametrize(
    ("study", "factor", "given"),
    [
        ("january", Factor.BIRTH_YEAR, "1955"),
        ("dated", Factor.BIRTH_YEAR, "1962"),
        ("unknown", Factor.CODE, ""),
    ],
)
def test_the_year_or_a_printed_code_where_that_is_all_there_is(
    clinic: Clinic, study: str, factor: Factor, given: str
) -> None:
    link = clinic.link(getattr(clinic, study), factor=factor)
    assert (link.code is None) == (factor != Factor.CODE)
    assert answer(clinic, link.token, link.code or given).outcome == Outcome.OPENED


def test_what_is_not_known_cannot_be_asked(clinic: Clinic) -> None:
    with pytest.raises(Invalid) as refused:
        clinic.link(clinic.unknown, factor=Factor.BIRTH_DATE)
    assert refused.value.code == "factor_unknown"


def test_looking_at_the_question_uses_nothing_up(clinic: Clinic) -> None:
    link = clinic.link()
    for _ in range(20):
        with clinic.db.reading() as tx:
            front = link_front(tx, link.token)
    assert (front.hospital_name, front.tries_left, front.locked) == (clinic.cast.a.name, 5, False)


def test_five_wrong_answers_lock_the_link_for_the_right_one_too(clinic: Clinic) -> None:
    link = clinic.link()
    left = [answer(clinic, link.token, "12/05/1962").tries_left for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert answer(clinic, link.token, "11/05/1962").outcome == Outcome.LOCKED
    with clinic.db.reading() as tx:
        assert link_info(tx, clinic.cast.alice, link.id).state == LinkState.LOCKED
        alerts = tx.session.query(AuditRecord).filter_by(subject_id=link.id, kind="110113").count()
    assert alerts == 1


def test_what_is_no_answer_is_not_counted(clinic: Clinic) -> None:
    link = clinic.link()
    for _ in range(6):
        with pytest.raises(Invalid):
            answer(clinic, link.token, "không nhớ")
    assert answer(clinic, link.token, "11/05/1962").outcome == Outcome.OPENED


def test_a_link_taken_back_closes_where_it_is_open(clinic: Clinic) -> None:
    link = clinic.link()
    attempt = answer(clinic, link.token, "11/05/1962")
    patient = opened(clinic, link.token)
    with clinic.db.transaction() as tx:
        revoke_link(tx, clinic.cast.dao, link_id=link.id)
    assert attempt.session_token is not None
    with clinic.db.reading() as tx:
        with pytest.raises(Unauthenticated):
            actor_for_link_session(tx, attempt.session_token, ADDRESS)
        with pytest.raises(NotFound):
            study_for(tx, patient, clinic.dated)
        with pytest.raises(NotFound):
            link_front(tx, link.token)


def test_a_link_ends_by_itself(clinic: Clinic) -> None:
    link = clinic.link()
    patient = opened(clinic, link.token)
    with clock.shifted(timedelta(days=30, seconds=1)), clinic.db.reading() as tx:
        with pytest.raises(NotFound):
            link_front(tx, link.token)
        with pytest.raises(NotFound):
            study_for(tx, patient, clinic.dated)
        assert link_info(tx, clinic.cast.alice, link.id).state == LinkState.EXPIRED


def test_a_visit_ends_after_hours_and_when_it_is_closed(clinic: Clinic) -> None:
    link = clinic.link()
    attempt = answer(clinic, link.token, "11/05/1962")
    assert attempt.session_token is not None
    with (
        clock.shifted(timedelta(hours=4, seconds=1)),
        clinic.db.reading() as tx,
        pytest.raises(Unauthenticated),
    ):
        actor_for_link_session(tx, attempt.session_token, ADDRESS)
    with clinic.db.transaction() as tx:
        end_link_session(tx, actor_for_link_session(tx, attempt.session_token, ADDRESS))
    with clinic.db.reading() as tx, pytest.raises(Unauthenticated):
        actor_for_link_session(tx, attempt.session_token, ADDRESS)


def test_every_attempt_is_listed_with_address_and_agent(clinic: Clinic) -> None:
    link = clinic.link()
    answer(clinic, link.token, "12/05/1962")
    answer(clinic, link.token, "11/05/1962")
    with clinic.db.reading() as tx:
        seen = openings(tx, clinic.cast.alice, link.id)
        info = link_info(tx, clinic.cast.alice, link.id)
    assert [one.outcome for one in seen] == [Outcome.OPENED, Outcome.WRONG]
    assert {(one.address, one.agent) for one in seen} == {(ADDRESS, "Mozilla/5.0 (phone)")}
    assert info.opened == 1


def test_no_table_holds_the_secret_or_the_answer(clinic: Clinic) -> None:
    link = clinic.link(clinic.unknown, factor=Factor.CODE)
    assert link.code is not None
    attempt = answer(clinic, link.token, link.code)
    assert attempt.session_token is not None
    assert len(link.token) >= 22  # 128 bits in base 64
    with clinic.db.reading() as tx:
        kept = ""
        for table in (PatientLink, LinkOpening, LinkSession, AuditRecord):
            kept += str(tx.session.execute(text(f"SELECT * FROM {table.__tablename__}")).all())
    for secret in (link.token, link.code, attempt.session_token):
        assert secret not in kept


def test_only_the_studys_own_hospital_makes_links_and_sees_them(clinic: Clinic) -> None:
    link = clinic.link()
    for stranger in (clinic.cast.bob, clinic.cast.chi):
        with pytest.raises(NotFound):
            clinic.link(actor=stranger)
        with clinic.db.reading() as tx:
            assert not list_links(tx, stranger, limit=50, offset=0)
            for read in (link_info, openings):
                with pytest.raises(NotFound):
                    read(tx, stranger, link.id)
            with pytest.raises(NotFound):
                link_offer(tx, stranger, clinic.dated)
        with pytest.raises(NotFound), clinic.db.transaction() as tx:
            revoke_link(tx, stranger, link_id=link.id)
    with pytest.raises(Forbidden):
        clinic.link(actor=clinic.cast.tam)


@pytest.mark.parametrize(
    ("days", "words", "code"), [(0, "x", "bad_days"), (366, "x", "bad_days"), (7, "  ", "no_text")]
)
def test_a_link_needs_an_end_and_words(clinic: Clinic, days: int, words: str, code: str) -> None:
    with pytest.raises(Invalid) as refused, clinic.db.transaction() as tx:
        create_link(
            tx,
            clinic.cast.alice,
            study_id=clinic.dated,
            factor=Factor.CODE,
            text=words,
            days=days,
            most_days=365,
        )
    assert refused.value.code == code


def test_closing_the_result_is_on_record(clinic: Clinic) -> None:
    link = clinic.link()
    patient = opened(clinic, link.token)
    with clinic.db.transaction() as tx:
        end_link_session(tx, patient)
    with clinic.db.reading() as tx:
        lines = tx.session.query(AuditRecord).filter_by(kind="110114", subject_id=link.id)
        assert [line.detail for line in lines if AuditType.LOGOUT in line.detail] == ['{"type": "110123"}']
