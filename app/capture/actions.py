"""Every write of an upload. A file's bytes are dealt with outside: app.capture.intake and expand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update

from app.archive.actions import store_instance
from app.archive.arrivals import association_closed, association_opened
from app.archive.identity import study_identity
from app.archive.part10 import Part10
from app.archive.repetitions import Known
from app.archive.states import Source, SourceKind
from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx
from app.base.errors import Conflict, HoichanError, Invalid, TooLarge, TooMany
from app.base.ids import new_id
from app.base.jobs import enqueue
from app.base.signing import digest_of
from app.capture.access import file_for, upload_for
from app.capture.dicomdir import missing_files
from app.capture.events import upload_changed
from app.capture.models import OPEN_STATES, FileState, Upload, UploadFile, UploadState
from app.capture.names import shown_name
from app.capture.to_dicom import Shown

EXPAND = "upload.expand"  # the job; its subject is the row of the ZIP
DICOMDIR = "dicomdir"  # the reason for which a disc's table of contents is left out
MOST_FILES = 20_000
MOST_OPEN = 10
QUIET = timedelta(hours=24)


@dataclass(frozen=True)
class FileWish:
    """A file the browser is about to send. `key` is what makes it the same file after a reload."""

    key: str
    name: str
    size: int


def open_upload(
    tx: Tx, actor: Actor, *, study_id: str | None = None, title: str = "", shown: Shown = Shown.PHOTO
) -> Upload:
    """Begins a delivery. Its files arrive like a modality's association, and end the same way.

    With `study_id` photos, PDFs and videos are turned into objects of that study, under this title.
    """
    actor.check(Permission.STUDY_STORE)
    if study_id is not None:
        study_identity(tx, actor, study_id)
    if actor.hospital_id is None:
        raise Invalid("no_hospital", "You belong to no hospital, so there is nowhere to put the images.")
    if _count_open(tx, actor) >= MOST_OPEN:
        raise TooMany("uploads_open", "Too many uploads are open. Finish or cancel one of them first.")
    upload = Upload(
        id=new_id(),
        hospital_id=actor.hospital_id,
        person_id=actor.id,
        created_at=tx.now,
        changed_at=tx.now,
        state=UploadState.RECEIVING,
        study_id=study_id,
        title=title.strip()[:64],
        shown=shown if study_id is not None else "",
    )
    tx.session.add(upload)
    tx.session.flush()
    association_opened(tx, actor, association_id=upload.id, kind=SourceKind.UPLOAD, peer=actor.name)
    _record(tx, actor, upload, "C")
    return upload


def _record(tx: Tx, actor: Actor, upload: Upload, action: Action) -> None:
    """At its beginning and where somebody breaks it off; what was stored has records of its own."""
    record(
        tx,
        actor,
        AuditKind.IMPORT,
        action,
        subject_type="upload",
        subject_id=upload.id,
        hospital_id=upload.hospital_id,
        detail={},
    )


def _count_open(tx: Tx, actor: Actor) -> int:
    mine = select(func.count()).where(Upload.person_id == actor.id, Upload.state == UploadState.RECEIVING)
    return tx.session.scalar(mine) or 0


def expect_files(
    tx: Tx, actor: Actor, *, upload_id: str, wishes: Sequence[FileWish], last: bool, most_bytes: int
) -> list[UploadFile]:
    """Announces files; a key announced before answers with the row it has. In the order of the wishes.

    `last` says that no more are coming: the delivery ends when all it announced are dealt with.
    """
    actor.check(Permission.STUDY_STORE)
    upload = upload_for(tx, actor, upload_id, for_update=True)
    _check_receiving(upload)
    keys = [digest_of(wish.key) for wish in wishes]
    known = _files_by_key(tx, upload, keys)
    for key, wish in zip(keys, wishes, strict=True):
        if key not in known:
            known[key] = _expected(tx, upload, key, wish)
            tx.session.add(known[key])
    upload.changed_at, upload.announced = tx.now, last
    tx.session.flush()
    _check_size(tx, upload, most_bytes)
    close_when_done(tx, actor, upload)
    return [known[key] for key in keys]


def _check_receiving(upload: Upload) -> None:
    if upload.state != UploadState.RECEIVING:
        raise upload_over()


def upload_over() -> Conflict:
    return Conflict("upload_over", "This upload is over. Start a new one.")


def _files_by_key(tx: Tx, upload: Upload, keys: Sequence[str]) -> dict[str, UploadFile]:
    wanted = select(UploadFile).where(UploadFile.upload_id == upload.id, UploadFile.key_digest.in_(keys))
    return {file.key_digest: file for file in tx.session.scalars(wanted)}


def _expected(tx: Tx, upload: Upload, key: str, wish: FileWish) -> UploadFile:
    return UploadFile(
        id=new_id(),
        upload_id=upload.id,
        key_digest=key,
        name=shown_name(wish.name),
        size=wish.size,
        state=FileState.EXPECTED,
        changed_at=tx.now,
    )


def _check_size(tx: Tx, upload: Upload, most_bytes: int) -> None:
    announced = UploadFile.upload_id == upload.id, UploadFile.archive_id.is_(None)
    counted = select(func.count(), func.coalesce(func.sum(UploadFile.size), 0)).where(*announced)
    count, size = tx.session.execute(counted).one()
    if count > MOST_FILES:
        raise TooLarge(
            "upload_files", "More than {count} files. Send them in several parts.", count=MOST_FILES
        )
    if size > most_bytes:
        raise TooLarge("upload_size", "More than {size} MB. Send it in several parts.", size=most_bytes >> 20)


def store_file(
    tx: Tx,
    actor: Actor,
    *,
    upload_id: str,
    file_id: str,
    blob: Blob,
    part10: Part10,
    known: Known | None = None,
) -> UploadFile:
    """Puts a received file into the archive; said twice, it is done once. `known` as in `store_instance`."""
    actor.check(Permission.STUDY_STORE)
    file = file_for(tx, actor, upload_id, file_id, for_update=True)
    if file.state not in OPEN_STATES:
        return file
    source = Source(SourceKind.UPLOAD, upload_id, actor.name)
    stored = store_instance(tx, actor, blob=blob, part10=part10, source=source, known=known)
    file.study_id, file.size = stored.study_id, blob.size
    if stored.error is not None:
        return _refuse(tx, actor, file, FileState.REFUSED, stored.error)
    return _settle(
        tx, actor, file, FileState.DUPLICATE if stored.outcome == "duplicate" else FileState.STORED
    )


def settle_file(
    tx: Tx,
    actor: Actor,
    *,
    upload_id: str,
    file_id: str,
    state: FileState,
    reason: HoichanError | None,
    size: int | None = None,
) -> UploadFile:
    """Notes that a file was refused, or left out quietly, and why; `size` is what was really read of it."""
    actor.check(Permission.STUDY_STORE)
    file = file_for(tx, actor, upload_id, file_id, for_update=True)
    if file.state not in OPEN_STATES:
        return file
    file.size = file.size if size is None else size
    return _settle(tx, actor, file, state) if reason is None else _refuse(tx, actor, file, state, reason)


def _refuse(tx: Tx, actor: Actor, file: UploadFile, state: FileState, reason: HoichanError) -> UploadFile:
    file.reason_code, file.reason = reason.code[:64], reason.message[:400]
    file.reason_params = reason.params or None
    return _settle(tx, actor, file, state)


def _settle(tx: Tx, actor: Actor, file: UploadFile, state: FileState) -> UploadFile:
    file.state = state
    file.changed_at = tx.now
    tx.session.flush()
    upload = tx.session.get_one(Upload, file.upload_id)
    upload.changed_at = tx.now
    if file.archive_id is None:
        close_when_done(tx, actor, upload)
    return file


def expand_later(tx: Tx, actor: Actor, *, upload_id: str, file_id: str) -> UploadFile:
    """A whole ZIP has come: the worker reads it."""
    actor.check(Permission.STUDY_STORE)
    file = file_for(tx, actor, upload_id, file_id, for_update=True)
    if file.state == FileState.EXPECTED:
        file.state = FileState.EXPANDING
        enqueue(tx, EXPAND, file.id, unique=True)
    return file


def note_member(
    tx: Tx, actor: Actor, *, upload_id: str, archive_id: str, member: int, name: str
) -> UploadFile:
    """The row of one member of a ZIP; the same row when a job that was cut off comes by again."""
    actor.check(Permission.STUDY_STORE)
    archive = file_for(tx, actor, upload_id, archive_id, for_update=True)
    key = digest_of(f"{archive.id}\n{member}")
    if archive.state != FileState.EXPANDING:
        raise upload_over()
    known = _files_by_key(tx, tx.session.get_one(Upload, upload_id), [key]).get(key)
    if known is not None:
        return known
    row = _expected(tx, tx.session.get_one(Upload, upload_id), key, FileWish("", name, 0))
    row.archive_id, row.member = archive.id, member
    tx.session.add(row)
    tx.session.flush()
    return row


def cancel_upload(tx: Tx, actor: Actor, *, upload_id: str) -> list[str]:
    """Ends a delivery: what was stored stays, the rest is given up. Returns the files whose parts can go."""
    actor.check(Permission.STUDY_STORE)
    upload = upload_for(tx, actor, upload_id, for_update=True)
    _check_receiving(upload)
    _record(tx, actor, upload, "D")
    return _give_up(tx, actor, upload)


def end_quiet_uploads(tx: Tx, actor: Actor) -> None:
    """Periodic: ends deliveries in which nothing moved for a day."""
    quiet = select(Upload).where(Upload.state == UploadState.RECEIVING, Upload.changed_at < tx.now - QUIET)
    for upload in tx.session.scalars(quiet.limit(100)).all():
        _give_up(tx, actor, upload)


def _give_up(tx: Tx, actor: Actor, upload: Upload) -> list[str]:
    open_files = select(UploadFile.id).where(
        UploadFile.upload_id == upload.id, UploadFile.state.in_(OPEN_STATES)
    )
    left = list(tx.session.scalars(open_files))
    tx.session.execute(
        update(UploadFile)
        .where(UploadFile.id.in_(open_files.scalar_subquery()))
        .values(state=FileState.CANCELLED, changed_at=tx.now)
    )
    _end(tx, actor, upload, UploadState.CANCELLED)
    return left


def close_when_done(tx: Tx, actor: Actor, upload: Upload) -> None:
    """Ends a delivery whose every announced file is dealt with."""
    waiting = select(UploadFile.id).where(
        UploadFile.upload_id == upload.id, UploadFile.state.in_(OPEN_STATES)
    )
    open_still = upload.state == UploadState.RECEIVING and upload.announced
    if open_still and tx.session.scalar(waiting.limit(1)) is None:
        _end(tx, actor, upload, UploadState.FINISHED)


def _end(tx: Tx, actor: Actor, upload: Upload, state: UploadState) -> None:
    upload.state = state
    upload.changed_at = upload.finished_at = tx.now
    if state == UploadState.FINISHED:
        _tell_what_is_missing(tx, upload)
    association_closed(tx, actor, association_id=upload.id)
    upload_changed(tx, upload)


def _tell_what_is_missing(tx: Tx, upload: Upload) -> None:
    """A disc's table of contents names files that did not come: scratched, or not chosen."""
    tables = select(UploadFile).where(UploadFile.upload_id == upload.id, UploadFile.reason_code == DICOMDIR)
    for table in tx.session.scalars(tables).all():
        listed = (table.reason_params or {}).get("listed", [])
        beside = (
            UploadFile.upload_id == upload.id,
            UploadFile.archive_id.is_not_distinct_from(table.archive_id),
        )
        missing = missing_files(
            table.name, listed, tx.session.scalars(select(UploadFile.name).where(*beside))
        )
        table.reason_params = None
        if missing:
            reason = Invalid(
                "disc_incomplete",
                "The disc's table of contents lists {listed} files; {missing} of them did not come, the first is {name}. "
                "Read the disc in another drive, or ask for a new one.",
                listed=len(listed),
                missing=len(missing),
                name=shown_name(missing[0]),
            )
            table.state = FileState.REFUSED
            table.reason_code, table.reason, table.reason_params = reason.code, reason.message, reason.params
