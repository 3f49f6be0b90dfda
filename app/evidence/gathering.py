"""What an object is made of, read in one transaction that reads no files; then the few tables that only files hold."""

import json
from collections.abc import Iterable, Sequence

from pydicom import dcmread
from sqlalchemy import select

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, study_for
from app.archive.identity import study_identity
from app.archive.models import Instance, Series
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.db import Tx
from app.base.errors import Invalid
from app.base.ids import new_id
from app.evidence.subjects import Author, Mark, Pictured, Wish
from app.identity.queries import hospital

_MODALITY_LUT = "ModalityLUTSequence"


def wish_for(tx: Tx, actor: Actor, study_id: str, uids: Iterable[str]) -> Wish:
    """For objects about these images of a study of the actor's own hospital; NotFound, Forbidden, or Invalid when
    one of the images is not of the study.
    """
    identity = study_identity(tx, actor, study_id)
    wanted = set(uids)
    study = study_for(tx, actor, study_id)
    query = (
        select(Instance, Series.series_instance_uid, Series.modality)
        .join(Series, Series.id == Instance.series_id)
        .where(
            Series.study_id == study.id,
            SHOWN_SERIES,
            SHOWN_INSTANCE,
            Instance.sop_instance_uid.in_(wanted),
        )
    )
    images = {}
    for row, series_uid, modality in tx.session.execute(query):
        images[row.sop_instance_uid] = Pictured(
            row.sop_class_uid,
            row.sop_instance_uid,
            series_uid,
            modality,
            row.digest,
            json.loads(row.facts),
        )
    if wanted - images.keys() or not wanted:
        raise Invalid("image_gone", "An image that was marked is no longer in this study. Reload the page.")
    where = hospital(tx, actor.hospital_id).name if actor.hospital_id else ""
    return Wish(new_id(), identity, Author(actor.id, actor.name, where), tx.now, images)


def check_frames(wish: Wish, frames: Sequence[tuple[str, int]]) -> None:
    """Raises Invalid where an image has no such frame."""
    for uid, number in frames:
        if not 1 <= number <= max(wish.images[uid].facts["frames"], 1):
            raise Invalid("bad_frame", "The image has no such frame.")


def with_tables(wish: Wish, blobs: Blobs, marks: Sequence[Mark]) -> Wish:
    """The wish with the Modality LUTs of marked images that have one. Reads files."""
    marked = {mark.sop_instance_uid for mark in marks}
    images = {
        uid: _with_table(image, blobs) if uid in marked and image.facts["has_modality_lut"] else image
        for uid, image in wish.images.items()
    }
    return Wish(wish.id, wish.identity, wish.author, wish.at, images)


def _with_table(image: Pictured, blobs: Blobs) -> Pictured:
    header = dcmread(
        blobs.path(image.digest), stop_before_pixels=True, specific_tags=[_MODALITY_LUT], force=True
    )
    tables = header.get(_MODALITY_LUT)
    return image.with_lut(tables[0]) if tables else image
