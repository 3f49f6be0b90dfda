"""Every write of the archive.

`store_instance` does not raise when an instance contradicts what is here: its set-aside row must be committed. The
door asks the outcome afterwards, outside the transaction: `stored.check()` raises what the sender is to be told.
"""

import json
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, update

from app.archive import corrected_arrivals, entering, set_asides
from app.archive.arrivals import (
    ANNOUNCE_EVERY,
    announce_changed_studies,
    association_closed,
    association_opened,
    complete_quiet_studies,
    count_arrival,
    hospital_of,
)
from app.archive.collisions import decide_collision
from app.archive.corrections import edit_patient, edit_series, edit_study, merge_patients, move_study
from app.archive.covers import cover_pictures
from app.archive.deletions import (
    confirm_deletion,
    endorse_deletion,
    refuse_deletion,
    request_deletion,
    withdraw_deletion,
)
from app.archive.events import announce_study_changed, announce_study_listed
from app.archive.grants import Opening, end_grants, grant_study, open_study
from app.archive.integrity import heal
from app.archive.models import Series, Study
from app.archive.part10 import Part10
from app.archive.profiles import confirm_charset, count_device_images, guess_charset_again, set_remarks
from app.archive.refusals import count_refusal
from app.archive.regrouping import merge_studies, split_study
from app.archive.rejections import reject
from app.archive.repetitions import ComparisonNeeded, Known
from app.archive.resolving import (
    note_set_aside_seen,
    resolve_set_aside,
    set_aside_compared,
    set_aside_found_same,
)
from app.archive.set_asides import set_aside
from app.archive.statements import (
    ADD_INSTANCE,
    COUNT_IN_SERIES,
    COUNT_IN_STUDY,
    KNOWN_INSTANCE,
    KNOWN_STUDY,
)
from app.archive.states import Source, SourceKind
from app.archive.undoing import undo_correction
from app.archive.values import PatientValues
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx, conflict_as
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
    "confirm_deletion",
    "count_device_images",
    "count_refusal",
    "cover_pictures",
    "decide_collision",
    "edit_patient",
    "edit_series",
    "edit_study",
    "end_grants",
    "endorse_deletion",
    "grant_study",
    "guess_charset_again",
    "heal",
    "merge_patients",
    "merge_studies",
    "move_study",
    "note_set_aside_seen",
    "open_study",
    "refuse_deletion",
    "reject",
    "request_deletion",
    "resolve_set_aside",
    "set_aside",
    "set_aside_compared",
    "set_aside_found_same",
    "set_remarks",
    "split_study",
    "store_instance",
    "undo_correction",
    "withdraw_deletion",
]

MAKE_PREVIEWS = "previews.make"
_GATHER_SECONDS = 0.5
"""The images of a series that come meanwhile are one job: of each by itself most would be the job's own writes. Huey looks
for what is due once a second.
"""
STUDY_ARRIVED = "routing.arrived"
_AFTER_ITS_DOOR = 5  # seconds: whoever received the file still holds it
Outcome = Literal["duplicate", "set-aside", "stored"]
_CHANGED = ("study_changing", "The study was changed this very moment. Send the image again.")


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


def store_instance(
    tx: Tx, actor: Actor, *, blob: Blob, part10: Part10, source: Source, known: Known | None = None
) -> StoredInstance:
    """Enters a file that is durable as a blob. The same instance with the same content again is a success.

    Called by `repetitions.entered` with what is `known`, it raises ComparisonNeeded where both files must be read.
    """
    actor.check(Permission.STUDY_STORE)
    hospital_id = hospital_of(actor)
    settled = _again(tx, actor, hospital_id, blob, part10, source, known)
    if settled is not None:
        return settled
    study = _study_row(tx, hospital_id, part10)
    home = study.home(tx, part10) if study else None
    if study is not None and home is None:
        return _refused(tx, actor, blob, part10, source, _two_patients())
    new_id_of_study = (
        None if study else entering.add_study(tx, hospital_id, part10.patient, part10.study, source.device_id)
    )
    with conflict_as(*_CHANGED):
        entered = _enter(tx, hospital_id, blob, part10, source, home or new_id_of_study)
    if new_id_of_study is not None:
        announce_study_listed(tx, new_id_of_study)
        enqueue(tx, STUDY_ARRIVED, new_id_of_study, delay_seconds=1)
    if entered is None:  # another sender of the same instance was a moment faster
        entered = _again(tx, actor, hospital_id, blob, part10, source, known)
    if entered is None:
        raise Conflict("arriving_twice", "The same image is just arriving by another way. Send it again.")
    return entered


