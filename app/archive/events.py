"""What the archive announces, and to whom: the study's own hospital and all it is shared with."""

from typing import Any

from sqlalchemy import or_, select

from app.archive.models import Study, StudyGrant
from app.archive.states import GranteeType
from app.base.db import Tx
from app.base.events import announce

STUDY_CHANGED = "study.changed"
STUDY_LISTED = "study.listed"
DEVICES_CHANGED = "devices.changed"

_TOPIC: dict[str, str] = {GranteeType.HOSPITAL: "hospital", GranteeType.PERSON: "person"}


def announce_study_changed(tx: Tx, study_id: str) -> None:
    """Counts and state as they are now, and notes that nothing is left to announce."""
    columns = (Study.instance_count, Study.series_count, Study.state)
    instance_count, series_count, state = tx.session.execute(
        select(*columns).where(Study.id == study_id)
    ).one()
    payload = {
        "study_id": study_id,
        "instance_count": instance_count,
        "series_count": series_count,
        "state": state,
    }
    _to_all(tx, study_id, STUDY_CHANGED, payload)


def announce_study_listed(tx: Tx, study_id: str) -> None:
    """It appears in lists, or disappears from some: lists ask again."""
    _to_all(tx, study_id, STUDY_LISTED, {"study_id": study_id})


def announce_devices_changed(tx: Tx, hospital_id: str) -> None:
    """Something is known of a hospital's device that its pages show."""
    announce(tx, f"hospital:{hospital_id}", DEVICES_CHANGED, {})


def _to_all(tx: Tx, study_id: str, type_: str, payload: dict[str, Any]) -> None:
    alive = or_(StudyGrant.expires_at.is_(None), StudyGrant.expires_at > tx.now)
    grantees = select(StudyGrant.grantee_type, StudyGrant.grantee_id).where(
        StudyGrant.study_id == study_id, alive, StudyGrant.grantee_type.in_(_TOPIC)
    )
    for grantee_type, grantee_id in tx.session.execute(grantees.distinct()):
        announce(tx, f"{_TOPIC[grantee_type]}:{grantee_id}", type_, payload)
