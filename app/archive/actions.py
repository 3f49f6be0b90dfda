"""Every write of the archive.

`store_instance` does not raise when an instance contradicts what is here: its set-aside row must be committed. The
door asks the outcome afterwards, outside the transaction: `stored.check()` raises what the sender is to be told.
"""

import json
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, update

from app.archive import entering
from app.archive.arrivals import (
    ANNOUNCE_EVERY,
    announce_changed_studies,
    association_closed,
    association_opened,
    complete_quiet_studies,
    count_arrival,
    hospital_of,
)
from app.archive.events import announce_study_changed, announce_study_listed
from app.archive.grants import Opening, end_grants, grant_study, open_study
from app.archive.models import Instance, Series, SetAside, Study
from app.archive.part10 import Part10
from app.archive.profiles import confirm_charset, count_device_images, set_remarks
from app.archive.refusals import count_refusal
from app.archive.statements import (
    COUNT_IN_SERIES,
    COUNT_IN_STUDY,
    KNOWN_INSTANCE,
    KNOWN_STUDY,
)
from app.archive.states import Source, SourceKind
from app.archive.values import PatientValues
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx, insert_once
from app.base.errors import Conflict, HoichanError
from app.base.ids import new_id
from app.base.jobs import enqueue

__all__ = [
    "Opening",
    "Source",
    "SourceKind",
    "StoredInstance",
    "announce_changed_studies",
    "association_closed",
    "association_opened",
    "complete_quiet_studies",
    "confirm_charset",
    "count_device_images",
    "count_refusal",
    "end_grants",
    "grant_study",
    "open_study",
    "set_aside",
    "set_remarks",
    "store_instance",
]

MAKE_PREVIEWS = "previews.make"
Outcome = Literal["duplicate", "set-aside", "stored"]


@dataclass(frozen=True)
class StoredInstance:
    """What became of an instance; `error` is what its sender is told when it was set aside."""

    outcome: Outcome
    study_id: str | None
    instance_id: str | None
    error: HoichanError | None = None

    def check(self) -> None:
        """Raises Conflict when it was set aside. To be called after the transaction has committed."""
        if self.error is not None:
            raise self.error


def store_instance(tx: Tx, actor: Actor, *, blob: Blob, part10: Part10, source: Source) -> StoredInstance:
    """Enters a file that is durable as a blob. The same instance with the same content again is a success."""
    actor.check(Permission.STUDY_STORE)
    hospital_id = hospital_of(actor)
    settled = _again(tx, actor, hospital_id, blob, part10, source)
    if settled is not None:
        return settled
    study = _study_row(tx, hospital_id, part10)
    if study is not None and study[1].contradicts(part10.patient):
        return _refused(tx, actor, blob, part10, source, _two_patients())
    new_id_of_study = (
        None if study else entering.add_study(tx, hospital_id, part10.patient, part10.study, source.device_id)
    )
    entered = _enter(tx, hospital_id, blob, part10, source, study[0] if study else new_id_of_study)
    if new_id_of_study is not None:
        announce_study_listed(tx, new_id_of_study)
    if entered is None:  # another sender of the same instance was a moment faster
        entered = _again(tx, actor, hospital_id, blob, part10, source)
    if entered is None:
        raise Conflict("arriving_twice", "The same image is just arriving by another way. Send it again.")
    return entered


def _again(
    tx: Tx, actor: Actor, hospital_id: str, blob: Blob, part10: Part10, source: Source
) -> StoredInstance | None:
    """An instance that is here already: the same content is a repetition, another is a collision."""
    wanted = {"hospital_": hospital_id, "uid_": part10.sop_instance_uid}
    known = tx.session.connection().execute(KNOWN_INSTANCE, wanted).one_or_none()
    if known is None:
        return None
    instance_id, content_key, study_id = known
    if content_key == part10.content_key:
        count_arrival(tx, hospital_id, source, study_id, repeated=1)
        return StoredInstance("duplicate", study_id, instance_id)
    collision = Conflict(
        "uid_collision",
        "Another image with the same identifier is already here. The first is kept, this one is set aside.",
    )
    return _refused(tx, actor, blob, part10, source, collision)


def _refused(
    tx: Tx, actor: Actor, blob: Blob, part10: Part10, source: Source, reason: HoichanError
) -> StoredInstance:
    set_aside(tx, actor, blob=blob, part10=part10, reason=reason, source=source)
    return StoredInstance("set-aside", None, None, reason)


