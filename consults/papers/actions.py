"""What a person does with packages: asks for one, gives it up, takes it away. A job makes it (course.py)."""

from sqlalchemy import select

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx
from app.base.errors import Forbidden, NotFound
from app.base.ids import new_id
from app.base.jobs import enqueue
from consults.access import seats_of
from consults.lifecycle import Seat
from consults.minutes.access import consult_with_minutes
from consults.models import Consult
from consults.papers.lifecycle import KEPT, UNDER_WAY, Phase
from consults.papers.models import ConsultPackage, PackageFile

MAKE = "package.make"
_KEEPING = (Permission.ANNOTATION_WRITE, Permission.STUDY_STORE)


def may_keep(consult: Consult, actor: Actor) -> bool:
    """Objects go into the archive of the hospital whose study it is."""
    return Seat.REFERRER in seats_of(consult, actor) and all(actor.allows(right) for right in _KEEPING)


def ask_for_package(tx: Tx, actor: Actor, *, consult_id: str, language: str, keeps: bool) -> str:
    """Its id; while one of the actor's is under way, that one's."""
    consult, _ = consult_with_minutes(tx, actor, consult_id, lock=True)
    if keeps and not may_keep(consult, actor):
        raise Forbidden("cannot_keep", "Only the hospital that took the images can keep objects about them.")
    mine = (ConsultPackage.consult_id == consult.id, ConsultPackage.person_id == actor.id)
    query = select(ConsultPackage.id).where(*mine, ConsultPackage.phase.in_(UNDER_WAY))
    under_way = tx.session.scalar(query)
    if under_way is not None:
        return under_way
    package = ConsultPackage(id=new_id(), consult_id=consult.id, person_id=actor.id, language=language)
    package.keeps, package.phase, package.problem = keeps, Phase.WAITING, ""
    package.done = package.total = package.kept = 0
    package.asked_at, package.expires_at = tx.now, tx.now + KEPT
    tx.session.add(package)
    tx.session.flush()
    _record(tx, actor, consult, {"package": package.id, "kept": keeps})
    enqueue(tx, MAKE, package.id)
    return package.id


def cancel_package(tx: Tx, actor: Actor, *, consult_id: str, package_id: str) -> None:
    """Nothing more is made. One that is ready by now stays."""
    row, consult = _package_for(tx, actor, consult_id, package_id)
    if row.phase not in UNDER_WAY:
        return
    row.phase = Phase.CANCELLED
    _record(tx, actor, consult, {"package": row.id, "cancelled": True})


def open_package(tx: Tx, actor: Actor, *, consult_id: str, package_id: str) -> tuple[Blob, str]:
    """The ZIP and the consult's number; what left the house is recorded."""
    row, consult = _package_for(tx, actor, consult_id, package_id)
    file = tx.session.get(PackageFile, row.id)
    if file is None or row.phase != Phase.READY or row.expires_at <= tx.now:
        raise NotFound("package_gone", "This package is no longer kept. Make a new one.")
    record(
        tx,
        actor,
        AuditKind.EXPORT,
        "R",
        subject_type="consult",
        subject_id=consult.id,
        hospital_id=consult.referring_hospital_id,
        detail={"package": row.id, "studies": [study.study_id for study in consult.studies]},
    )
    return Blob(file.digest, file.size), consult.number


def _package_for(tx: Tx, actor: Actor, consult_id: str, package_id: str) -> tuple[ConsultPackage, Consult]:
    """Its owner's alone, while they may see the consult."""
    consult, _ = consult_with_minutes(tx, actor, consult_id)
    row = tx.session.get(ConsultPackage, package_id, with_for_update=True)
    if row is None or row.consult_id != consult.id or row.person_id != actor.id:
        raise NotFound
    return row, consult


def _record(tx: Tx, actor: Actor, consult: Consult, detail: dict[str, object]) -> None:
    record(
        tx,
        actor,
        AuditKind.ORDER_RECORD,
        "E",
        subject_type="consult",
        subject_id=consult.id,
        hospital_id=consult.referring_hospital_id,
        detail=detail | {"state": consult.state},
    )
