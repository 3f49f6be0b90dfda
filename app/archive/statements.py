"""The statements every arriving instance runs, made once: building them anew took longer than running them.

Names of parameters end in an underscore so that they never meet a column's.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.archive.models import Association, AssociationStudy, Instance, Patient, Series, Study
from app.archive.states import StudyState
from app.base.db import Tx, table_of

_ASSOCIATION, _BROUGHT = table_of(Association).c, table_of(AssociationStudy).c
_INSTANCE, _PATIENT, _SERIES, _STUDY = (table_of(t).c for t in (Instance, Patient, Series, Study))

KNOWN_INSTANCE = (
    select(_INSTANCE.id, _INSTANCE.content_key, _SERIES.study_id)
    .join_from(table_of(Instance), table_of(Series), _SERIES.id == _INSTANCE.series_id)
    .where(_INSTANCE.hospital_id == bindparam("hospital_"), _INSTANCE.sop_instance_uid == bindparam("uid_"))
)
KNOWN_STUDY = (
    select(
        _STUDY.id,
        _PATIENT.patient_id,
        _PATIENT.issuer_of_patient_id,
        _PATIENT.name,
        _PATIENT.birth_date,
        _PATIENT.sex,
    )
    .join_from(table_of(Study), table_of(Patient), _PATIENT.id == _STUDY.patient_id)
    .where(_STUDY.hospital_id == bindparam("hospital_"), _STUDY.study_instance_uid == bindparam("uid_"))
)
KNOWN_PATIENT = select(_PATIENT.id).where(
    _PATIENT.hospital_id == bindparam("hospital_"), _PATIENT.identity_key == bindparam("key_")
)
KNOWN_SERIES = select(_SERIES.id).where(
    _SERIES.study_id == bindparam("study_"), _SERIES.series_instance_uid == bindparam("uid_")
)
COUNT_IN_SERIES = (
    update(table_of(Series))
    .where(_SERIES.id == bindparam("series_"))
    .values(instance_count=_SERIES.instance_count + 1, frame_count=_SERIES.frame_count + bindparam("frames_"))
)
_DUE = or_(
    _STUDY.announced_at <= bindparam("last_due_"),
    _STUDY.state != StudyState.ARRIVING,
    _STUDY.instance_count == 0,
)
# Says whether it is not yet time to announce the new counts.
COUNT_IN_STUDY = (
    update(table_of(Study))
    .where(_STUDY.id == bindparam("study_"))
    .values(
        instance_count=_STUDY.instance_count + 1,
        size=_STUDY.size + bindparam("size_"),
        last_received_at=bindparam("now_"),
        state=StudyState.ARRIVING,
        unannounced=case((_DUE, False), else_=True),
        announced_at=case(
            (_DUE, bindparam("now_", type_=_STUDY.announced_at.type)), else_=_STUDY.announced_at
        ),
    )
    .returning(_STUDY.unannounced)
)
RENEW_LEASE = (
    update(table_of(Association))
    .where(_ASSOCIATION.id == bindparam("association_"))
    .values(lease_until=bindparam("until_"), closed_at=None)
    .returning(_ASSOCIATION.id)
)


@lru_cache(maxsize=2)
def _add_to_brought(dialect: str) -> Any:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    added = make(table_of(AssociationStudy))
    counts = ("stored", "repeated", "size")
    return added.on_conflict_do_update(
        index_elements=["association_id", "study_id"],
        set_={name: _BROUGHT[name] + added.excluded[name] for name in counts},
    )


def add_to_brought(tx: Tx, **values: Any) -> None:
    """Adds to what an association brought to a study."""
    connection = tx.session.connection()
    connection.execute(_add_to_brought(connection.dialect.name), values)
