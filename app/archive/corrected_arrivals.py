"""Images that still arrive for a study which a person corrected: where they belong, and whose they may be."""

import json

from sqlalchemy import select, update

from app.archive.access import SHOWN_SERIES, SHOWN_STUDY
from app.archive.corrected import alive_corrections
from app.archive.correcting import values_of_patient
from app.archive.counters import hold, recount
from app.archive.entering import series_of
from app.archive.models import Series, Study
from app.archive.part10 import Part10
from app.archive.states import DESTROYED
from app.archive.values import PatientValues
from app.base.db import Tx

_NO_SYNC = {"synchronize_session": False}


def home_of(
    tx: Tx, hospital_id: str, study_id: str, study_instance_uid: str, arriving: PatientValues
) -> str | None:
    """Where images of another person than the study's go: here, when the study was once this person's (the device
    does not know of the correction); to the study that was made of them; or nowhere.
    """
    if _may_be_of(tx, tx.session.get_one(Study, study_id), arriving):
        return study_id
    made = (
        select(Study)
        .join(Series, Series.study_id == Study.id)
        .where(Study.hospital_id == hospital_id, Series.original_study_instance_uid == study_instance_uid)
        .distinct()
    )
    found = tx.session.scalars(made.order_by(Study.id))
    return next((one.id for one in found if not values_of_patient(one.patient).contradicts(arriving)), None)


def _may_be_of(tx: Tx, study: Study, arriving: PatientValues) -> bool:
    """Whether it is this person's, or was until a person corrected it."""
    if not values_of_patient(study.patient).contradicts(arriving):
        return True
    told = (json.loads(one.before).get("was") for one in alive_corrections(tx, study))
    return any(not PatientValues(**was).contradicts(arriving) for was in told if was)


def place(tx: Tx, hospital_id: str, study_id: str, image: Part10) -> str:
    """The study in which the image's series now is. A rejected series or study that gets a new image is shown again."""
    uid, series = image.study.study_instance_uid, image.series
    study_id = _moved_to(tx, hospital_id, study_id, image) or study_id
    series_id, new = series_of(tx, study_id, series)
    own = tx.session.scalar(select(Study.study_instance_uid).where(Study.id == study_id))
    if new and own != uid:
        came = update(Series).where(Series.id == series_id).values(original_study_instance_uid=uid)
        tx.session.execute(came, execution_options=_NO_SYNC)
    hidden = select(Series.id).join(Study, Study.id == Series.study_id).where(Series.id == series_id)
    if new or tx.session.scalar(hidden.where(~SHOWN_SERIES | ~SHOWN_STUDY)) is not None:
        hold(tx, tx.session.get_one(Study, study_id))
        alive = Study.rejected != DESTROYED
        for row in (
            update(Series).where(Series.id == series_id),
            update(Study).where(Study.id == study_id, alive),
        ):
            tx.session.execute(row.values(rejected=""), execution_options=_NO_SYNC)
        recount(tx, study_id)
    return study_id


def _moved_to(tx: Tx, hospital_id: str, study_id: str, image: Part10) -> str | None:
    """The study into which the series was split, unless it is (also) here or that study is of somebody else."""
    series = select(Series).where(Series.series_instance_uid == image.series.series_instance_uid)
    if tx.session.scalar(series.where(Series.study_id == study_id)) is not None:
        return None
    moved = series.join(Study, Study.id == Series.study_id).where(
        Study.hospital_id == hospital_id,
        Series.original_study_instance_uid == image.study.study_instance_uid,
    )
    for one in tx.session.scalars(moved.order_by(Series.id)):
        if _may_be_of(tx, one.study, image.patient):
            return one.study_id
    return None
