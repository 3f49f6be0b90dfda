"""A chunk may come twice, late or after a restart: a file is stored once, whole, or refused with its reason."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base.actor import Permission
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Conflict, NotFound
from app.capture.actions import cancel_upload
from app.capture.intake import Intake
from app.capture.models import FileState, UploadState
from app.capture.queries import current_upload, upload_info
from tests.app.capture.deliveries import Delivery
from tests.cast import Cast
from tests.dicomgen import ct_slice, hostile


def test_a_file_in_one_piece_is_stored_and_the_upload_ends(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    files = delivery.bring({f"CT/{n}.dcm": ct_slice(n) for n in (1, 2, 3)})
    assert {file.state for file in files.values()} == {FileState.STORED}
    info = delivery.info()
    assert info.state == UploadState.FINISHED
    assert info.count(FileState.STORED) == 3
    assert len(info.study_ids) == 1


def test_a_repeated_chunk_changes_nothing(db: Database, intake: Intake, cast: Cast, blobs: Blobs) -> None:
    data = ct_slice(1)
    delivery = Delivery(db, intake, cast.tam)
    file = delivery.announce({"a.dcm": data})["a.dcm"]
    half = len(data) // 2
    for _ in range(2):
        after = delivery.intake.take_chunk(cast.tam, delivery.id, file.id, 0, data[:half])
        assert after.state == FileState.EXPECTED
        assert intake.received(after) == half
    done = delivery.intake.take_chunk(cast.tam, delivery.id, file.id, half, data[half:])
    assert done.state == FileState.STORED
    again = delivery.intake.take_chunk(cast.tam, delivery.id, file.id, half, data[half:])
    assert again.state == FileState.STORED
    assert delivery.info().count(FileState.STORED) == 1


def test_a_gap_is_a_conflict_and_the_server_says_where_to_go_on(
    db: Database, intake: Intake, cast: Cast
) -> None:
    data = ct_slice(1)
    delivery = Delivery(db, intake, cast.tam)
    file = delivery.announce({"a.dcm": data})["a.dcm"]
    delivery.intake.take_chunk(cast.tam, delivery.id, file.id, 0, data[:100])
    with pytest.raises(Conflict) as refused:
        delivery.intake.take_chunk(cast.tam, delivery.id, file.id, 500, data[500:600])
    assert refused.value.code == "offset"
    assert intake.received(file) == 100


def test_after_a_restart_and_a_reload_only_what_is_missing_is_sent(
    db: Database, intake: Intake, blobs: Blobs, cast: Cast, tmp_path: object
) -> None:
    files = {"1.dcm": ct_slice(1), "2.dcm": ct_slice(2)}
    delivery = Delivery(db, intake, cast.tam)
    announced = delivery.announce(files)
    delivery.send(announced["1.dcm"], files["1.dcm"])
    delivery.intake.take_chunk(cast.tam, delivery.id, announced["2.dcm"].id, 0, files["2.dcm"][:1000])
    with db.reading() as tx:
        current = current_upload(tx, cast.tam)
    assert current is not None
    assert (current.id, current.dealt_with, current.missing) == (delivery.id, 1, 1)

    again = delivery.announce(files)
    assert [file.id for file in again.values()] == [file.id for file in announced.values()]
    assert again["1.dcm"].state == FileState.STORED
    assert intake.received(again["2.dcm"]) == 1000
    delivery.send(again["2.dcm"], files["2.dcm"], offset=1000)
    assert delivery.info().state == UploadState.FINISHED


def test_the_same_last_chunk_at_the_same_moment_stores_one_instance(
    db: Database, intake: Intake, cast: Cast
) -> None:
    data = ct_slice(1)
    delivery = Delivery(db, intake, cast.tam)
    file = delivery.announce({"a.dcm": data})["a.dcm"]
    delivery.intake.take_chunk(cast.tam, delivery.id, file.id, 0, data[:500])

    def send(_: int) -> FileState:
        return delivery.intake.take_chunk(cast.tam, delivery.id, file.id, 500, data[500:]).state

    with ThreadPoolExecutor(4) as pool:
        states = set(pool.map(send, range(4)))
    assert states <= {FileState.STORED, FileState.EXPECTED}
    assert delivery.info().count(FileState.STORED) == 1


def test_the_same_images_again_are_told_to_be_here_already(db: Database, intake: Intake, cast: Cast) -> None:
    Delivery(db, intake, cast.tam).bring({"a.dcm": ct_slice(1)})
    second = Delivery(db, intake, cast.tam)
    assert second.bring({"b.dcm": ct_slice(1)})["b.dcm"].state == FileState.DUPLICATE


def test_studies_of_images_that_were_here_already_are_not_counted_as_stored(
    db: Database, intake: Intake, cast: Cast
) -> None:
    first, second = Delivery(db, intake, cast.tam), Delivery(db, intake, cast.tam)
    here = {f"{study}.dcm": ct_slice(1, study=study) for study in ("old", "older")}
    first.bring(here)
    second.bring(here | {"new.dcm": ct_slice(1, study="new")})
    info = second.info()
    assert (info.count(FileState.STORED), info.stored_studies) == (1, 1)
    assert (info.count(FileState.DUPLICATE), len(info.study_ids)) == (2, 3)


def test_what_is_no_image_is_named_with_its_reason(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring(
        {
            "CD/DICOMDIR": b"\0" * 128 + b"DICM",
            "CD/.DS_Store": b"x",
            "CD/readme.txt": b"Hello, this is the viewer of the disc." * 5,
            "CD/foto.jpg": b"\xff\xd8\xff\xe0" + b"\0" * 200,
            "CD/report.pdf": b"%PDF-1.7\n" + b"x" * 200,
            "CD/empty.dcm": b"",
            "CD/cut.dcm": hostile("truncated_header"),
        }
    )
    assert delivery.left_out() == {
        "CD/DICOMDIR": "dicomdir",
        "CD/.DS_Store": "system_file",
        "CD/readme.txt": "not_dicom",
        "CD/foto.jpg": "not_dicom_but",
        "CD/report.pdf": "not_dicom_but",
        "CD/empty.dcm": "not_dicom",
        "CD/cut.dcm": "truncated",
    }
    info = delivery.info()
    assert info.count(FileState.SKIPPED) == 2
    assert info.state == UploadState.FINISHED


def test_an_image_that_contradicts_another_is_set_aside_and_told(
    db: Database, intake: Intake, cast: Cast
) -> None:
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"a.dcm": ct_slice(1), "b.dcm": ct_slice(1, StudyDescription="another")})
    assert delivery.left_out() == {"b.dcm": "uid_collision"}


def test_names_are_shown_without_what_could_mislead(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"<b>\u202egpj.exe\x00\x1b[31m": b"no image at all, but long enough to look at it"})
    (name,) = delivery.left_out()
    assert name == "<b>\ufffdgpj.exe\ufffd\ufffd[31m"


def test_cancelling_keeps_what_is_stored_and_frees_the_rest(db: Database, intake: Intake, cast: Cast) -> None:
    files = {"1.dcm": ct_slice(1), "2.dcm": ct_slice(2)}
    delivery = Delivery(db, intake, cast.tam)
    announced = delivery.announce(files)
    delivery.send(announced["1.dcm"], files["1.dcm"])
    delivery.intake.take_chunk(cast.tam, delivery.id, announced["2.dcm"].id, 0, files["2.dcm"][:1000])
    intake.cancel(cast.tam, delivery.id)
    info = delivery.info()
    assert info.state == UploadState.CANCELLED
    assert (info.count(FileState.STORED), info.count(FileState.CANCELLED)) == (1, 1)
    assert not intake.parts.path(announced["2.dcm"].id).exists()
    late = delivery.intake.take_chunk(
        cast.tam, delivery.id, announced["2.dcm"].id, 1000, files["2.dcm"][1000:]
    )
    assert late.state == FileState.CANCELLED


def test_nobody_else_finds_an_upload(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    file = delivery.announce({"1.dcm": ct_slice(1)})["1.dcm"]
    for other in (cast.alice, cast.chi, cast.root):
        with pytest.raises(NotFound), db.reading() as tx:
            upload_info(tx, other, delivery.id)
        with pytest.raises(NotFound):
            intake.take_chunk(other, delivery.id, file.id, 0, b"x")
    with pytest.raises(NotFound), db.transaction() as tx:
        cancel_upload(tx, cast.chi, upload_id=delivery.id)
    assert cast.chi.allows(Permission.STUDY_STORE)


def test_an_upload_leaves_a_line_where_it_begins_and_where_it_is_broken_off(
    db: Database, intake: Intake, cast: Cast
) -> None:
    delivery = Delivery(db, intake, cast.tam)
    with db.transaction() as tx:
        cancel_upload(tx, cast.tam, upload_id=delivery.id)
    with db.reading() as tx:
        rows = tx.session.query(AuditRecord).filter_by(kind=AuditKind.IMPORT, subject_id=delivery.id)
        assert [(row.action, row.actor_id) for row in rows.order_by(AuditRecord.id)] == [
            ("C", cast.tam.id),
            ("D", cast.tam.id),
        ]
