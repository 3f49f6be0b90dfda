"""Every write of a mark. Only its author changes or removes it; a change names the revision it started from."""

import json
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from app.annotations.geometry import check_within
from app.annotations.models import Annotation
from app.annotations.queries import as_json
from app.annotations.schemas import AnnotationInput
from app.archive.access import study_for
from app.archive.models import Instance, Series, Study
from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx, conflict_as
from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from app.identity.queries import hospital

TAKEN = "This mark already exists. Reload the page."


def put_annotation(
    tx: Tx, actor: Actor, *, annotation: AnnotationInput, context: str | None = None
) -> tuple[dict[str, Any], bool]:
    """Keeps a new mark or a change of an own one.

    Returns the mark as kept and whether anything changed: said twice (a line broke before the answer), it is done
    once. Raises Conflict when the mark has moved past the revision the change started from.
    """
    actor.check(Permission.ANNOTATION_WRITE)
    study = study_for(tx, actor, annotation.study_id)
    _check_place(tx, study.id, annotation)
    row = tx.session.get(Annotation, annotation.id, with_for_update=True)
    if row is None:
        row = _new(tx, actor, annotation, context)
    else:
        if study_for(tx, actor, row.study_id).id != study.id or row.context != context:
            raise Conflict("annotation_taken", TAKEN)
        _check_own(row, actor)
        if _says_the_same(row, annotation):
            return as_json(row) | {"study_id": annotation.study_id}, False
        _change(tx, row, annotation)
    _record(tx, actor, row, "C" if row.revision == 1 else "U", study.hospital_id)
    return as_json(row) | {"study_id": annotation.study_id}, True


def delete_annotation(
    tx: Tx, actor: Actor, *, annotation_id: str, context: str | None = None
) -> tuple[dict[str, Any], bool]:
    """Removes an own mark; its row stays as a tombstone. Returns it and whether anything changed."""
    actor.check(Permission.ANNOTATION_WRITE)
    row = tx.session.get(Annotation, annotation_id, with_for_update=True)
    if row is None or row.context != context:
        raise NotFound
    study = study_for(tx, actor, row.study_id)
    _check_own(row, actor)
    if row.deleted:
        return as_json(row), False
    row.deleted, row.revision, row.changed_at = True, row.revision + 1, tx.now
    tx.session.flush()
    _record(tx, actor, row, "D", study.hospital_id)
    return as_json(row), True


def _check_place(tx: Tx, study_id: str, annotation: AnnotationInput) -> None:
    query = (
        select(Instance)
        .join(Series, Series.id == Instance.series_id)
        .where(Series.study_id == study_id, Instance.sop_instance_uid == annotation.sop_instance_uid)
    )
    image = tx.session.scalar(query)
    if image is None:
        raise NotFound
    if annotation.frame_number > max(image.frame_count, 1):
        raise Invalid("bad_frame", "The image has no such frame.")
    facts = json.loads(image.facts)
    if facts.get("rows") and facts.get("columns"):
        check_within(annotation.points, rows=facts["rows"], columns=facts["columns"])


def _new(tx: Tx, actor: Actor, annotation: AnnotationInput, context: str | None) -> Annotation:
    if annotation.revision != 0:
        raise NotFound
    row = Annotation(
        **_content(annotation),
        id=annotation.id,
        study_id=annotation.study_id,
        context=context,
        author_id=actor.id,
        author_name=actor.name,
        author_hospital=hospital(tx, actor.hospital_id).name if actor.hospital_id else "",
        revision=1,
        created_at=tx.now,
        changed_at=tx.now,
    )
    tx.session.add(row)
    with conflict_as("annotation_taken", TAKEN):
        tx.session.flush()
    return row


def _content(annotation: AnnotationInput) -> dict[str, Any]:
    return {
        "sop_instance_uid": annotation.sop_instance_uid,
        "frame_number": annotation.frame_number,
        "kind": annotation.kind.value,
        "graphic_type": annotation.graphic_type.value,
        "points": [list(point) for point in annotation.points],
        "text": annotation.text,
        "values": annotation.values,
    }


def _check_own(row: Annotation, actor: Actor) -> None:
    if row.author_id != actor.id:
        raise Forbidden("not_author", "Only the person who made a mark may change it.")


def _says_the_same(row: Annotation, annotation: AnnotationInput) -> bool:
    content = _content(annotation)
    return not row.deleted and all(getattr(row, name) == value for name, value in content.items())


def _change(tx: Tx, row: Annotation, annotation: AnnotationInput) -> None:
    if row.deleted:
        raise Conflict("annotation_deleted", "This mark has been removed.")
    changed = tx.session.execute(
        update(Annotation)
        .where(Annotation.id == row.id, Annotation.revision == annotation.revision)
        .values(**_content(annotation), revision=annotation.revision + 1, changed_at=tx.now)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", changed).rowcount != 1:
        raise Conflict("annotation_moved_on", "This mark was changed elsewhere. The newer one is shown.")
    tx.session.refresh(row)


def _record(tx: Tx, actor: Actor, row: Annotation, action: Action, hospital_id: str) -> None:
    record(
        tx,
        actor,
        AuditKind.PROCEDURE_RECORD,
        action,
        subject_type="annotation",
        subject_id=row.id,
        hospital_id=hospital_id,
        detail={"study_id": row.study_id, "context": row.context, "revision": row.revision},
    )


def follow_images(tx: Tx, actor: Actor, *, study_id: str) -> int:
    """Series of this study became another study's: the marks on their images go with them, removed ones too. Those made
    in a talk stay with the talk. How many went.
    """
    actor.check(Permission.STUDY_CORRECT)
    study = tx.session.get(Study, study_id)
    if study is None:
        return 0
    moved = (
        select(Annotation, Series.study_id)
        .join(Instance, Instance.sop_instance_uid == Annotation.sop_instance_uid)
        .join(Series, Series.id == Instance.series_id)
        .where(Annotation.study_id == study_id, Annotation.context.is_(None), Series.study_id != study_id)
        .where(Instance.hospital_id == study.hospital_id)
    )
    found = tx.session.execute(moved).all()
    for mark, home in found:
        mark.study_id = home
    if found:
        record(
            tx,
            actor,
            AuditKind.PROCEDURE_RECORD,
            "U",
            subject_type="study",
            subject_id=study_id,
            hospital_id=study.hospital_id,
            detail={"marks": len(found), "because": "regrouped"},
        )
    return len(found)


def drop_marks(tx: Tx, actor: Actor, *, study_id: str) -> int:
    """The study was destroyed: the marks on it go. Those made in a talk stay with the talk. How many went."""
    actor.check(Permission.STUDY_DELETE)
    on_study = delete(Annotation).where(Annotation.study_id == study_id, Annotation.context.is_(None))
    dropped = len(tx.session.scalars(on_study.returning(Annotation.id)).all())
    if dropped:
        record(
            tx,
            actor,
            AuditKind.PROCEDURE_RECORD,
            "D",
            subject_type="study",
            subject_id=study_id,
            hospital_id=None,
            detail={"marks": dropped, "because": "destroyed"},
        )
    return dropped
