"""A completed case is opened again with a reason, which the specialist finds in the room until it is completed again."""

import pytest

from app.base.errors import Invalid
from app.notify.queries import notices_of
from tests.consults.conftest import Clinic
from tests.consults.folding import fold

WHY = "Bệnh nhân đau đầu trở lại."


def test_reopening_wants_a_reason(clinic: Clinic) -> None:
    consult_id, alice = clinic.completed(), clinic.cast.alice
    for lacking in ({}, {"reason": "  "}, {"reason": "?"}):
        with pytest.raises(Invalid) as refused:
            clinic.wish(alice, "consult.reopen", consult_id=consult_id, **lacking)
        assert refused.value.params["where"] == "reason"
    assert clinic.state(alice, consult_id)["consult"]["state"] == "completed"


def test_the_specialist_reads_the_reason_in_the_room_and_is_told_where_it_stands(clinic: Clinic) -> None:
    consult_id, cast = clinic.completed(), clinic.cast
    before = clinic.state(cast.bob, consult_id)
    clinic.wish(cast.alice, "consult.reopen", consult_id=consult_id, reason=WHY)

    reopened = clinic.state(cast.bob, consult_id)
    assert (reopened["consult"]["state"], reopened["consult"]["reason"]) == ("in-progress", WHY)
    assert fold(before, clinic.events(cast.bob, consult_id, before["head"])) == reopened
    with clinic.db.reading() as tx:
        told = notices_of(tx, cast.bob)[0]
    assert told.message == "{number} has been opened again by {hospital}. The reason stands in the case."
    assert WHY not in str(told), "a notice leaves the house: nothing that was written goes with it"


def test_completed_again_it_has_no_reason_any_more(clinic: Clinic) -> None:
    consult_id, cast = clinic.completed(), clinic.cast
    clinic.wish(cast.alice, "consult.reopen", consult_id=consult_id, reason=WHY)
    before = clinic.state(cast.alice, consult_id)
    clinic.wish(cast.bob, "consult.complete", consult_id=consult_id)

    completed = clinic.state(cast.alice, consult_id)
    assert completed["consult"]["reason"] is None
    assert fold(before, clinic.events(cast.alice, consult_id, before["head"])) == completed


def test_a_blind_reader_is_not_told_what_the_opinion_missed(clinic: Clinic) -> None:
    cast = clinic.cast
    consult_id = clinic.completed()
    clinic.wish(cast.alice, "consult.reopen", consult_id=consult_id, reason=WHY)
    clinic.wish(cast.alice, "reader.invite", consult_id=consult_id, person_id=cast.chi.id, kind="blind")
    before = clinic.state(cast.chi, consult_id)
    assert WHY not in str(before) + str(clinic.events(cast.chi, consult_id))
    said = [{"question_id": one["id"], "text": "Có"} for one in before["consult"]["questions"]]
    clinic.wish(cast.chi, "reading.give", consult_id=consult_id, conclusions=said, text="Có xuất huyết.")
    assert WHY in str(clinic.state(cast.chi, consult_id))
