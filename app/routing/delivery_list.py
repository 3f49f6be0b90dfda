"""The list of deliveries: one line for each, with what its reader may know of the study."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select

from app.archive import names
from app.archive.access import study_for, visible_studies
from app.archive.models import Patient, Study
from app.base.actor import Actor
from app.base.db import Tx
from app.identity.models import Device, Hospital, Person
from app.routing.lifecycle import DeliveryKind, DeliveryState, RuleAction
from app.routing.models import Delivery, RoutingRule
from app.routing.remotes import check_exchange
from app.routing.sentences import told

Named = type[Device] | type[Hospital] | type[Person]
TARGETS: dict[str, Named] = {RuleAction.GRANT: Hospital, RuleAction.NOTIFY: Person}


def name_of(tx: Tx, table: Named, row_id: str | None) -> str:
    """What a device, hospital or person is called; empty when it is no longer here."""
    return tx.session.scalar(select(table.name).where(table.id == row_id)) or "" if row_id else ""


def modalities_of(kept: str) -> tuple[str, ...]:
    """As a study's row keeps them: between backslashes."""
    return tuple(part for part in kept.split("\\") if part)


@dataclass(frozen=True)
class StudyLabel:
    """Which study: empty for those who may see what happens to it, but not the study."""

    id: str = ""
    patient_name: str = ""
    description: str = ""
    modalities: tuple[str, ...] = ()
    study_date: str = ""


@dataclass(frozen=True)
class DeliveryInfo:
    """One line of the list of deliveries."""

    id: str
    kind: str
    state: str
    study: StudyLabel
    target: str
    device_id: str
    rule_name: str
    by: str
    done: int
    total: int
    unchanged: int  # of those done by a compression: stayed as they were
    attempts: int
    next_try_at: datetime | None
    problem: str  # a sentence of the catalogue, or the peer's own words
    problem_params: dict[str, Any]
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in {DeliveryState.SENDING, DeliveryState.WAITING}

    @property
    def may_be_sent_again(self) -> bool:
        return self.state != DeliveryState.SENDING and self.kind not in {
            DeliveryKind.GRANT,
            DeliveryKind.NOTIFY,
        }


@dataclass(frozen=True)
class DeliveryPage:
    deliveries: tuple[DeliveryInfo, ...]
    more: bool


def deliveries_of(
    tx: Tx,
    actor: Actor,
    *,
    state: str = "",
    device_id: str = "",
    study_id: str = "",
    limit: int = 50,
    offset: int = 0,
) -> DeliveryPage:
    """What is or was on its way from the actor's hospital, newest first."""
    query = _delivery_rows(actor).where(Delivery.hospital_id == check_exchange(actor))
    if state == "open":
        query = query.where(Delivery.state.in_((DeliveryState.SENDING, DeliveryState.WAITING)))
    elif state:
        query = query.where(Delivery.state == state)
    if device_id:
        query = query.where(Delivery.device_id == device_id)
    if study_id:
        query = query.where(Delivery.study_id == study_for(tx, actor, study_id).id)
    rows = tx.session.execute(query.order_by(Delivery.id.desc()).limit(limit + 1).offset(offset)).all()
    return DeliveryPage(tuple(_delivery(tx, *row) for row in rows[:limit]), len(rows) > limit)


def _delivery_rows(actor: Actor) -> Select[Delivery, Study, str, str, str, str]:
    return (
        select(Delivery, Study, Patient.name, Device.name, RoutingRule.name, Person.name)
        .select_from(Delivery)
        .outerjoin(Study, and_(Study.id == Delivery.study_id, visible_studies(actor)))
        .outerjoin(Patient, Patient.id == Study.patient_id)
        .outerjoin(Device, Device.id == Delivery.device_id)
        .outerjoin(RoutingRule, RoutingRule.id == Delivery.rule_id)
        .outerjoin(Person, Person.id == Delivery.created_by)
    )


def _delivery(
    tx: Tx,
    row: Delivery,
    study: Study | None,
    patient_name: str | None,
    device_name: str | None,
    rule_name: str | None,
    person_name: str | None,
) -> DeliveryInfo:
    problem, params = told(row.last_error)
    return DeliveryInfo(
        id=row.id,
        kind=row.kind,
        state=row.state,
        study=_label(study, patient_name or ""),
        target=device_name or _other_target(tx, row),
        device_id=row.device_id or "",
        rule_name=rule_name or "",
        by=person_name or "",
        done=row.done,
        total=row.total,
        unchanged=len(json.loads(row.payload).get("unchanged", ())),
        attempts=row.attempts,
        next_try_at=row.next_try_at if row.state == DeliveryState.WAITING else None,
        problem=problem,
        problem_params=params,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _other_target(tx: Tx, row: Delivery) -> str:
    """Of a grant its hospital, of a notice its person."""
    table = TARGETS.get(row.kind)
    return name_of(tx, table, json.loads(row.payload).get("target")) if table is not None else ""


def _label(study: Study | None, patient_name: str) -> StudyLabel:
    if study is None:
        return StudyLabel()
    return StudyLabel(
        study.id,
        names.display(patient_name),
        study.description,
        modalities_of(study.modalities),
        study.study_date,
    )


def delivered_to(tx: Tx, actor: Actor, study_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """For a list of studies: the names of the devices that have each. Only of the actor's own hospital."""
    if actor.hospital_id is None or not study_ids:
        return {}
    query = (
        select(Delivery.study_id, Device.name)
        .join(Device, Device.id == Delivery.device_id)
        .where(
            Delivery.study_id.in_(study_ids),
            Delivery.hospital_id == actor.hospital_id,
            Delivery.kind == DeliveryKind.STUDY,
            Delivery.state == DeliveryState.DELIVERED,
        )
        .distinct()
        .order_by(Device.name)
    )
    found: dict[str, tuple[str, ...]] = {}
    for study_id, name in tx.session.execute(query):
        found[str(study_id)] = (*found.get(str(study_id), ()), name)
    return found
