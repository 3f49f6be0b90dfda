"""Rules are made, changed, switched and deleted by those who look after a hospital's routing."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import ALLOWED, GUESTS, Actor, Permission, Role
from app.base.db import Tx
from app.base.errors import Invalid, NotFound
from app.base.ids import new_id
from app.identity.access import hospital_for
from app.identity.devices import device_info
from app.identity.queries import hospital, person_info
from app.routing.access import rule_for
from app.routing.compressing import SYNTAXES
from app.routing.lifecycle import OPEN, DeliveryState, Moment, RuleAction
from app.routing.models import Delivery, RoutingRule
from app.routing.remotes import remote_of

MOST_DAYS = 365
NOTIFIED_ROLES = tuple(role for role in Role if Permission.STUDY_READ in ALLOWED[role] and role not in GUESTS)


@dataclass(frozen=True)
class RuleInput:
    """A rule as the form gives it; `checked_rule` makes it one that works."""

    name: str
    moment: str
    action: str
    device_id: str = ""
    modality: str = ""
    description: str = ""
    target_id: str = ""  # device, hospital or person
    days: int = 0  # of a grant
    role: str = ""  # of a notice
    syntax: str = ""  # of a compression


def create_rule(tx: Tx, actor: Actor, *, hospital_id: str, rule: RuleInput) -> str:
    """Its id; it holds for what arrives from now on."""
    actor.check(Permission.ROUTING_MANAGE)
    home = hospital_for(tx, actor, hospital_id)
    row = RoutingRule(
        id=new_id(), hospital_id=home.id, active=True, created_at=tx.now, created_by=actor.id,
        **_checked(tx, home.id, rule),
    )  # fmt: skip
    tx.session.add(row)
    _record(tx, actor, "C", row)
    return row.id


def update_rule(tx: Tx, actor: Actor, *, rule_id: str, rule: RuleInput) -> None:
    """What it did stays done."""
    row = rule_for(tx, actor, rule_id)
    for name, value in _checked(tx, row.hospital_id, rule).items():
        setattr(row, name, value)
    _record(tx, actor, "U", row)


def switch_rule(tx: Tx, actor: Actor, *, rule_id: str, active: bool) -> None:
    """Off: it meets nothing more; what is on its way goes on."""
    row = rule_for(tx, actor, rule_id)
    row.active = active
    _record(tx, actor, "U", row)


def delete_rule(tx: Tx, actor: Actor, *, rule_id: str) -> None:
    """What is still on its way by it is cancelled."""
    row = rule_for(tx, actor, rule_id)
    waiting = update(Delivery).where(Delivery.rule_id == row.id, Delivery.state.in_(OPEN))
    tx.session.execute(
        waiting.values(state=DeliveryState.CANCELLED, next_try_at=None, finished_at=tx.now),
        execution_options={"synchronize_session": False},
    )
    _record(tx, actor, "D", row)
    tx.session.delete(row)


def _record(tx: Tx, actor: Actor, action: Action, row: RoutingRule) -> None:
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        action,
        subject_type="routing-rule",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={
            "type": AuditType.NETWORK_CONFIGURATION,
            "action": row.action,
            "moment": row.moment,
            "target": row.target_id,
            "active": row.active,
        },
    )


def _checked(tx: Tx, hospital_id: str, rule: RuleInput) -> dict[str, Any]:
    """The row's values, or Invalid with a sentence that says what is missing."""
    if not rule.name.strip():
        raise Invalid("no_name", "Give the rule a name, so that others see what it is for.")
    if rule.moment not in set(Moment) or rule.action not in set(RuleAction):
        raise Invalid("bad_rule", "Choose when the rule looks and what it does.")
    if rule.device_id:
        _device_of(tx, hospital_id, rule.device_id)
    target, parameters = _CHECKS[RuleAction(rule.action)](tx, hospital_id, rule)
    return {
        "name": rule.name.strip()[:200],
        "moment": rule.moment,
        "device_id": rule.device_id or None,
        "modality": " ".join(rule.modality.upper().replace(",", " ").split())[:16],
        "description": " ".join(rule.description.split())[:200],
        "action": rule.action,
        "target_id": target,
        "parameters": json.dumps(parameters),
    }


def _device_of(tx: Tx, hospital_id: str, device_id: str) -> None:
    if device_info(tx, device_id).hospital_id != hospital_id:
        raise NotFound


def _device(tx: Tx, hospital_id: str, rule: RuleInput) -> tuple[str | None, dict[str, Any]]:
    if not rule.target_id:
        raise Invalid("no_target", "Choose the device the studies go to.")
    _device_of(tx, hospital_id, rule.target_id)
    remote_of(device_info(tx, rule.target_id))
    return rule.target_id, {}


def _hospital(tx: Tx, hospital_id: str, rule: RuleInput) -> tuple[str | None, dict[str, Any]]:
    if not rule.target_id or rule.target_id == hospital_id:
        raise Invalid("no_target_hospital", "Choose the other hospital that may see the studies.")
    if not 1 <= rule.days <= MOST_DAYS:
        raise Invalid("bad_days", "Say for how many days: 1 to {most}.", most=MOST_DAYS)
    return hospital(tx, rule.target_id).id, {"days": rule.days}


def _people(tx: Tx, hospital_id: str, rule: RuleInput) -> tuple[str | None, dict[str, Any]]:
    if rule.target_id:
        found = person_info(tx, rule.target_id)
        if found.hospital_id != hospital_id or not found.active:
            raise NotFound
        return found.id, {}
    if rule.role not in NOTIFIED_ROLES:
        raise Invalid("no_people", "Choose who is told: a role or one person.")
    return None, {"role": rule.role}


def _syntax(_tx: Tx, _hospital_id: str, rule: RuleInput) -> tuple[str | None, dict[str, Any]]:
    if rule.syntax not in SYNTAXES:
        raise Invalid("bad_syntax", "Choose how the images are compressed.")
    return None, {"syntax": rule.syntax}


_CHECKS = {
    RuleAction.AVAILABILITY: _device,
    RuleAction.COMPRESS: _syntax,
    RuleAction.FORWARD: _device,
    RuleAction.GRANT: _hospital,
    RuleAction.NOTIFY: _people,
}
