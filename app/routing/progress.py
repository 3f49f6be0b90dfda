"""A delivery as the worker moves it: claimed under a lease, counted, finished, put off, given up."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import aliased

from app.archive.models import Study
from app.archive.queries import outgoing_of
from app.archive.states import StudyState
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import SYSTEM, Permission
from app.base.db import Tx
from app.base.errors import HoichanError
from app.base.ids import new_id
from app.identity.notices import notify_people
from app.routing.events import announce_delivery
from app.routing.lifecycle import GIVE_UP_AFTER, LEASE, OPEN, DeliveryKind, DeliveryState, wait_after
from app.routing.models import Delivery
from app.routing.programs import tell_of_failure
from app.routing.remotes import hold_device, name_of_device
from app.routing.sentences import kept

_LOOK_AGAIN = timedelta(seconds=5)
_AWAY = timedelta(minutes=1)
REFUSED_CODE = "refused_there"
REFUSED = "{name} refused {count} of {total} images: {reason}"
_REFUSED_KEPT = f'["{REFUSED[:14]}'


@dataclass(frozen=True)
class Claimed:
    """A delivery that this worker holds until its lease is over."""

    id: str
    try_id: str
    hospital_id: str
    kind: str
    study_id: str | None
    device_id: str | None
    payload: dict[str, Any]

    @property
    def sent(self) -> frozenset[str]:
        """The instances the peer has acknowledged."""
        return frozenset(self.payload.get("sent", ()))


def due(tx: Tx, *, limit: int = 50) -> list[str]:
    """What may be claimed now: one by one for each device, so that one dead peer holds up nobody else."""
    query = select(Delivery.id).where(*_claimable(tx)).order_by(Delivery.next_try_at, Delivery.id)
    return list(tx.session.scalars(query.limit(limit)))


def _claimable(tx: Tx) -> tuple[Any, ...]:
    other = aliased(Delivery)
    busy = exists(
        select(other.id)
        .where(other.state == DeliveryState.SENDING, other.next_try_at > tx.now, other.id != Delivery.id)
        .where(
            or_(
                other.device_id == Delivery.device_id,
                (Delivery.device_id.is_(None)) & (other.device_id.is_(None)),
            )
        )
        .correlate(Delivery)
    )
    return Delivery.state.in_(OPEN), Delivery.next_try_at <= tx.now, ~busy


def claim(tx: Tx, delivery_id: str) -> Claimed | None:
    """Takes a delivery that is due and that nobody holds, while nothing else goes to its device."""
    hold_device(tx, tx.session.scalar(select(Delivery.device_id).where(Delivery.id == delivery_id)))
    taken = (
        update(Delivery)
        .where(Delivery.id == delivery_id, *_claimable(tx))
        .values(
            state=DeliveryState.SENDING,
            try_id=new_id(),
            next_try_at=tx.now + LEASE,
            attempts=Delivery.attempts + 1,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    if tx.session.scalar(taken) is None:
        return None
    row = tx.session.get_one(Delivery, delivery_id)
    announce_delivery(tx, row.hospital_id, row.id)
    return Claimed(
        row.id,
        row.try_id or "",
        row.hospital_id,
        row.kind,
        row.study_id,
        row.device_id,
        json.loads(row.payload),
    )


def _is_held(claimed: Claimed) -> tuple[Any, ...]:
    held = Delivery.state == DeliveryState.SENDING, Delivery.try_id == claimed.try_id
    return Delivery.id == claimed.id, *held


def is_held(tx: Tx, claimed: Claimed) -> bool:
    """False when somebody cancelled it, and when another try has begun since."""
    return tx.session.scalar(select(Delivery.id).where(*_is_held(claimed))) is not None


def renew(tx: Tx, claimed: Claimed) -> None:
    """The worker is still at it."""
    tx.session.execute(update(Delivery).where(*_is_held(claimed)).values(next_try_at=tx.now + LEASE))


def note_progress(tx: Tx, claimed: Claimed, done: int, total: int) -> None:
    """How far it is, for who looks on."""
    counted = update(Delivery).where(*_is_held(claimed))
    tx.session.execute(counted.values(done=done, total=total, next_try_at=tx.now + LEASE))
    announce_delivery(tx, claimed.hospital_id, claimed.id)


def note_sent(tx: Tx, claimed: Claimed, sent: Collection[str], total: int) -> None:
    """What the peer has acknowledged survives this process, also when the delivery was cancelled meanwhile."""
    row = tx.session.get_one(Delivery, claimed.id, with_for_update=True)
    payload = json.loads(row.payload)
    known = {*payload.get("sent", ()), *sent}
    row.payload = json.dumps(payload | {"sent": sorted(known)})
    row.done, row.total = len(known), max(total, len(known))
    if row.state == DeliveryState.SENDING and row.try_id == claimed.try_id:
        row.next_try_at = tx.now + LEASE
    announce_delivery(tx, row.hospital_id, row.id)


def note_unchanged(tx: Tx, *, claimed: Claimed, unchanged: Collection[str]) -> None:
    """Of those dealt with, the images that could not be compressed, or had been already."""
    row = tx.session.get_one(Delivery, claimed.id, with_for_update=True)
    payload = json.loads(row.payload)
    row.payload = json.dumps(payload | {"unchanged": sorted({*payload.get("unchanged", ()), *unchanged})})


def finish(tx: Tx, claimed: Claimed) -> None:
    """Everything is there. While a rule's study still arrives, and when images came meanwhile, it goes on."""
    row = tx.session.scalar(select(Delivery).where(*_is_held(claimed)).with_for_update())
    if row is None:
        return
    row.last_error = ""
    study = tx.session.get(Study, row.study_id) if row.rule_id and row.study_id else None
    arrives = study is not None and study.state == StudyState.ARRIVING
    if arrives or (study is not None and unsent(tx, row)):
        row.state, row.attempts = DeliveryState.WAITING, 0
        row.next_try_at = tx.now + (_LOOK_AGAIN if arrives else timedelta(0))
    else:
        row.state, row.next_try_at, row.finished_at = DeliveryState.DELIVERED, None, tx.now
    _wake_others(tx, row)
    announce_delivery(tx, row.hospital_id, row.id)