def _again(
    tx: Tx,
    actor: Actor,
    hospital_id: str,
    blob: Blob,
    part10: Part10,
    source: Source,
    known: Known | None,
) -> StoredInstance | None:
    """An instance that is here already: the same content is a repetition, another is a collision."""
    wanted = {"hospital_": hospital_id, "uid_": part10.sop_instance_uid}
    found = KNOWN_INSTANCE.first(tx, **wanted)
    if found is None:
        return None
    instance_id, content_key, study_id, damaged, syntax, digest = found
    same = content_key == part10.content_key
    if same and damaged:
        heal(tx, actor, instance_id=instance_id, blob=blob, part10=part10)
    if (
        same
        or set_asides.is_settled(tx, hospital_id, blob, part10)
        or (
            not damaged
            and syntax == part10.transfer_syntax_uid
            and _found_same(digest, content_key, part10, known)
        )
    ):
        if digest != blob.digest:
            enqueue(tx, set_asides.UNWANTED, blob.digest, delay_seconds=_AFTER_ITS_DOOR)
        count_arrival(tx, hospital_id, source, study_id, repeated=1)
        return StoredInstance("duplicate", study_id, instance_id)
    return _refused(tx, actor, blob, part10, source, set_asides.collision(syntax, part10))


def _found_same(digest: str, content_key: str, part10: Part10, known: Known | None) -> bool:
    if known is None:
        return False
    if content_key not in known:
        raise ComparisonNeeded(digest, content_key, part10)
    return known[content_key]


def _refused(
    tx: Tx, actor: Actor, blob: Blob, part10: Part10, source: Source, reason: HoichanError
) -> StoredInstance:
    set_aside(tx, actor, blob=blob, part10=part10, reason=reason, source=source)
    # The same image in another encoding is no fault of the sender, and it is kept: success.
    told = None if reason.code == set_asides.OTHER_ENCODING else reason
    return StoredInstance("set-aside", None, None, told)


@dataclass(frozen=True)
class _KnownStudy:
    """The study an image names: of a corrected one, asked more closely."""

    hospital_id: str
    id: str
    corrected: bool
    patient: PatientValues

    def home(self, tx: Tx, part10: Part10) -> str | None:
        """The study the image goes into; None when it is of another person."""
        uid, arriving = part10.study.study_instance_uid, part10.patient_like(self.patient)
        if not self.patient.contradicts(arriving):
            found: str | None = self.id
        elif self.corrected:
            found = corrected_arrivals.home_of(tx, self.hospital_id, self.id, uid, arriving)
        else:
            return None
        if found is None or not self.corrected:
            return found
        return corrected_arrivals.place(tx, self.hospital_id, found, part10)


def _study_row(tx: Tx, hospital_id: str, part10: Part10) -> _KnownStudy | None:
    wanted = {"hospital_": hospital_id, "uid_": part10.study.study_instance_uid}
    row = KNOWN_STUDY.first(tx, **wanted)
    return None if row is None else _KnownStudy(hospital_id, row[0], row[1], PatientValues(*row[2:]))


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
        study_id = row.home(tx, part10) if row else None
        if study_id is None:
            return None
    series_id, new_series = entering.series_of(tx, study_id, part10.series)
    instance_id = _insert_instance(tx, hospital_id, series_id, blob, part10)
    if instance_id is None:
        return None
    if not COUNT_IN_SERIES.rows(tx, series_=series_id, study_=study_id, frames_=part10.frames.count):
        raise Conflict(*_CHANGED)
    count_arrival(tx, hospital_id, source, study_id, stored=1, size=blob.size)
    if _study_grew(tx, study_id, blob.size, new_series=new_series):
        announce_study_changed(tx, study_id)
    if part10.frames.count:
        delay = 0.0 if new_series else _GATHER_SECONDS
        enqueue(tx, MAKE_PREVIEWS, series_id, unique=True, delay_seconds=delay)
    return StoredInstance("stored", study_id, instance_id)


def _insert_instance(tx: Tx, hospital_id: str, series_id: str, blob: Blob, part10: Part10) -> str | None:
    instance_id = new_id()
    added = ADD_INSTANCE.first(
        tx,
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
    return instance_id if added is not None else None


def _study_grew(tx: Tx, study_id: str, size: int, *, new_series: bool) -> bool:
    """Counts one image more; whether it is time to announce it."""
    grown = {"study_": study_id, "size_": size, "now_": tx.now, "last_due_": tx.now - ANNOUNCE_EVERY}
    counted = COUNT_IN_STUDY.first(tx, **grown)
    if counted is None:
        raise Conflict(*_CHANGED)
    if new_series:
        _describe_series(tx, study_id)
    return not counted[0]


def _describe_series(tx: Tx, study_id: str) -> None:
    """After the study's row is held: how many series it has, and of which modalities."""
    modalities = list(tx.session.scalars(select(Series.modality).where(Series.study_id == study_id)))
    named = sorted({modality for modality in modalities if modality})
    described = update(Study).where(Study.id == study_id)
    described = described.values(
        series_count=len(modalities), modalities=("\\" + "\\".join(named) + "\\")[:255] if named else ""
    )
    tx.session.execute(described, execution_options={"synchronize_session": False})
