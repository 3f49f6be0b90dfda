"""The row of a package while the job makes it, and its end."""

import json
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from app.base.actor import Actor
from app.base.blobs import Blob
from app.base.db import Tx
from app.base.errors import HoichanError
from app.identity.queries import actor_of_person, person_info
from consults.papers.lifecycle import GIVEN_UP, KEPT, UNDER_WAY, Phase
from consults.papers.models import ConsultPackage, PackageFile


@dataclass(frozen=True)
class Begun:
    """What the job needs of the row it makes."""

    actor: Actor
    consult_id: str
    language: str
    keeps: bool


def begin_package(tx: Tx, package_id: str) -> Begun | None:
    """For the job; None when it was cancelled, is done already, or its owner's account is closed."""
    row = tx.session.get(ConsultPackage, package_id, with_for_update=True)
    if row is None or row.phase not in UNDER_WAY:
        return None
    if not person_info(tx, row.person_id).active:
        row.phase = Phase.CANCELLED
        return None
    row.phase, row.done = Phase.MAKING, 0
    return Begun(actor_of_person(tx, row.person_id), row.consult_id, row.language, row.keeps)


def note_progress(tx: Tx, package_id: str, done: int, total: int) -> bool:
    """Whether it goes on: False once it was cancelled."""
    going = (ConsultPackage.id == package_id, ConsultPackage.phase == Phase.MAKING)
    noted = update(ConsultPackage).where(*going).values(done=done, total=total).returning(ConsultPackage.id)
    return tx.session.scalar(noted) is not None


def finish_package(tx: Tx, package_id: str, blob: Blob, kept: int) -> None:
    """Ready, unless it was cancelled in the last moment: then its file is wanted by nobody."""
    row = tx.session.get(ConsultPackage, package_id, with_for_update=True)
    if row is None or row.phase != Phase.MAKING:
        return
    row.phase, row.done, row.kept = Phase.READY, row.total, kept
    row.expires_at = tx.now + KEPT
    tx.session.add(PackageFile(package_id=row.id, digest=blob.digest, size=blob.size))


def fail_package(tx: Tx, package_id: str, error: HoichanError) -> None:
    """Whoever asked is told why."""
    problem = json.dumps([error.message, error.params], ensure_ascii=False)
    going = (ConsultPackage.id == package_id, ConsultPackage.phase.in_(UNDER_WAY))
    tx.session.execute(update(ConsultPackage).where(*going).values(phase=Phase.FAILED, problem=problem))


def drop_packages(tx: Tx) -> list[str]:
    """Forgets those whose time is over or that were cancelled; the digests that they kept."""
    stuck = (ConsultPackage.phase.in_(UNDER_WAY), ConsultPackage.asked_at < tx.now - GIVEN_UP)
    tx.session.execute(update(ConsultPackage).where(*stuck).values(phase=Phase.FAILED))
    over = (ConsultPackage.expires_at <= tx.now) | (ConsultPackage.phase == Phase.CANCELLED)
    ids = list(tx.session.scalars(select(ConsultPackage.id).where(over)))
    files = delete(PackageFile).where(PackageFile.package_id.in_(ids)).returning(PackageFile.digest)
    digests = list(tx.session.scalars(files))
    tx.session.execute(delete(ConsultPackage).where(ConsultPackage.id.in_(ids)))
    return digests
