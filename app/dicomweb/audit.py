"""Audit of this door (PS3.15 A.5): an image viewer asks a thousand times, which is one look at one study."""

from app.archive.access import study_by_uid
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.audit.searches import Searches
from app.audit.summing import Summed
from app.dicomweb.reach import Reached
from app.edge.actor import current_actor
from app.edge.services import Services

_LOOKS_SECONDS = 900


class Trail:
    """Shared by all threads of a web process."""

    def __init__(self, services: Services) -> None:
        self._db = services.db
        self._searches = Searches(services.db, "qido-rs")
        self._looks = Summed(_LOOKS_SECONDS)

    def queried(self, hospital_id: str) -> None:
        """Somebody searched; what for may name a patient and is not kept."""
        self._searches.told(current_actor(), hospital_id)

    def looked_at(self, reached: Reached) -> None:
        """Metadata or pixels of a study were asked for."""
        self._tell(AuditKind.INSTANCES_ACCESSED, reached)

    def fetched(self, reached: Reached) -> None:
        """Whole files went out."""
        self._tell(AuditKind.INSTANCES_TRANSFERRED, reached)

    def _tell(self, kind: AuditKind, reached: Reached) -> None:
        actor = current_actor()
        study, hospital_id = reached.study_instance_uid, reached.hospital_id
        silent = self._looks.due(kind.value, actor.id, actor.session_id or "", hospital_id, study)
        if silent is None:
            return
        with self._db.transaction() as tx:
            record(
                tx,
                actor,
                kind,
                "R",
                subject_type="study",
                subject_id=study_by_uid(tx, actor, study, hospital_id=hospital_id).id,
                hospital_id=hospital_id,
                detail={"by": "wado-rs", "instances": len(reached.files), "requests_before": silent},
            )
