"""The statements every arriving instance runs, made once: building them anew took longer than running them.

Names of parameters end in an underscore so that they never meet a column's.
"""

from typing import Any

from sqlalchemy import bindparam, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.archive.models import Association, AssociationStudy, Instance, Patient, Series, Study
from app.archive.states import StudyState
from app.base.db import Base, table_of
from app.base.prepared import Prepared

_ASSOCIATION, _BROUGHT = table_of(Association).c, table_of(AssociationStudy).c
_INSTANCE, _PATIENT, _SERIES, _STUDY = (table_of(t).c for t in (Instance, Patient, Series, Study))

KNOWN_INSTANCE = Prepared(
    lambda _dialect: (
        select(
            _INSTANCE.id,
            _INSTANCE.content_key,
            _SERIES.study_id,
            _INSTANCE.damaged,
            _INSTANCE.transfer_syntax_uid,
            _INSTANCE.digest,
        )
        .join_from(table_of(Instance), table_of(Series), _SERIES.id == _INSTANCE.series_id)
        .where(
            _INSTANCE.hospital_id == bindparam("hospital_"), _INSTANCE.sop_instance_uid == bindparam("uid_")
        )
    )
)
KNOWN_STUDY = Prepared(
    lambda _dialect: (
        select(
            func.coalesce(_STUDY.merged_into_id, _STUDY.id),
            _STUDY.corrected,
            _PATIENT.patient_id,
            _PATIENT.issuer_of_patient_id,
            _PATIENT.name,
            _PATIENT.birth_date,
            _PATIENT.sex,
        )
        .join_from(table_of(Study), table_of(Patient), _PATIENT.id == _STUDY.patient_id)
        .where(_STUDY.hospital_id == bindparam("hospital_"), _STUDY.study_instance_uid == bindparam("uid_"))
    )
)
KNOWN_PATIENT = select(func.coalesce(_PATIENT.merged_into_id, _PATIENT.id)).where(
    _PATIENT.hospital_id == bindparam("hospital_"), _PATIENT.identity_key == bindparam("key_")
)
KNOWN_SERIES = Prepared(
    lambda _dialect: select(_SERIES.id).where(
        _SERIES.study_id == bindparam("study_"), _SERIES.series_instance_uid == bindparam("uid_")
    )
)
# No row of either: the series, or its study, was moved, hidden or destroyed this very moment.
COUNT_IN_SERIES = Prepared(
    lambda _dialect: (
        update(table_of(Series))
        .where(
            _SERIES.id == bindparam("series_"),
            _SERIES.study_id == bindparam("study_"),
            _SERIES.rejected == "",
        )
        .values(
            instance_count=_SERIES.instance_count + 1, frame_count=_SERIES.frame_count + bindparam("frames_")
        )
        .returning(_SERIES.id)
    )
)
_DUE = or_(
    _STUDY.announced_at <= bindparam("last_due_"),
    _STUDY.state != StudyState.ARRIVING,
    _STUDY.instance_count == 0,
)
# Says whether it is not yet time to announce the new counts.
COUNT_IN_STUDY = Prepared(
    lambda _dialect: (
        update(table_of(Study))
        .where(_STUDY.id == bindparam("study_"), _STUDY.rejected == "", _STUDY.merged_into_id.is_(None))
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
)
RENEW_LEASE = Prepared(
    lambda _dialect: (
        update(table_of(Association))
        .where(_ASSOCIATION.id == bindparam("association_"))
        .values(lease_until=bindparam("until_"), closed_at=None)
        .returning(_ASSOCIATION.id)
    )
)
# Whether the association is open for long enough; no row: there is none.
LEASE_HOLDS = Prepared(
    lambda _dialect: select(
        _ASSOCIATION.closed_at.is_(None) & (_ASSOCIATION.lease_until >= bindparam("least_"))
    ).where(_ASSOCIATION.id == bindparam("association_"))
)


def _once(dialect: str, table: type[Base]) -> Any:
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table_of(table))


def _add_to_brought(dialect: str) -> Any:
    added = _once(dialect, AssociationStudy)
    names = ("association_id", "study_id", "stored", "repeated", "size")
    return added.values({name: bindparam(name) for name in names}).on_conflict_do_update(
        index_elements=["association_id", "study_id"],
        set_={name: _BROUGHT[name] + added.excluded[name] for name in names[2:]},
    )


def _add_instance(dialect: str) -> Any:
    given: dict[str, Any] = {c.name: bindparam(c.name) for c in _INSTANCE if c.name not in _LATER}
    return _once(dialect, Instance).values(given).on_conflict_do_nothing().returning(_INSTANCE.id)


_LATER = frozenset({"damaged", "original_sop_instance_uid", "rejected", "verified_at"})
ADD_TO_BROUGHT = Prepared(_add_to_brought)
ADD_INSTANCE = Prepared(_add_instance)
