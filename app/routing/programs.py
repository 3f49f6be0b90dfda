"""What the hospital's programs hear by webhooks of the kind `archive`. Ids and a page alone, which asks for a sign-in."""

from app.archive.models import Study
from app.base.actor import SYSTEM
from app.base.db import Tx
from app.notify.actions import tell_programs
from app.notify.lifecycle import Kind
from app.routing.models import Delivery, Fetch


def tell_of_study(tx: Tx, study: Study) -> None:
    """It is complete; again when images came after that and nothing more has come since."""
    known = {"study_id": study.id, "study_instance_uid": study.study_instance_uid}
    _tell(tx, study.hospital_id, "study.completed", known | {"path": f"/studies/{study.id}"})


def tell_of_failure(tx: Tx, row: Delivery) -> None:
    """A delivery was given up."""
    path = f"/deliveries?state=failed#{row.id}"
    _tell(tx, row.hospital_id, "delivery.failed", {"delivery_id": row.id, "path": path})


def tell_of_fetch(tx: Tx, row: Fetch, path: str, *, fetched: bool) -> None:
    """A study was fetched from another archive, or could not be."""
    known = {"fetch_id": row.id, "study_instance_uid": row.study_instance_uid, "path": path}
    _tell(tx, row.hospital_id, "fetch.completed" if fetched else "fetch.failed", known)


def _tell(tx: Tx, hospital_id: str, type_: str, data: dict[str, str]) -> None:
    tell_programs(tx, SYSTEM, hospital_id=hospital_id, kind=Kind.ARCHIVE, type_=type_, data=data)
