"""Every write of the checks before sending: what was sent as it is, and the protocols of a hospital."""

from sqlalchemy import delete

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from app.base.ids import new_id
from consults.history import append, person_of
from consults.models import Consult
from consults.preflight.checking import check_studies
from consults.preflight.events import CaseSentAsIsData, FoundBefore
from consults.preflight.models import ConsultCheck, ConsultProtocol
from consults.preflight.schemas import ProtocolInput


def note_as_is(tx: Tx, actor: Actor, consult: Consult) -> None:
    """Part of sending: what stands against it now is said to the specialist, with who sent it all the same."""
    found = check_studies(tx, actor, [study.study_id for study in consult.studies])
    told = [FoundBefore(code=one.code, study_id=one.study_id, detail=one.detail) for one in found]
    told = [one for one, finding in zip(told, found, strict=True) if not finding.is_note]
    if not told:
        return
    findings = [one.model_dump(mode="json") for one in told]
    by = person_of(tx, actor).model_dump()
    tx.session.merge(ConsultCheck(consult_id=consult.id, findings=findings, by=by, at=tx.now))
    append(tx, actor, consult, "preflight.waived", CaseSentAsIsData(findings=told))


def add_protocol(tx: Tx, actor: Actor, *, content: ProtocolInput) -> str:
    """Which series studies of a kind have to have; its id."""
    actor.check(Permission.VIEWER_MANAGE)
    if actor.hospital_id is None:
        raise NotFound
    row = ConsultProtocol(
        id=new_id(),
        hospital_id=actor.hospital_id,
        modality=content.modality,
        words=content.words,
        series=list(content.series),
        at=tx.now,
        by=actor.id,
    )
    tx.session.add(row)
    tx.session.flush()
    _audit(tx, actor, row.id, "C")
    return row.id


def remove_protocol(tx: Tx, actor: Actor, *, protocol_id: str) -> None:
    """Of the own hospital; else NotFound."""
    actor.check(Permission.VIEWER_MANAGE)
    mine = (ConsultProtocol.id == protocol_id, ConsultProtocol.hospital_id == actor.hospital_id)
    if tx.session.scalar(delete(ConsultProtocol).where(*mine).returning(ConsultProtocol.id)) is None:
        raise NotFound
    _audit(tx, actor, protocol_id, "D")


def _audit(tx: Tx, actor: Actor, protocol_id: str, action: Action) -> None:
    record(
        tx,
        actor,
        AuditKind.PROCEDURE_RECORD,
        action,
        subject_type="consult-protocol",
        subject_id=protocol_id,
        hospital_id=actor.hospital_id,
        detail={},
    )