def unsent(tx: Tx, row: Delivery) -> bool:
    """Whether the study has instances which this delivery has not dealt with."""
    sent = set(json.loads(row.payload).get("sent", ()))
    return any(file.instance_id not in sent for file in outgoing_of(tx, SYSTEM, study_id=row.study_id))


def record_sent(tx: Tx, claimed: Claimed, *, count: int, size: int, peer: str) -> None:
    """One record for each try that brought something across (PS3.15 A.5.3.7)."""
    record(
        tx,
        SYSTEM,
        AuditKind.INSTANCES_TRANSFERRED,
        "R",
        subject_type="study",
        subject_id=claimed.study_id or "",
        hospital_id=claimed.hospital_id,
        detail={"delivery": claimed.id, "peer": peer, "instances": count, "bytes": size},
    )


def put_off(tx: Tx, claimed: Claimed, error: HoichanError) -> None:
    """It did not work: tried again later, for three days. What no trying mends fails at once."""
    row = tx.session.scalar(select(Delivery).where(*_is_held(claimed)).with_for_update())
    if row is None:
        return
    row.last_error = kept(error)
    since = json.loads(row.payload).get("since")
    began = datetime.fromisoformat(since) if since else row.created_at
    if error.kind not in {"unavailable", "too-many"} or tx.now - began > GIVE_UP_AFTER:
        _give_up(tx, row)
    else:
        row.state, row.next_try_at = DeliveryState.WAITING, tx.now + wait_after(row.attempts)
        if error.code != REFUSED_CODE:
            _hold_others(tx, row)
    announce_delivery(tx, row.hospital_id, row.id)


def _give_up(tx: Tx, row: Delivery) -> None:
    row.state, row.next_try_at, row.finished_at = DeliveryState.FAILED, None, tx.now
    record(
        tx,
        SYSTEM,
        AuditKind.INSTANCES_TRANSFERRED,
        "R",
        outcome=8,
        subject_type="delivery",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={"done": row.done, "total": row.total, "attempts": row.attempts},
    )
    if row.kind == DeliveryKind.COMPRESS:
        message, params = "Images could not be compressed. The delivery says why.", {}
    else:
        message = "Something could not be delivered to {name}. The delivery says why."
        params = {"name": name_of_device(tx, row.device_id)}
    person_ids = () if row.rule_id or row.created_by == SYSTEM.id else (row.created_by,)
    notify_people(
        tx,
        SYSTEM,
        hospital_id=row.hospital_id,
        message=message,
        params=params,
        path=f"/deliveries?state=failed#{row.id}",
        person_ids=person_ids,
        permission=Permission.ROUTING_MANAGE,
    )
    tell_of_failure(tx, row)


def _hold_others(tx: Tx, row: Delivery) -> None:
    """A peer that does not answer is not called again for each of the others that wait for it."""
    others = update(Delivery).where(
        Delivery.device_id == row.device_id,
        Delivery.id != row.id,
        Delivery.state == DeliveryState.WAITING,
        Delivery.next_try_at < tx.now + _AWAY,
    )
    tx.session.execute(others.values(next_try_at=tx.now + _AWAY))


def _wake_others(tx: Tx, row: Delivery) -> None:
    """A peer that answers again gets what waits for it, except what it refused itself."""
    if row.device_id is None:
        return
    others = update(Delivery).where(
        Delivery.device_id == row.device_id,
        Delivery.state == DeliveryState.WAITING,
        Delivery.next_try_at > tx.now,
        Delivery.attempts > 0,
        ~Delivery.last_error.startswith(_REFUSED_KEPT, autoescape=True),
    )
    tx.session.execute(others.values(next_try_at=tx.now))
