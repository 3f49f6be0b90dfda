"""What an upload brings is told to lists and to the audit log as if a modality had sent it."""

from datetime import timedelta

from app.archive.actions import complete_quiet_studies
from app.archive.queries import study_info
from app.audit.models import AuditRecord
from app.base import clock
from app.base.actor import SYSTEM
from app.base.db import Database
from app.capture.actions import end_quiet_uploads
from app.capture.intake import Intake
from app.capture.models import UploadState
from tests.app.capture.deliveries import Delivery
from tests.cast import Cast
from tests.dicomgen import ct_slice


def test_the_study_is_complete_only_after_the_upload_has_ended(
    db: Database, intake: Intake, cast: Cast
) -> None:
    files = {f"{n}": ct_slice(n) for n in (1, 2)}
    delivery = Delivery(db, intake, cast.tam)
    announced = delivery.announce(files)
    (study_id,) = {delivery.send(announced["1"], files["1"]).study_id}
    assert study_id is not None

    def state_later() -> str:
        with clock.shifted(timedelta(seconds=61)), db.transaction() as tx:
            complete_quiet_studies(tx, SYSTEM, after_seconds=60)
            return study_info(tx, cast.tam, study_id).state

    assert state_later() == "arriving"
    delivery.send(announced["2"], files["2"])
    assert delivery.info().state == UploadState.FINISHED
    assert state_later() == "complete"


def test_one_record_tells_what_was_brought(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({f"{n}": ct_slice(n) for n in (1, 2, 3)})
    with db.reading() as tx:
        records = tx.session.query(AuditRecord).filter_by(kind="110104").all()
    (record,) = [found for found in records if '"by": "upload"' in found.detail]
    assert '"stored": 3' in record.detail
    assert record.actor_id == cast.tam.id


def test_an_upload_nobody_came_back_to_ends_after_a_day(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    file = delivery.announce({"1": ct_slice(1)})["1"]
    intake.take_chunk(cast.tam, delivery.id, file.id, 0, ct_slice(1)[:100])
    with clock.shifted(timedelta(hours=23)):
        intake.tidy()
    assert delivery.info().state == UploadState.RECEIVING
    with clock.shifted(timedelta(hours=49)):
        intake.tidy()
    assert delivery.info().state == UploadState.CANCELLED
    assert not intake.parts.path(file.id).exists()


def test_ending_quiet_uploads_leaves_busy_ones(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    delivery.announce({"1": ct_slice(1)})
    with db.transaction() as tx:
        end_quiet_uploads(tx, SYSTEM)
    assert delivery.info().state == UploadState.RECEIVING
