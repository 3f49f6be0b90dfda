"""Who calls: the called AE title names the hospital, the calling one with its address the device (T6, house 6.1).

Whoever is not known is refused with the reason of PS3.8 table 9-21, and the refusal is audited, summed so
that a scanner which tries a thousand titles does not write a thousand records.
"""

from dataclasses import dataclass

from app.archive.refusals import Refusals
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.audit.summing import Summed
from app.base.actor import SYSTEM, Actor
from app.base.db import Database
from app.identity.actions import note_unknown_caller
from app.identity.queries import CallerRefused, actor_for_device

_SUMMED_SECONDS = 60


@dataclass(frozen=True)
class Rejection:
    """The three numbers of an A-ASSOCIATE-RJ (PS3.8 table 9-21)."""

    result: int
    source: int
    reason: int
    code: str


CALLED_NOT_RECOGNIZED = Rejection(1, 1, 7, "unknown_called_ae")
CALLING_NOT_RECOGNIZED = Rejection(1, 1, 3, "unknown_calling_ae")
APPLICATION_CONTEXT_NOT_SUPPORTED = Rejection(1, 1, 2, "unknown_application_context")
LIMIT_EXCEEDED = Rejection(2, 3, 2, "too_many_associations")
TEMPORARY = Rejection(2, 1, 1, "unavailable")
_BY_CODE = {item.code: item for item in (CALLED_NOT_RECOGNIZED, CALLING_NOT_RECOGNIZED)}


class Rejected(Exception):
    """The association is refused with `rejection`."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.code)
        self.rejection = rejection


class Peers:
    """The registered devices of all hospitals."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._alerts = Summed(_SUMMED_SECONDS)
        self.refusals = Refusals(db)

    def admit(self, *, called: str, calling: str, address: str, certificate_sha256: str = "") -> Actor:
        """The device as an actor of its hospital. Raises Rejected, audited."""
        try:
            with self._db.reading() as tx:
                return actor_for_device(
                    tx,
                    called_ae_title=called,
                    calling_ae_title=calling,
                    address=address,
                    certificate_sha256=certificate_sha256,
                )
        except CallerRefused as error:
            rejection = _BY_CODE[error.code]
            if error.device_id is not None:
                self.refusals.count(error.device_id, error.reason, address)
            self._alert(rejection, error, called=called, calling=calling, address=address)
            raise Rejected(rejection) from error

    def _alert(
        self, rejection: Rejection, error: CallerRefused, *, called: str, calling: str, address: str
    ) -> None:
        before = self._alerts.due(rejection.code, called, calling, address)
        if before is None:
            return
        detail = {
            "reason": error.reason,
            "called_ae_title": called,
            "calling_ae_title": calling,
            "address": address,
            "tries_before": before,
        }
        with self._db.transaction() as tx:
            if error.hospital_id is not None and error.device_id is None:
                note_unknown_caller(
                    tx,
                    SYSTEM,
                    hospital_id=error.hospital_id,
                    ae_title=calling,
                    address=address,
                    count=before + 1,
                )
            record(
                tx,
                SYSTEM,
                AuditKind.SECURITY_ALERT,
                "E",
                outcome=8,
                subject_type="association",
                subject_id=calling,
                hospital_id=error.hospital_id,
                detail=detail,
            )
