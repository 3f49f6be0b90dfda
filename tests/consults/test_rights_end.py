"""The right to the images: from asking on, without end, until the consult ends; then the days chosen and no longer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from app.archive.access import opening_for
from app.archive.queries import StudyQuery, list_studies, study_info
from app.base import clock
from app.base.actor import Actor, Role
from app.base.errors import Invalid, NotFound
from consults.actions import enter_room
from tests import dicomgen
from tests.consults.conftest import Clinic
from tests.factories import in_session


@contextmanager
def later(**span: float) -> Iterator[None]:
    with clock.shifted(timedelta(**span)):
        yield


def _sees(clinic: Clinic, actor: Actor, study_id: str = "") -> bool:
    with clinic.db.reading() as tx:
        try:
            return bool(study_info(tx, actor, study_id or clinic.study_id))
        except NotFound:
            return False


def test_an_open_consult_has_no_end(clinic: Clinic) -> None:
    clinic.accepted()
    with later(days=400):
        assert _sees(clinic, clinic.cast.bob)


def test_after_completion_seven_days_remain(clinic: Clinic) -> None:
    consult_id = clinic.completed()
    with later(days=6.99):
        assert _sees(clinic, clinic.cast.bob)
    with later(days=7.01):
        assert not _sees(clinic, clinic.cast.bob)
        assert _sees(clinic, clinic.cast.alice)
        with clinic.db.reading() as tx:
            assert list_studies(tx, clinic.cast.bob, StudyQuery()).studies == ()
        # the record of what was said stays readable
        assert clinic.state(clinic.cast.bob, consult_id)["consult"]["opinion"] == "Không thấy xuất huyết."


@pytest.mark.parametrize("days", [0, 1, 30])
def test_other_days_may_be_chosen(clinic: Clinic, days: int) -> None:
    clinic.completed(access_days=days)
    if days:
        with later(days=days - 0.01):
            assert _sees(clinic, clinic.cast.bob)
    with later(days=days + 0.01):
        assert not _sees(clinic, clinic.cast.bob)


@pytest.mark.parametrize("name", ["consult.cancel", "consult.reject"])
def test_refusing_or_cancelling_ends_it_at_once(clinic: Clinic, name: str) -> None:
    consult_id = clinic.asked()
    assert _sees(clinic, clinic.cast.bob)
    who = clinic.cast.alice if name == "consult.cancel" else clinic.cast.bob
    clinic.wish(who, name, consult_id=consult_id, reason="không cần nữa")
    with later(seconds=1):
        assert not _sees(clinic, clinic.cast.bob)


def test_asking_a_person_gives_nothing_to_their_colleagues(clinic: Clinic) -> None:
    clinic.asked(hospital_id=None, person_id=clinic.cast.bob.id)
    assert _sees(clinic, clinic.cast.bob)
    assert not _sees(clinic, clinic.cast.binh)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.REFERRER])
def test_asking_a_hospital_opens_the_images_to_those_who_may_answer_alone(clinic: Clinic, role: Role) -> None:
    clinic.asked()
    colleague = replace(clinic.cast.binh, roles=frozenset({role}))
    specialist_too = replace(colleague, roles=frozenset({role, Role.SPECIALIST}))
    assert _sees(clinic, clinic.cast.binh)
    assert _sees(clinic, specialist_too)
    assert not _sees(clinic, colleague)
    with clinic.db.reading() as tx:
        assert list_studies(tx, colleague, StudyQuery()).studies == ()


def test_reopening_opens_the_images_again(clinic: Clinic) -> None:
    consult_id = clinic.completed()
    with later(days=20):
        assert not _sees(clinic, clinic.cast.bob)
        clinic.wish(clinic.cast.alice, "consult.reopen", consult_id=consult_id, reason="đau trở lại")
        assert _sees(clinic, clinic.cast.bob)


def test_a_study_shared_later_comes_and_goes_with_the_others(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    later_study = clinic.store(dicomgen.ct_slice(study="study-2"))
    assert not _sees(clinic, clinic.cast.bob, later_study)

    clinic.wish(clinic.cast.alice, "study.share", consult_id=consult_id, study_id=later_study)
    assert _sees(clinic, clinic.cast.bob, later_study)

    clinic.wish(clinic.cast.alice, "consult.cancel", consult_id=consult_id, reason="chuyển tuyến")
    with later(seconds=1):
        assert not _sees(clinic, clinic.cast.bob, later_study)


def test_studies_of_another_patient_do_not_slip_in(clinic: Clinic) -> None:
    other = clinic.store(dicomgen.ct_slice(study="study-3", patient_id="BN0002", patient_name="LÊ^THỊ HAI"))
    with pytest.raises(Invalid) as refused:
        clinic.asked(study_ids=[clinic.study_id, other])
    assert refused.value.code == "several_patients"
    assert not _sees(clinic, clinic.cast.bob)


def test_the_room_gives_keys_while_the_right_lasts_and_opens_only_what_is_not_open(clinic: Clinic) -> None:
    consult_id = clinic.completed()
    bob = in_session(clinic.db, clinic.cast.bob)
    with clinic.db.transaction() as tx:
        keys = enter_room(tx, bob, consult_id=consult_id)
        again = enter_room(tx, bob, consult_id=consult_id, is_open=[clinic.study_id])
    assert again == {clinic.study_id: ""}
    with clinic.db.reading() as tx:
        assert opening_for(tx, bob, keys[clinic.study_id]).study_id == clinic.study_id
    with later(days=8), clinic.db.transaction() as tx:
        with pytest.raises(NotFound):
            opening_for(tx, bob, keys[clinic.study_id])
        assert enter_room(tx, bob, consult_id=consult_id) == {}
        assert enter_room(tx, bob, consult_id=consult_id, is_open=[clinic.study_id]) == {}