def _study_row(tx: Tx, hospital_id: str, part10: Part10) -> tuple[str, PatientValues] | None:
    wanted = {"hospital_": hospital_id, "uid_": part10.study.study_instance_uid}
    row = tx.session.connection().execute(KNOWN_STUDY, wanted).one_or_none()
    return None if row is None else (row[0], PatientValues(*row[1:]))


def _two_patients() -> HoichanError:
    """One study cannot be of two people (PS3.3 A.1.2): a mix-up that a person must resolve."""
    return Conflict(
        "study_two_patients",
        "This study is already here under another patient. The image is set aside; check the patient at the device.",
    )


def _enter(
    tx: Tx, hospital_id: str, blob: Blob, part10: Part10, source: Source, study_id: str | None
) -> StoredInstance | None:
    """None when the instance, or its study, was entered by somebody else this very moment."""
    if study_id is None:
        row = _study_row(tx, hospital_id, part10)
        if row is None or row[1].contradicts(part10.patient):
            return None
        study_id = row[0]
    series_id, new_series = entering.series_of(tx, study_id, part10.series)
    instance_id = _insert_instance(tx, hospital_id, series_id, blob, part10)
    if instance_id is None:
        return None
    frames = {"series_": series_id, "frames_": part10.frames.count}
    tx.session.connection().execute(COUNT_IN_SERIES, frames)
    count_arrival(tx, hospital_id, source, study_id, stored=1, size=blob.size)
    if _study_grew(tx, study_id, blob.size, new_series=new_series):
        announce_study_changed(tx, study_id)
    if part10.frames.count:
        enqueue(tx, MAKE_PREVIEWS, series_id, unique=True)
    return StoredInstance("stored", study_id, instance_id)


def _insert_instance(tx: Tx, hospital_id: str, series_id: str, blob: Blob, part10: Part10) -> str | None:
    instance_id = new_id()
    added = insert_once(
        tx,
        Instance,
        id=instance_id,
        hospital_id=hospital_id,
        series_id=series_id,
        sop_instance_uid=part10.instance.sop_instance_uid,
        sop_class_uid=part10.instance.sop_class_uid,
        number=part10.instance.number,
        digest=blob.digest,
        size=blob.size,
        content_key=part10.content_key,
        transfer_syntax_uid=part10.transfer_syntax_uid,
        dataset_start=part10.dataset_start,
        header_length=part10.header_length,
        frame_count=part10.frames.count,
        frame_index=part10.frames.pack(),
        facts=json.dumps(part10.facts, ensure_ascii=False, separators=(",", ":")),
        notes=" ".join(part10.notes),
        received_at=tx.now,
    )
    return instance_id if added else None


def _study_grew(tx: Tx, study_id: str, size: int, *, new_series: bool) -> bool:
    """Counts one image more; whether it is time to announce it."""
    grown = {"study_": study_id, "size_": size, "now_": tx.now, "last_due_": tx.now - ANNOUNCE_EVERY}
    unannounced = tx.session.connection().execute(COUNT_IN_STUDY, grown).scalar_one()
    if new_series:
        _describe_series(tx, study_id)
    return not unannounced


def _describe_series(tx: Tx, study_id: str) -> None:
    """After the study's row is held: how many series it has, and of which modalities."""
    modalities = list(tx.session.scalars(select(Series.modality).where(Series.study_id == study_id)))
    named = sorted({modality for modality in modalities if modality})
    described = update(Study).where(Study.id == study_id)
    described = described.values(
        series_count=len(modalities), modalities=("\\" + "\\".join(named) + "\\")[:255] if named else ""
    )
    tx.session.execute(described, execution_options={"synchronize_session": False})


def set_aside(
    tx: Tx, actor: Actor, *, blob: Blob, part10: Part10, reason: HoichanError, source: Source
) -> str:
    """Keeps a file out of the lists until a person has looked at it; its id."""
    actor.check(Permission.STUDY_STORE)
    hospital_id = hospital_of(actor)
    row = SetAside(
        id=new_id(),
        hospital_id=hospital_id,
        reason_code=reason.code,
        reason=reason.message,
        digest=blob.digest,
        size=blob.size,
        study_instance_uid=part10.study.study_instance_uid,
        sop_instance_uid=part10.sop_instance_uid,
        source_kind=source.kind,
        source_peer=source.peer,
        device_id=source.device_id,
        created_at=tx.now,
    )
    tx.session.add(row)
    record(
        tx,
        actor,
        AuditKind.INSTANCES_TRANSFERRED,
        "C",
        outcome=4,
        subject_type="set-aside",
        subject_id=row.id,
        hospital_id=hospital_id,
        detail={"reason": reason.code, "sop_instance_uid": part10.sop_instance_uid, "by": source.kind},
    )
    return row.id
