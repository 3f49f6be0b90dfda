from typing import Any

from sqlalchemy import select

from app.annotations.models import Annotation
from app.archive.access import parts_of, study_for
from app.base.actor import Actor
from app.base.db import Tx


def as_json(row: Annotation) -> dict[str, Any]:
    """The mark as plain data: the same on both screens, on the wire and here."""
    return {
        "id": row.id,
        "kind": row.kind,
        "graphic_type": row.graphic_type,
        "points": row.points,
        "text": row.text,
        "study_id": row.study_id,
        "sop_instance_uid": row.sop_instance_uid,
        "frame_number": row.frame_number,
        "author": {"id": row.author_id, "name": row.author_name, "hospital": row.author_hospital},
        "revision": row.revision,
        "deleted": row.deleted,
        "values": row.values,
        "created_at": row.created_at.isoformat(),
    }


def list_annotations(tx: Tx, actor: Actor, study_id: str, context: str | None = None) -> list[dict[str, Any]]:
    """The marks on a study the actor may see, oldest first: those of one talk, or those on the study itself."""
    study = study_for(tx, actor, study_id)
    on_study = _alive(context).where(Annotation.study_id.in_(parts_of(study.id)))
    return [as_json(row) | {"study_id": study_id} for row in tx.session.scalars(on_study)]


def annotations_of(tx: Tx, context: str) -> list[dict[str, Any]]:
    """All marks of one talk. For the room that owns the context and has guarded it."""
    return [as_json(row) for row in tx.session.scalars(_alive(context))]


def has_mark(tx: Tx, context: str, annotation_id: str) -> bool:
    """Whether a talk has this mark, removed or not. For the room that owns the context and has guarded it."""
    here = select(Annotation.id).where(Annotation.context == context, Annotation.id == annotation_id)
    return tx.session.scalar(here) is not None


def _alive(context: str | None) -> Any:
    here = Annotation.context.is_(None) if context is None else Annotation.context == context
    return (
        select(Annotation)
        .where(here, Annotation.deleted.is_(False))
        .order_by(Annotation.created_at, Annotation.id)
    )
