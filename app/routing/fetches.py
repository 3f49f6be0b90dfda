"""Studies fetched from a hospital's existing archive: each fetch is a row that people see and can cancel."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, or_, select, update

from app.archive.models import Study
from app.archive.uids import check_uid
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import SYSTEM, Actor, Permission, Right
from app.base.db import Tx
from app.base.errors import Conflict, HoichanError, Invalid
from app.base.ids import new_id
from app.base.jobs import enqueue
from app.identity.notices import notify_people
from app.routing.access import fetch_for
from app.routing.events import announce_fetch
from app.routing.lifecycle import OPEN_FETCHES, FetchMethod, FetchState
from app.routing.models import Fetch
from app.routing.network import Sent
from app.routing.programs import tell_of_fetch
from app.routing.remotes import device_for, hold_device, name_of_device, remote_of
from app.routing.sentences import kept

RUN = "fetch.run"
LEASE = timedelta(minutes=3)
_MOST_IMAGES = 10_000_000  # that a list may announce of one study


def start_fetch(
    tx: Tx,
    actor: Actor,
    *,
    device_id: str,
    study_instance_uid: str,
    description: str,
    total: int = 0,
    method: str = FetchMethod.AUTOMATIC,
) -> str:
    """A study is fetched from now on; its id. `description` is what the list showed, `total` the images it announced.
    What is sent to our own AE title must be let in: the archive needs the right to store.
    """
    actor.check(Permission.STUDY_FETCH)
    device = device_for(tx, actor, device_id)
    remote_of(device)
    hold_device(tx, device.id)
    check_uid(study_instance_uid, "Study Instance UID")
    if method not in set(FetchMethod):
        raise Invalid("bad_method", "Choose how the images come.")
    if method == FetchMethod.MOVE and Right.STORE not in device.rights:
        raise Invalid(
            "may_not_store",
            "{name} may not store here, so it could not send the images. The administrator allows it under Devices.",
            name=device.name,
        )
    under_way = select(Fetch.id).where(
        Fetch.hospital_id == device.hospital_id,
        Fetch.study_instance_uid == study_instance_uid,
        Fetch.state.in_(OPEN_FETCHES),
    )
    if tx.session.scalar(under_way.limit(1)) is not None:
        raise Conflict("being_fetched", "This study is being fetched already.")
    row = Fetch(
        id=new_id(),
        hospital_id=device.hospital_id,
        device_id=device.id,
        study_instance_uid=study_instance_uid,
        description=description[:400],
        method=method,
        state=FetchState.WAITING,
        total=min(max(total, 0), _MOST_IMAGES),
        created_at=tx.now,
        created_by=actor.id,
    )
    tx.session.add(row)
    _record(tx, actor, row, "C")
    announce_fetch(tx, row.hospital_id, row.id)
    enqueue(tx, RUN, row.id)
    return row.id


def _record(tx: Tx, actor: Actor, row: Fetch, action: str, outcome: int = 0) -> None:
    record(
        tx,
        actor,
        AuditKind.BEGIN_TRANSFERRING if action == "C" else AuditKind.INSTANCES_TRANSFERRED,
        "C" if action == "C" else "U",
        outcome=outcome,
        subject_type="fetch",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={
            "device": row.device_id,
            "study_instance_uid": row.study_instance_uid,
            "state": row.state,
            "done": row.done,
            "failed": row.failed,
        },
    )


def cancel_fetch(tx: Tx, actor: Actor, *, fetch_id: str) -> None:
    """The other archive is told to stop; what has come stays. One that has ended stays as it ended."""
    actor.check(Permission.STUDY_FETCH)
    row = fetch_for(tx, actor, fetch_id)
    if row.state in OPEN_FETCHES:
        row.state, row.lease_until, row.finished_at = FetchState.CANCELLED, None, tx.now
        _record(tx, actor, row, "U")
        announce_fetch(tx, row.hospital_id, row.id)


def retry_fetch(tx: Tx, actor: Actor, *, fetch_id: str) -> str:
    """A new fetch of the same study by the same way; its id."""
    row = fetch_for(tx, actor, fetch_id)
    return start_fetch(
        tx,
        actor,
        device_id=row.device_id,
        study_instance_uid=row.study_instance_uid,
        description=row.description,
        total=row.total,
        method=row.method or FetchMethod.AUTOMATIC,
    )


@dataclass(frozen=True)
class RunningFetch:
    """A fetch that this worker holds until its lease is over."""

    id: str
    hospital_id: str
    device_id: str
    study_instance_uid: str
    method: FetchMethod
    total: int


def due_fetches(tx: Tx) -> list[str]:
    """What waits, and what a crash left behind."""
    lost = and_(Fetch.state == FetchState.RUNNING, Fetch.lease_until < tx.now)
    waiting = select(Fetch.id).where(or_(Fetch.state == FetchState.WAITING, lost))
    return list(tx.session.scalars(waiting.order_by(Fetch.id).limit(20)))


def claim_fetch(tx: Tx, fetch_id: str) -> RunningFetch | None:
    """Takes a fetch that nobody holds."""
    lost = and_(Fetch.state == FetchState.RUNNING, Fetch.lease_until < tx.now)
    taken = (
        update(Fetch)
        .where(Fetch.id == fetch_id, or_(Fetch.state == FetchState.WAITING, lost))
        .values(state=FetchState.RUNNING, lease_until=tx.now + LEASE)
        .returning(Fetch.id)
        .execution_options(synchronize_session=False)
    )
    if tx.session.scalar(taken) is None:
        return None
    row = tx.session.get_one(Fetch, fetch_id)
    announce_fetch(tx, row.hospital_id, row.id)
    method = FetchMethod(row.method or FetchMethod.AUTOMATIC)
    return RunningFetch(row.id, row.hospital_id, row.device_id, row.study_instance_uid, method, row.total)


def fetch_is_held(tx: Tx, fetch_id: str) -> bool:
    """False when somebody cancelled it."""
    return tx.session.scalar(select(Fetch.state).where(Fetch.id == fetch_id)) == FetchState.RUNNING


def note_fetched(tx: Tx, fetch_id: str, counts: Sent) -> None:
    """How far it is; renews the lease."""
    row = tx.session.get_one(Fetch, fetch_id, with_for_update=True)
    row.done, row.failed = counts.done, counts.failed
    row.total = max(row.total, counts.total, counts.done + counts.failed)
    if row.state == FetchState.RUNNING:
        row.lease_until = tx.now + LEASE
    announce_fetch(tx, row.hospital_id, row.id)


def renew_fetch(tx: Tx, fetch_id: str) -> None:
    """The worker is still at it."""
    held = update(Fetch).where(Fetch.id == fetch_id, Fetch.state == FetchState.RUNNING)
    tx.session.execute(held.values(lease_until=tx.now + LEASE))


def end_fetch(tx: Tx, fetch_id: str, error: HoichanError | None) -> None:
    """Done, or failed with a sentence; whoever asked is told. A cancelled one stays cancelled."""
    row = tx.session.get_one(Fetch, fetch_id, with_for_update=True)
    if row.state != FetchState.RUNNING:
        return
    row.state = FetchState.DONE if error is None else FetchState.FAILED
    row.last_error = "" if error is None else kept(error)
    row.lease_until, row.finished_at = None, tx.now
    _record(tx, SYSTEM, row, "U", 0 if error is None else 8)
    announce_fetch(tx, row.hospital_id, row.id)
    name = name_of_device(tx, row.device_id)
    here = select(Study.id).where(
        Study.hospital_id == row.hospital_id, Study.study_instance_uid == row.study_instance_uid
    )
    study_id = tx.session.scalar(here)
    path = f"/studies/{study_id}" if error is None and study_id else f"/remote?device={row.device_id}"
    notify_people(
        tx,
        SYSTEM,
        hospital_id=row.hospital_id,
        message="The study fetched from {name} is here."
        if error is None
        else "A study could not be fetched from {name}.",
        params={"name": name},
        path=path,
        person_ids=(row.created_by,),
    )
    tell_of_fetch(tx, row, path, fetched=error is None)
