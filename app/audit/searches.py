"""Searches by people and programs: one record a minute for each asker, with the number of those between."""

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.audit.summing import Summed
from app.base.actor import Actor
from app.base.db import Database

_SECONDS = 60


class Searches:
    """Shared by all threads of a process."""

    def __init__(self, db: Database, by: str) -> None:
        self._db = db
        self._by = by
        self._summed = Summed(_SECONDS)

    def told(self, actor: Actor, hospital_id: str | None) -> None:
        """Somebody searched; what for may name a patient and is not kept."""
        silent = self._summed.due(actor.id, hospital_id or "")
        if silent is None:
            return
        with self._db.transaction() as tx:
            record(
                tx,
                actor,
                AuditKind.QUERY,
                "E",
                subject_type="hospital",
                subject_id=hospital_id or "",
                hospital_id=hospital_id,
                detail={"by": self._by, "queries_before": silent},
            )
