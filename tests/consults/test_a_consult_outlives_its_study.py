"""A study that is rejected or destroyed is closed to both sides of a consult; the talk and what it was called stay."""

import pytest

from app.archive import actions as archive
from app.archive.queries import study_info
from app.archive.states import RejectionReason
from app.base.db import Tx
from app.base.errors import NotFound
from consults.actions import enter_room
from tests.app.storing import no_record
from tests.consults.conftest import Clinic
from tests.factories import in_session


def _rejected(tx: Tx, clinic: Clinic, study_id: str) -> None:
    archive.reject(tx, clinic.cast.tam, code=RejectionReason.WRONG_PATIENT, reason="x", study_id=study_id)


def _destroyed(tx: Tx, clinic: Clinic, study_id: str) -> None:
    no_record(tx, study_id)
    asked = archive.request_deletion(tx, clinic.cast.tam, study_id=study_id, reason="x")
    archive.confirm_deletion(tx, clinic.cast.dung, deletion_id=asked)


@pytest.mark.parametrize("end", [_rejected, _destroyed])
def test_the_talk_stays_and_the_images_are_closed(clinic: Clinic, end: object) -> None:
    assert callable(end)
    consult_id = clinic.accepted()
    before = clinic.state(clinic.cast.bob, consult_id)["consult"]["studies"]
    study_id = before[0]["id"]
    with clinic.db.transaction() as tx:
        end(tx, clinic, study_id)
    for actor in (clinic.cast.alice, clinic.cast.bob):
        signed_in = in_session(clinic.db, actor)
        with clinic.db.transaction() as tx:
            assert not any(enter_room(tx, signed_in, consult_id=consult_id).values())
            with pytest.raises(NotFound):
                study_info(tx, actor, study_id)
        assert clinic.state(actor, consult_id)["consult"]["studies"] == before
    clinic.say(clinic.cast.bob, consult_id, "Ca chụp đã bị hủy.")
