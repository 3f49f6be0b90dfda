"""Every read of uploads. What is given out is plain and frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.archive.identity import study_identity
from app.base.actor import Actor
from app.base.db import Tx
from app.capture.access import upload_for
from app.capture.models import OPEN_STATES, FileState, Upload, UploadFile, UploadState
from app.capture.names import last_part
from app.capture.to_dicom import Shown, Wish

_MOST_LISTED = 500


@dataclass(frozen=True)
class FileInfo:
    """One file and what became of it. `reason` is a sentence of the catalogue, `reason_params` fill it."""

    id: str
    upload_id: str
    name: str
    size: int
    state: FileState
    study_id: str | None
    reason_code: str | None
    reason: str | None
    reason_params: dict[str, Any]


@dataclass(frozen=True)
class UploadInfo:
    id: str
    state: UploadState
    created_at: datetime
    finished_at: datetime | None
    counts: dict[FileState, int]
    """How many files are in each state, members of ZIPs among them, the ZIPs themselves not."""
    study_ids: tuple[str, ...]
    """Studies of all its images, also of those that were here already."""
    stored_studies: int
    """How many studies have got images by it."""

    @property
    def missing(self) -> int:
        return self.count(*OPEN_STATES)

    @property
    def dealt_with(self) -> int:
        return sum(self.counts.values()) - self.missing

    def count(self, *states: FileState) -> int:
        return sum(self.counts.get(state, 0) for state in states)


def info_of(file: UploadFile) -> FileInfo:
    return FileInfo(
        id=file.id,
        upload_id=file.upload_id,
        name=file.name,
        size=file.size,
        state=FileState(file.state),
        study_id=file.study_id,
        reason_code=file.reason_code,
        reason=file.reason,
        reason_params=file.reason_params or {},
    )


def upload_info(tx: Tx, actor: Actor, upload_id: str) -> UploadInfo:
    return _infos(tx, [upload_for(tx, actor, upload_id)])[0]


def list_uploads(tx: Tx, actor: Actor, *, limit: int = 20) -> list[UploadInfo]:
    """The actor's latest uploads, newest first."""
    mine = select(Upload).where(Upload.person_id == actor.id, Upload.hospital_id == actor.hospital_id)
    return _infos(tx, list(tx.session.scalars(mine.order_by(Upload.created_at.desc()).limit(limit))))


def current_upload(tx: Tx, actor: Actor) -> UploadInfo | None:
    """The newest upload that was broken off or still runs: what is dropped next continues it."""
    newest = (
        select(Upload)
        .where(
            Upload.person_id == actor.id,
            Upload.hospital_id == actor.hospital_id,
            Upload.state == UploadState.RECEIVING,
        )
        .order_by(Upload.created_at.desc())
        .limit(1)
    )
    upload = tx.session.scalar(newest)
    return None if upload is None else _infos(tx, [upload])[0]


def _infos(tx: Tx, uploads: Sequence[Upload]) -> list[UploadInfo]:
    ids = [upload.id for upload in uploads]
    counts: dict[str, dict[FileState, int]] = {upload_id: {} for upload_id in ids}
    counted = (
        select(UploadFile.upload_id, UploadFile.state, func.count())
        .where(UploadFile.upload_id.in_(ids), UploadFile.state != FileState.EXPANDED)
        .group_by(UploadFile.upload_id, UploadFile.state)
    )
    for upload_id, state, count in tx.session.execute(counted):
        counts[upload_id][FileState(state)] = count
    studies: dict[str, list[str]] = {upload_id: [] for upload_id in ids}
    found = select(UploadFile.upload_id, UploadFile.study_id).where(
        UploadFile.upload_id.in_(ids), UploadFile.study_id.is_not(None)
    )
    for upload_id, study_id in tx.session.execute(found.distinct().order_by(UploadFile.study_id)):
        if study_id is not None:
            studies[upload_id].append(study_id)
    grown = (
        select(UploadFile.upload_id, func.count(UploadFile.study_id.distinct()))
        .where(UploadFile.upload_id.in_(ids), UploadFile.state == FileState.STORED)
        .group_by(UploadFile.upload_id)
    )
    stored_studies = dict.fromkeys(ids, 0)
    for upload_id, count in tx.session.execute(grown):
        stored_studies[upload_id] = count
    return [
        UploadInfo(
            id=upload.id,
            state=UploadState(upload.state),
            created_at=upload.created_at,
            finished_at=upload.finished_at,
            counts=counts[upload.id],
            study_ids=tuple(studies[upload.id]),
            stored_studies=stored_studies[upload.id],
        )
        for upload in uploads
    ]


def files_left_out(tx: Tx, actor: Actor, upload_id: str) -> list[FileInfo]:
    """The refused and the quietly skipped, refused ones first; 500 at most."""
    upload = upload_for(tx, actor, upload_id)
    left_out = (
        select(UploadFile)
        .where(
            UploadFile.upload_id == upload.id,
            UploadFile.state.in_((FileState.REFUSED, FileState.SKIPPED)),
        )
        .order_by(UploadFile.state, UploadFile.id)
        .limit(_MOST_LISTED)
    )
    return [info_of(file) for file in tx.session.scalars(left_out)]


def is_for_study(tx: Tx, actor: Actor, upload_id: str) -> bool:
    """Whether its photos, PDFs and videos become part of a study."""
    return upload_for(tx, actor, upload_id).study_id is not None


def wish_for(tx: Tx, actor: Actor, file: FileInfo) -> Wish | None:
    """What is to be made of a file that is not DICOM; None when its upload belongs to no study."""
    upload = upload_for(tx, actor, file.upload_id)
    if upload.study_id is None:
        return None
    before = select(func.count()).where(UploadFile.upload_id == upload.id, UploadFile.id <= file.id)
    return Wish(
        identity=study_identity(tx, actor, upload.study_id),
        title=upload.title or last_part(file.name).rpartition(".")[0] or file.name,
        shown=Shown(upload.shown),
        upload_id=upload.id,
        file_id=file.id,
        number=tx.session.scalar(before) or 1,
        at=upload.created_at,
    )


@dataclass(frozen=True)
class ArchiveToExpand:
    """A ZIP that waits for the worker: whose it is, and which members a run before has dealt with."""

    file: FileInfo
    person_id: str
    hospital_id: str
    done: frozenset[int]
    bytes_read: int


def archive_to_expand(tx: Tx, file_id: str) -> ArchiveToExpand | None:
    """For the worker's job alone; None when there is nothing left to do."""
    row = tx.session.get(UploadFile, file_id)
    if row is None or row.state != FileState.EXPANDING:
        return None
    upload = tx.session.get_one(Upload, row.upload_id)
    dealt_with = select(UploadFile.member, UploadFile.size).where(
        UploadFile.upload_id == upload.id,
        UploadFile.archive_id == row.id,
        UploadFile.state != FileState.EXPECTED,
    )
    members = tx.session.execute(dealt_with).all()
    return ArchiveToExpand(
        file=info_of(row),
        person_id=upload.person_id,
        hospital_id=upload.hospital_id,
        done=frozenset(number for number, _ in members if number is not None),
        bytes_read=sum(size for _, size in members),
    )
