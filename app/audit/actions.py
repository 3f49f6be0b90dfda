"""The one write: add a record, in the transaction of what it tells of."""

import json
from typing import Any, Literal

from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base.actor import Actor
from app.base.db import Tx
from app.base.ids import new_id
from app.base.prepared import adding

Action = Literal["C", "R", "U", "D", "E"]
_ADD = adding(AuditRecord)


def record(
    tx: Tx,
    actor: Actor,
    kind: AuditKind,
    action: Action,
    *,
    outcome: int = 0,
    subject_type: str,
    subject_id: str,
    hospital_id: str | None,
    detail: dict[str, Any],
) -> None:
    """Adds a record. `detail` holds ids, codes and counts, never a patient's name.

    `action` is PS3.15's EventActionCode (create, read, update, delete, execute), `outcome` its
    EventOutcomeIndicator (0 success, 4, 8, 12 failures).
    """
    _ADD.rows(
        tx,
        id=new_id(),
        at=tx.now,
        kind=kind.value,
        action=action,
        outcome=outcome,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_hospital_id=actor.hospital_id,
        session_id=actor.session_id,
        address=actor.address,
        hospital_id=hospital_id,
        subject_type=subject_type,
        subject_id=subject_id,
        detail=json.dumps(detail, ensure_ascii=False, sort_keys=True),
    )


def record_log_used(tx: Tx, actor: Actor, *, filters: dict[str, str]) -> None:
    """Reading the log is itself logged (PS3.15 A.5.3.2). Only which filters were used is kept, not their words."""
    record(
        tx,
        actor,
        AuditKind.AUDIT_LOG_USED,
        "R",
        subject_type="audit-log",
        subject_id=actor.hospital_id or "platform",
        hospital_id=actor.hospital_id,
        detail={"filters": sorted(filters)},
    )
