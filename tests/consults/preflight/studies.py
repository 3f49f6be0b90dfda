"""A study that should not be sent without a look."""

from datetime import timedelta
from typing import Any

from app.archive.actions import complete_quiet_studies
from app.base import clock
from app.base.actor import SYSTEM
from tests import dicomgen
from tests.consults.conftest import Clinic


def quiet(clinic: Clinic) -> None:
    """Nothing has come for an hour: every study is complete."""
    with clock.shifted(timedelta(hours=1)), clinic.db.transaction() as tx:
        complete_quiet_studies(tx, SYSTEM, after_seconds=60)


def lame(clinic: Clinic, **change: Any) -> str:
    """Of a knee of which nobody says whether it is the right one, and in which nothing can be measured."""
    knee = {"BodyPartExamined": "KNEE", "PixelSpacing": [0, 0], "SeriesDescription": "GỐI", **change}
    study_id = clinic.store(dicomgen.ct_slice(study="study-knee", **knee))
    quiet(clinic)
    return study_id
