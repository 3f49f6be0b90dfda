"""Senders at work: what each of them brought, when a study is complete, and what lists are told of it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select, update

from app.archive.events import announce_study_changed
from app.archive.models import Association, AssociationStudy, Study
from app.archive.statements import ADD_TO_BROUGHT, LEASE_HOLDS, RENEW_LEASE
from app.archive.states import Source, SourceKind, StudyState
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx, insert_once
from app.base.errors import Forbidden
from app.base.jobs import enqueue

ANNOUNCE_EVERY = timedelta(seconds=0.25)
STUDY_COMPLETED = "routing.completed"
LEASE = timedelta(minutes=5)
RENEW_AFTER = timedelta(minutes=1)  # not with every image
_BATCH = 200


def hospital_of(actor: Actor) -> str:
    """Images always belong to a hospital; whoever has none cannot store."""
    if actor.hospital_id is None:
        raise Forbidden(
            "no_hospital", "Images can only be stored for a hospital. Sign in as one of its people."
        )
    return actor.hospital_id


def association_opened(
    tx: Tx, actor: Actor, *, association_id: str, kind: SourceKind = SourceKind.DIMSE, peer: str = ""
) -> None:
    """A sender begins. Until `association_closed`, or five minutes after its last image, its studies arrive."""
    actor.check(Permission.STUDY_STORE)
    _open(tx, hospital_of(actor), Source(kind, association_id, peer or actor.name))


def _open(tx: Tx, hospital_id: str, source: Source) -> None:
    """A new association, or one that goes on."""
    association_id = source.association_id
    holds = LEASE_HOLDS.first(tx, association_=association_id, least_=tx.now + LEASE - RENEW_AFTER)
    if holds is not None and holds[0]:
        return
    if holds is None or not RENEW_LEASE.rows(tx, association_=association_id, until_=tx.now + LEASE):
        insert_once(
            tx,
            Association,
            id=source.association_id,
            hospital_id=hospital_id,
            kind=source.kind,
            peer=source.peer[:80],
            opened_at=tx.now,
            lease_until=tx.now + LEASE,
            closed_at=None,
        )


def count_arrival(
    tx: Tx,
    hospital_id: str,
    source: Source,
    study_id: str,
    *,
    stored: int = 0,
    repeated: int = 0,
    size: int = 0,
) -> None:
    """One instance of an association; renews its lease, and opens it (again) when it is not open."""
    _open(tx, hospital_id, source)
    ADD_TO_BROUGHT.rows(
        tx,
        association_id=source.association_id,
        study_id=study_id,
        stored=stored,
        repeated=repeated,
        size=size,
    )


def association_closed(tx: Tx, actor: Actor, *, association_id: str) -> None:
    """The sender has ended: one audit record for each study it brought (house.md, rule 3), the last counts
    announced. Said twice, nothing happens the second time.
    """
    actor.check(Permission.STUDY_STORE)
    association = tx.session.get(Association, association_id, with_for_update=True)
    if association is None or (actor.hospital_id not in {None, association.hospital_id}):
        return
    association.closed_at = tx.now
    rows = tx.session.scalars(
        select(AssociationStudy).where(AssociationStudy.association_id == association_id).order_by("study_id")
    )
    for row in rows:
        _tell(tx, actor, association, row)
    tx.session.flush()


def _tell(tx: Tx, actor: Actor, association: Association, row: AssociationStudy) -> None:
    if not row.stored and not row.repeated:
        return
    record(
        tx,
        actor,
        AuditKind.INSTANCES_TRANSFERRED,
        "C",
        subject_type="study",
        subject_id=row.study_id,
        hospital_id=association.hospital_id,
        detail={
            "association": association.id,
            "by": association.kind,
            "peer": association.peer,
            "stored": row.stored,
            "repeated": row.repeated,
            "bytes": row.size,
        },
    )
    row.stored = row.repeated = row.size = 0
    announce_now(tx, row.study_id)


def announce_now(tx: Tx, study_id: str) -> None:
    """The counts as they are; nothing waits to be announced after it."""
    told = update(Study).where(Study.id == study_id).values(unannounced=False, announced_at=tx.now)
    tx.session.execute(told, execution_options={"synchronize_session": False})
    announce_study_changed(tx, study_id)


def has_unannounced_studies(tx: Tx) -> bool:
    """Whether `announce_changed_studies` has something to do; reads only."""
    return bool(tx.session.scalar(_unannounced(tx).limit(1)))


def _unannounced(tx: Tx) -> Any:
    return select(Study.id).where(Study.unannounced, Study.announced_at <= tx.now - ANNOUNCE_EVERY)


def announce_changed_studies(tx: Tx, actor: Actor) -> int:
    """Announces what the limit of four a second held back; to be called every quarter of a second where
    instances are stored. How many studies it were.
    """
    actor.check(Permission.STUDY_STORE)
    waiting = list(tx.session.scalars(_unannounced(tx).order_by(Study.announced_at).limit(_BATCH)))
    for study_id in waiting:
        announce_now(tx, study_id)
    return len(waiting)


def complete_quiet_studies(tx: Tx, actor: Actor, *, after_seconds: float) -> int:
    """Periodic: ends associations whose lease is over, then completes the studies nobody sends to and to which no
    image came for `after_seconds`. How many were completed.
    """
    actor.check(Permission.STUDY_STORE)
    lost = select(Association.id).where(Association.closed_at.is_(None), Association.lease_until < tx.now)
    for association_id in list(tx.session.scalars(lost.limit(_BATCH))):
        association_closed(tx, actor, association_id=association_id)
    quiet = _quiet_studies(tx, after_seconds)
    for study_id in quiet:
        completed = update(Study).where(Study.id == study_id).values(state=StudyState.COMPLETE)
        tx.session.execute(completed, execution_options={"synchronize_session": False})
        announce_now(tx, study_id)
        enqueue(tx, STUDY_COMPLETED, study_id)
    return len(quiet)


def _quiet_studies(tx: Tx, after_seconds: float) -> list[str]:
    at_work = exists(
        select(Association.id)
        .join(AssociationStudy, AssociationStudy.association_id == Association.id)
        .where(AssociationStudy.study_id == Study.id, Association.closed_at.is_(None))
        .correlate(Study)
    )
    query = (
        select(Study.id)
        .where(
            Study.state == StudyState.ARRIVING,
            Study.last_received_at <= tx.now - timedelta(seconds=after_seconds),
            ~at_work,
        )
        .order_by(Study.last_received_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(tx.session.scalars(query))
