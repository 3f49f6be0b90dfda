"""What becomes of the basis of an emergency that was sent without one."""

from datetime import timedelta

from app.base import clock
from consults.agreements.basis import add_basis_scan
from consults.agreements.papers import Scan
from consults.agreements.reminders import remind
from tests.consults.conftest import Clinic

SCAN = Scan.of("giấy đồng ý.pdf", b"%PDF-1.7 ...")


def chase(clinic: Clinic, consult_id: str) -> None:
    """Reminded of, a scan added, completed."""
    with clock.shifted(timedelta(hours=5)):
        assert remind(clinic.db) == 1
    with clinic.db.transaction() as tx:
        add_basis_scan(tx, clinic.cast.alice, consult_id=consult_id, scan=SCAN)
    clinic.wish(clinic.cast.alice, "basis.complete", consult_id=consult_id, basis=clinic.content()["basis"])
