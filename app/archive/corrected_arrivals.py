"""Images that still arrive for a study which a person corrected: where they belong, and whose they may be."""

import json

from sqlalchemy import select, update

from app.archive.access import SHOWN_SERIES, SHOWN_STUDY
from app.archive.corrected import alive_corrections
from app.archive.correcting import values_of_patient
from app.archive.counters import recount
from app.archive.entering import series_of
from app.archive.models import Series, Study
from app.archive.values import PatientValues, SeriesValues
from app.base.db import Tx

_NO_SYNC = {"synchronize_session": False}


def home_of(
    tx: Tx, hospital_id: str, study_id: str, study_instance_uid: str, arriving: PatientValues
) -> str | None:
    """Where images of another person than the study's go: here, when the study was once this person's (the device
    does not know of the correction); to the study that was made of them; or nowhere.
    """
    study = tx.session.get_one(Study, study_id)
    told = (json.loads(one.before).get("was") for one in alive_corrections(tx, study))
    if any(not PatientValues(**was).contradicts(arriving) for was in told if was):
        return study_id
    made = (
        select(Study)
        .join(Series, Series.study_id == Study.id)
        .where(Study.hospital_id == hospital_id, Series.original_study_instance_uid == study_instance_uid)
        .distinct()
    )
    found = tx.session.scalars(made.order_by(Study.id))
    return next((one.id for one in found if not values_of_patient(one.patient).contradicts(arriving)), None)


def place(tx: Tx, hospital_id: str, study_id: str, study_instance_uid: str, series: SeriesValues) -> str:
    """The study in which the series now is. A rejected series or study that gets a new image is shown again."""
    moved = (
        select(Series.study_id)
        .join(Study, Study.id == Series.study_id)
        .where(
            Study.hospital_id == hospital_id,
            Series.series_instance_uid == series.series_instance_uid,
            Series.original_study_instance_uid == study_instance_uid,
        )
    )
    study_id = tx.session.scalar(moved) or study_id
    series_id, new = series_of(tx, study_id, series)
    uid = tx.session.scalar(select(Study.study_instance_uid).where(Study.id == study_id))
    if new and uid != study_instance_uid:
        came = update(Series).where(Series.id == series_id)
        tx.session.execute(
            came.values(original_study_instance_uid=study_instance_uid), execution_options=_NO_SYNC
        )
    hidden = select(Series.id).join(Study, Study.id == Series.study_id).where(Series.id == series_id)
    if new or tx.session.scalar(hidden.where(~SHOWN_SERIES | ~SHOWN_STUDY)) is not None:
        for row in (update(Series).where(Series.id == series_id), update(Study).where(Study.id == study_id)):
            tx.session.execute(row.values(rejected=""), execution_options=_NO_SYNC)
        recount(tx, study_id)
    return study_id
