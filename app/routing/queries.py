"""Every read of routing. What comes back is plain data."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.identity.access import sees_hospital
from app.identity.models import Device, Person
from app.routing.access import rule_for
from app.routing.conditions import Conditions
from app.routing.delivery_list import (
    TARGETS,
    DeliveryInfo,
    DeliveryPage,
    delivered_to,
    deliveries_of,
    modalities_of,
    name_of,
)
from app.routing.firing import facts_of, newest_studies
from app.routing.models import Delivery, Fetch, RoutingRule
from app.routing.remotes import check_exchange, remote_for, remotes_of
from app.routing.searching import MOST as MOST_FOUND
from app.routing.searching import RemoteSearch, RemoteStudy, held_here, search_remote
from app.routing.sentences import told

__all__ = [
    "MOST_FOUND",
    "Conditions",
    "DeliveryInfo",
    "DeliveryPage",
    "FetchInfo",
    "RemoteSearch",
    "RemoteStudy",
    "RuleInfo",
    "TriedStudy",
    "delivered_to",
    "deliveries_of",
    "fetches_of",
    "held_here",
    "last_method",
    "remote_for",
    "remotes_of",
    "rule_info",
    "rules_of",
    "search_remote",
    "try_conditions",
]

TRIED_ON = 50


@dataclass(frozen=True)
class RuleInfo:
    """A rule with the names of what it speaks of."""

    id: str
    hospital_id: str
    name: str
    moment: str
    device_id: str
    device_name: str
    modality: str
    description: str
    action: str
    target_id: str
    target_name: str
    parameters: dict[str, Any]
    active: bool
    fired: int  # how many studies it met


def rules_of(tx: Tx, actor: Actor) -> tuple[RuleInfo, ...]:
    """The rules of the hospital the actor looks after, by name."""
    actor.check(Permission.ROUTING_MANAGE)
    query = select(RoutingRule).where(RoutingRule.hospital_id == actor.hospital_id)
    rows = tx.session.scalars(query.order_by(RoutingRule.name, RoutingRule.id))
    return tuple(_rule(tx, row) for row in rows)


def rule_info(tx: Tx, actor: Actor, rule_id: str) -> RuleInfo:
    """One rule, or NotFound."""
    return _rule(tx, rule_for(tx, actor, rule_id))


def _rule(tx: Tx, row: RoutingRule) -> RuleInfo:
    sender = tx.session.get(Device, row.device_id) if row.device_id else None
    fired = select(func.count()).select_from(Delivery).where(Delivery.rule_id == row.id)
    return RuleInfo(
        id=row.id,
        hospital_id=row.hospital_id,
        name=row.name,
        moment=row.moment,
        device_id=row.device_id or "",
        device_name=sender.name if sender else "",
        modality=row.modality,
        description=row.description,
        action=row.action,
        target_id=row.target_id or "",
        target_name=_target_name(tx, row),
        parameters=json.loads(row.parameters),
        active=row.active,
        fired=tx.session.scalar(fired) or 0,
    )


def _target_name(tx: Tx, row: RoutingRule) -> str:
    return name_of(tx, TARGETS.get(row.action, Device), row.target_id)


@dataclass(frozen=True)
class TriedStudy:
    """A study a rule would have met: nothing that names a patient."""

    study_date: str
    study_time: str
    modalities: tuple[str, ...]
    description: str
    instance_count: int
    device_name: str


def try_conditions(
    tx: Tx, actor: Actor, *, hospital_id: str, conditions: Conditions
) -> tuple[list[TriedStudy], int]:
    """Of a hospital's newest studies (at most 50; the second figure) those that conditions meet."""
    actor.check(Permission.ROUTING_MANAGE)
    if not sees_hospital(actor, hospital_id):
        return [], 0
    newest = newest_studies(tx, hospital_id, TRIED_ON)
    device_ids = {study.device_id for study in newest if study.device_id}
    devices = tx.session.scalars(select(Device).where(Device.id.in_(device_ids)))
    called = {device.id: device.name for device in devices}
    met = [
        TriedStudy(
            study.study_date,
            study.study_time,
            modalities_of(study.modalities),
            study.description,
            study.instance_count,
            called.get(study.device_id or "", ""),
        )
        for study, facts in zip(newest, facts_of(tx, newest), strict=True)
        if conditions.meet(facts)
    ]
    return met, len(newest)


@dataclass(frozen=True)
class FetchInfo:
    """One line of the list of fetches."""

    id: str
    device_id: str
    device_name: str
    study_instance_uid: str
    description: str
    state: str
    method: str
    done: int
    total: int
    failed: int
    problem: str
    problem_params: dict[str, Any]
    by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in {"running", "waiting"}


def fetches_of(tx: Tx, actor: Actor, *, limit: int = 20) -> tuple[FetchInfo, ...]:
    """What the actor's hospital fetches and fetched, newest first."""
    actor.check(Permission.STUDY_FETCH)
    query = (
        select(Fetch, Device.name, Person.name)
        .outerjoin(Device, Device.id == Fetch.device_id)
        .outerjoin(Person, Person.id == Fetch.created_by)
        .where(Fetch.hospital_id == check_exchange(actor))
    )
    rows = tx.session.execute(query.order_by(Fetch.id.desc()).limit(limit))
    return tuple(_fetch(row, device or "", person or "") for row, device, person in rows)


def _fetch(row: Fetch, device_name: str, person_name: str) -> FetchInfo:
    problem, params = told(row.last_error)
    return FetchInfo(
        id=row.id,
        device_id=row.device_id,
        device_name=device_name,
        study_instance_uid=row.study_instance_uid,
        description=row.description,
        state=row.state,
        method=row.method,
        done=row.done,
        total=row.total,
        failed=row.failed,
        problem=problem,
        problem_params=params,
        by=person_name,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def last_method(tx: Tx, actor: Actor, device_id: str) -> str:
    """By which way this archive gave its images last: what the next fetch proposes."""
    query = select(Fetch.method).where(
        Fetch.hospital_id == check_exchange(actor), Fetch.device_id == device_id, Fetch.method != ""
    )
    return tx.session.scalar(query.order_by(Fetch.id.desc()).limit(1)) or ""
