"""Covering what names the patient in the pictures of a consult, before guests see them who may not know it."""

from dataclasses import dataclass

from app.archive.actions import cover_pictures, open_study
from app.archive.covers import Pictures
from app.archive.queries import pictures_to_cover, study_info
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Forbidden, NotFound
from consults.access import consult_for, seats_of
from consults.guests.events import ImagesCoveredData
from consults.guests.schemas import CoverImages
from consults.history import append
from consults.lifecycle import Seat
from consults.models import Consult
from consults.steps import Answer


@dataclass(frozen=True)
class StudyToCover:
    """A study on the screen of whoever covers; `key` opens its pictures."""

    description: str
    study_date: str
    key: str
    pictures: tuple[Pictures, ...]


@dataclass(frozen=True)
class CaseToCover:
    consult_id: str
    number: str
    studies: tuple[StudyToCover, ...]


def open_case_to_cover(tx: Tx, actor: Actor, consult_id: str) -> CaseToCover:
    """For the referring side: its own studies of the case, each opened anew, which is recorded."""
    consult = _case_of(tx, actor, consult_id)
    found = [_study(tx, actor, study.study_id) for study in consult.studies]
    return CaseToCover(consult.id, consult.number, tuple(one for one in found if one is not None))


def cover_images(tx: Tx, actor: Actor, *, wish: CoverImages) -> Answer:
    """Pictures of one size in a series of the case have been looked through."""
    consult = _case_of(tx, actor, wish.consult_id, lock=True)
    study_id = _study_of(tx, actor, consult, wish)
    cover_pictures(
        tx,
        actor,
        series_id=wish.series_id,
        columns=wish.columns,
        rows=wish.rows,
        rectangles=wish.areas,
        until=wish.until,
    )
    areas = None if wish.areas is None else len(wish.areas)
    told = ImagesCoveredData(study_id=study_id, series_id=wish.series_id, areas=areas)
    return {"number": append(tx, actor, consult, "images.covered", told)}


def _case_of(tx: Tx, actor: Actor, consult_id: str, *, lock: bool = False) -> Consult:
    actor.check(Permission.CONSULT_ASK)
    consult = consult_for(tx, actor, consult_id, lock=lock)
    if Seat.REFERRER not in seats_of(consult, actor):
        raise NotFound
    return consult


def _study(tx: Tx, actor: Actor, study_id: str) -> StudyToCover | None:
    """None when it is gone, or of another hospital."""
    try:
        pictures = pictures_to_cover(tx, actor, study_id)
        info = study_info(tx, actor, study_id)
    except (Forbidden, NotFound):
        return None
    opening = open_study(tx, actor, study_id=study_id, session_id=actor.session_id or "")
    return StudyToCover(info.description, info.study_date, opening.key, tuple(pictures))


def _study_of(tx: Tx, actor: Actor, consult: Consult, wish: CoverImages) -> str:
    """Which study of the case has such pictures."""
    wanted = (wish.series_id, wish.columns, wish.rows)
    for study in consult.studies:
        try:
            pictures = pictures_to_cover(tx, actor, study.study_id)
        except (Forbidden, NotFound):
            continue
        if any((one.series_id, one.columns, one.rows) == wanted for one in pictures):
            return study.study_id
    raise NotFound
