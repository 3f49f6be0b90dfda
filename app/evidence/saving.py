"""From a person's wish to stored objects. Opens the transactions; makes and writes the files between them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from pydicom.dataset import Dataset

from app.annotations.queries import list_annotations
from app.archive.part10 import read_part10
from app.archive.storage_use import check_quota
from app.base.actor import Actor, Permission
from app.base.blobs import Blobs
from app.base.db import Database, Tx
from app.base.errors import Invalid
from app.evidence.actions import Made, store_evidence
from app.evidence.gathering import check_frames, wish_for, with_tables
from app.evidence.key_objects import key_object_selection
from app.evidence.measurements import measurement_report
from app.evidence.modules import as_file
from app.evidence.presentation import Look, presentation_states
from app.evidence.schemas import Form, SaveInput
from app.evidence.subjects import Mark, Wish
from app.render.profiles import srgb_profile

MOST_MARKS = 2000
MOST_KEY_IMAGES = 1000
AT_ONCE = 8
"""Objects whose files are open together: each takes a megabyte of memory and a lock."""
MarksOf = Callable[[Tx], Sequence[Mapping[str, object]]]


@dataclass(frozen=True)
class Saved:
    """What was made."""

    series_instance_uid: str
    sop_instance_uids: tuple[str, ...]


class Evidence:
    """Makes objects of studies and stores them. Shared by all threads of a process."""

    def __init__(self, db: Database, blobs: Blobs, *, accept_private: bool = False) -> None:
        self._db = db
        self._blobs = blobs
        self._accept_private = accept_private

    def save(self, actor: Actor, study_id: str, wanted: SaveInput, marks_of: MarksOf | None = None) -> Saved:
        """As a browser asks it; `marks_of` as in `save_marks`."""
        if wanted.form is Form.KEY_IMAGES:
            said = {"title_code": wanted.code, "description": wanted.description}
            return self.save_key_images(actor, study_id, wanted.frames, **said)
        looks = {series: look.look() for series, look in wanted.looks.items()}
        return self.save_marks(
            actor, study_id, wanted.form, title=wanted.title, looks=looks, marks_of=marks_of
        )

    def save_marks(
        self,
        actor: Actor,
        study_id: str,
        form: Form,
        *,
        title: str = "",
        looks: Mapping[str, Look] | None = None,
        marks_of: MarksOf | None = None,
    ) -> Saved:
        """All marks on the study, or those a talk has on it (`marks_of`), as presentation states or as a report."""
        actor.check(Permission.ANNOTATION_WRITE)
        with self._db.reading() as tx:
            told = marks_of(tx) if marks_of else list_annotations(tx, actor, study_id)
            marks = [Mark.from_json(one) for one in told]
            if not 0 < len(marks) <= MOST_MARKS:
                raise Invalid("no_marks", "There are no marks to save, or too many for one object.")
            wish = wish_for(tx, actor, study_id, {mark.sop_instance_uid for mark in marks})
        title = title.strip() or f"Marks, {wish.author.name}"
        if form is Form.SR:
            made = [measurement_report(wish, marks, title=title)]
        else:
            wish = with_tables(wish, self._blobs, marks)
            made = presentation_states(wish, marks, looks or {}, title=title, icc_profile=srgb_profile())
        return self._store(actor, study_id, wish, made)

    def save_key_images(
        self,
        actor: Actor,
        study_id: str,
        frames: Sequence[tuple[str, int]],
        *,
        title_code: str,
        description: str = "",
    ) -> Saved:
        """`frames`: SOP Instance UID and frame number. Raises Invalid for an image or frame that is not there."""
        actor.check(Permission.ANNOTATION_WRITE)
        if not 0 < len(frames) <= MOST_KEY_IMAGES:
            raise Invalid("no_key_images", "Choose between one and 1,000 key images.")
        with self._db.reading() as tx:
            wish = wish_for(tx, actor, study_id, {uid for uid, _ in frames})
            check_frames(wish, frames)
        made = key_object_selection(wish, frames, title_code=title_code, description=description.strip())
        return self._store(actor, study_id, wish, [made])

    def _store(self, actor: Actor, study_id: str, wish: Wish, objects: Sequence[Dataset]) -> Saved:
        self.store(actor, study_id, wish.id, [as_file(one) for one in objects])
        uids = tuple(str(one.SOPInstanceUID) for one in objects)
        return Saved(str(objects[0].SeriesInstanceUID), uids)

    def store(self, actor: Actor, study_id: str, wish_id: str, files: Sequence[bytes]) -> None:
        """Objects of one wish, made by this room or with its `Wish`. Each stands by itself: very many are entered some
        at a time, so that a fault keeps the first ones.
        """
        check_quota(self._db, actor.hospital_id)
        for first in range(0, len(files), AT_ONCE):
            last = first + AT_ONCE >= len(files)
            self._enter(actor, study_id, wish_id, files[first : first + AT_ONCE], last=last)

    def _enter(
        self, actor: Actor, study_id: str, wish_id: str, files: Sequence[bytes], *, last: bool
    ) -> None:
        with ExitStack() as open_files:
            made = []
            for file in files:
                spool = open_files.enter_context(self._blobs.open_spool())
                spool.write(file)
                spool.flush()
                part10 = read_part10(spool.path, accept_private=self._accept_private)
                made.append(Made(spool.commit(), part10))
            with self._db.transaction() as tx:
                stored = store_evidence(tx, actor, wish_id=wish_id, study_id=study_id, made=made, last=last)
        for entered in stored:
            entered.check()
