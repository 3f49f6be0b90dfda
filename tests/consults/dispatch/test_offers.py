"""A case goes from the person asked to those on call and to the coordinator, and who may see it goes with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.base import clock
from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from consults.dispatch.actions import hand_over_all
from consults.dispatch.escalation import escalate
from consults.dispatch.reminding import MESSAGE, remind_of_shifts
from consults.dispatch.schemas import HandOverAll
from consults.notices import NOBODY_ACCEPTS
from tests.consults.conftest import Clinic
from tests.consults.dispatch.duty import Ward, after, told, ward
from tests.consults.folding import fold


@pytest.fixture
def at_b(sqlite_clinic: Clinic) -> Ward:
    return ward(sqlite_clinic)


@pytest.fixture
def on_both(clinic: Clinic) -> Ward:
    """On SQLite and on PostgreSQL."""
    return ward(clinic)


def test_without_an_answer_it_goes_to_those_on_call_and_then_to_the_coordinator(on_both: Ward) -> None:
    at_b, clinic, cast = on_both, on_both.clinic, on_both.clinic.cast
    at_b.on_call(cast.binh)
    consult_id = clinic.asked(hospital_id=None, person_id=at_b.khoa.id)
    people = (at_b.khoa, cast.binh, cast.bob, cast.chi)
    assert at_b.sees(consult_id, *people) == [True, False, False, False]

    with after(clinic, 14) as moved:
        assert moved == 0
    with after(clinic, 15.1) as moved:
        assert moved == 1
        assert at_b.sees(consult_id, *people) == [False, True, False, False]
        offer = at_b.offer(consult_id)
        assert offer is not None
        assert (offer["kind"], offer["step"]) == ("pool", 2)
        with after(clinic, 15.1):
            offer = at_b.offer(consult_id)
            assert offer is not None
            assert (offer["kind"], offer["until"]) == ("coordinator", None)
            assert at_b.sees(consult_id, *people) == [False, True, False, False]


def test_two_workers_at_once_move_an_offer_once(on_both: Ward) -> None:
    at_b, clinic = on_both, on_both.clinic
    consult_ids = [clinic.asked(hospital_id=None, person_id=at_b.khoa.id) for _ in range(3)]
    with clock.shifted(timedelta(minutes=16)), ThreadPoolExecutor(2) as workers:
        moved = sum(workers.map(lambda _: escalate(clinic.db), range(2)))
        assert moved == 3
        steps = [offer["step"] for one in consult_ids if (offer := at_b.offer(one))]
        assert steps == [2, 2, 2]


def test_whoever_passes_sees_nothing_from_then_on_and_the_last_one_sends_it_on(at_b: Ward) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    at_b.on_call(cast.bob)
    at_b.on_call(cast.binh)
    consult_id = clinic.asked()
    assert at_b.sees(consult_id, cast.bob, cast.binh, at_b.khoa) == [True, True, False]

    clinic.wish(cast.bob, "consult.pass", consult_id=consult_id, reason="đang mổ")
    with clock.shifted(timedelta(seconds=1)):
        assert at_b.sees(consult_id, cast.bob, cast.binh) == [False, True]
        with pytest.raises(NotFound):
            clinic.wish(cast.bob, "consult.accept", consult_id=consult_id)
        clinic.wish(cast.binh, "consult.pass", consult_id=consult_id, reason="không thuộc chuyên khoa")
        offer = at_b.offer(consult_id)
        assert offer is not None
        assert offer["kind"] == "coordinator"
        assert "đang mổ" not in str(clinic.events(cast.alice, consult_id))


def test_accepting_ends_what_the_others_had_before_them(at_b: Ward) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    at_b.on_call(cast.bob)
    at_b.on_call(cast.binh)
    consult_id = clinic.asked()
    clinic.wish(cast.bob, "consult.accept", consult_id=consult_id)
    with clock.shifted(timedelta(minutes=200)):
        assert escalate(clinic.db) == 0
        assert at_b.sees(consult_id, cast.bob, cast.binh) == [True, False]
    assert at_b.offer(consult_id) is None


def test_nobody_on_call_means_every_specialist(at_b: Ward) -> None:
    cast = at_b.clinic.cast
    consult_id = at_b.clinic.asked()
    assert at_b.sees(consult_id, cast.bob, cast.binh, at_b.khoa, cast.chi) == [True, True, True, False]


def test_a_group_that_was_asked_has_it_alone_and_then_the_coordinator(at_b: Ward) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    with pytest.raises(Invalid):
        clinic.asked(hospital_id=None, group_id="0" * 26)
    consult_id = clinic.asked(hospital_id=None, group_id=at_b.group_id)
    assert at_b.sees(consult_id, cast.bob, cast.binh, at_b.khoa, cast.chi) == [True, True, False, False]
    offer = at_b.offer(consult_id)
    assert offer is not None
    assert (offer["kind"], offer["to"]) == ("group", "Chẩn đoán hình ảnh")
    with after(clinic, 15.1):
        offer = at_b.offer(consult_id)
        assert offer is not None
        assert offer["kind"] == "coordinator"


def test_a_coordinator_hears_of_a_case_nobody_accepts_and_the_others_not_again(at_b: Ward) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    clinic.asked()
    assert (told(clinic, at_b.cuc), len(told(clinic, cast.bob))) == ([], 1)
    with after(clinic, 15.1):
        assert told(clinic, at_b.cuc) == [NOBODY_ACCEPTS]
        assert len(told(clinic, cast.bob)) == 1


def test_whoever_has_open_cases_is_told_once_before_their_shift_ends(at_b: Ward) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    at_b.on_call(cast.bob)
    at_b.on_call(cast.binh)
    clinic.accepted()
    before = len(told(clinic, cast.bob))
    assert remind_of_shifts(clinic.db) == 0
    with clock.shifted(timedelta(hours=7, minutes=40)):
        assert [remind_of_shifts(clinic.db), remind_of_shifts(clinic.db)] == [1, 0]
        assert len(told(clinic, cast.bob)) == before + 1
        assert MESSAGE not in told(clinic, cast.binh)


def test_a_coordinator_calls_a_second_reader(at_b: Ward) -> None:
    clinic = at_b.clinic
    consult_id = clinic.accepted()
    clinic.wish(at_b.cuc, "reader.invite", consult_id=consult_id, person_id=at_b.khoa.id, kind="separate")
    assert at_b.sees(consult_id, at_b.khoa) == [True]


def test_an_emergency_waits_for_nobody_longer_than_half_of_what_was_promised(at_b: Ward) -> None:
    clinic = at_b.clinic
    due_at = (clock.now() + timedelta(minutes=6)).isoformat()
    asked = {"hospital_id": None, "person_id": at_b.khoa.id, "urgency": "emergency", "due_at": due_at}
    clinic.asked(**asked)
    with after(clinic, 2.8) as moved:
        assert moved == 0
    with after(clinic, 3.1) as moved:
        assert moved == 1


def test_a_coordinator_sees_the_room_without_images_and_gives_the_case_to_somebody_else(at_b: Ward) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    consult_id = clinic.accepted()
    state = clinic.state(at_b.cuc, consult_id)
    assert state["consult"]["allowed"] == ["discuss", "invite", "reassign"]
    for stranger in (cast.bob, cast.chi, cast.giang):
        with pytest.raises((Forbidden, NotFound)):
            clinic.wish(stranger, "consult.reassign", consult_id=consult_id, person_id=cast.binh.id)
    with pytest.raises(Invalid):
        clinic.wish(at_b.cuc, "consult.reassign", consult_id=consult_id, person_id=cast.chi.id)

    clinic.wish(at_b.cuc, "consult.reassign", consult_id=consult_id, person_id=at_b.khoa.id, note="quá tải")
    with clock.shifted(timedelta(seconds=1)):
        assert at_b.sees(consult_id, cast.bob, cast.binh, at_b.khoa) == [False, False, True]
        clinic.wish(at_b.khoa, "consult.accept", consult_id=consult_id)
        now = clinic.state(cast.alice, consult_id)["consult"]
        assert (now["state"], now["consulting"]["person"]) == ("accepted", at_b.khoa.name)


def test_at_the_end_of_a_shift_every_open_case_goes_on_in_one_step(at_b: Ward) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    open_cases = [clinic.accepted(), clinic.accepted()]
    done = clinic.answered()
    at_b.on_call(cast.binh)
    with clinic.db.transaction() as tx:
        assert hand_over_all(tx, cast.bob, wish=HandOverAll(note="hết ca trực")) == 2
    with clock.shifted(timedelta(seconds=1)):
        for consult_id in open_cases:
            assert at_b.sees(consult_id, cast.binh) == [True]
            with pytest.raises(NotFound):
                clinic.state(cast.bob, consult_id)
        assert clinic.state(cast.bob, done)["consult"]["state"] == "in-progress"
        last = clinic.events(cast.alice, open_cases[0])[-1]
        assert (last["type"], last["data"]["note"]) == ("consult.handed-over", "hết ca trực")


def test_old_state_plus_events_equals_a_fresh_fetch_through_every_move(at_b: Ward) -> None:
    clinic, alice = at_b.clinic, at_b.clinic.cast.alice
    consult_id = clinic.asked(hospital_id=None, person_id=at_b.khoa.id)
    old = [clinic.state(alice, consult_id)]
    clinic.wish(at_b.khoa, "consult.pass", consult_id=consult_id, reason="nghỉ phép")
    old.append(clinic.state(alice, consult_id))
    with after(clinic, 16):
        old.append(clinic.state(alice, consult_id))
    clinic.wish(at_b.cuc, "consult.reassign", consult_id=consult_id, person_id=at_b.khoa.id)
    clinic.wish(at_b.khoa, "consult.accept", consult_id=consult_id)
    old.append(clinic.state(alice, consult_id))
    clinic.wish(at_b.khoa, "consult.handover", consult_id=consult_id, note="hết ca")
    fresh = clinic.state(alice, consult_id)
    for then in old:
        assert fold(then, clinic.events(alice, consult_id, then["head"])) == fresh


def test_a_case_before_the_whole_hospital_cannot_be_passed_on(sqlite_clinic: Clinic) -> None:
    consult_id = sqlite_clinic.asked()
    with pytest.raises(Conflict):
        sqlite_clinic.wish(sqlite_clinic.cast.bob, "consult.pass", consult_id=consult_id, reason="bận quá")
