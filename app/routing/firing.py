"""What rules do with a study that arrived or is complete (jobs `routing.arrived` and `routing.completed`).

Each firing is a delivery row under one key of rule, study and target: a study met twice is sent once. Images that came
after it was sent open the same row again, and only they go.
"""

import json
from datetime import timedelta

from sqlalchemy import select

from app.archive.actions import grant_study
from app.archive.models import Series, Study
from app.archive.states import GranteeType
from app.base.actor import SYSTEM, Permission, Role
from app.base.db import Database, Tx
from app.base.jobs import enqueue
from app.identity.notices import notify_people
from app.routing.conditions import Conditions, StudyFacts
from app.routing.deliveries import SEND, add_delivery
from app.routing.events import announce_delivery
from app.routing.lifecycle import DeliveryKind, DeliveryState, Moment, RuleAction
from app.routing.models import Delivery, RoutingRule
from app.routing.programs import tell_of_study
from app.routing.progress import unsent

ARRIVED, COMPLETED = "routing.arrived", "routing.completed"
GRANTED_BY_RULE = "rule"
_KIND = {
    RuleAction.AVAILABILITY: DeliveryKind.AVAILABILITY,
    RuleAction.COMPRESS: DeliveryKind.COMPRESS,
    RuleAction.FORWARD: DeliveryKind.STUDY,
    RuleAction.GRANT: DeliveryKind.GRANT,
    RuleAction.NOTIFY: DeliveryKind.NOTIFY,
}


def study_arrived(db: Database, study_id: str) -> None:
    """The job: rules that do not wait."""
    _fire_all(db, study_id, (Moment.ARRIVAL,))


def study_completed(db: Database, study_id: str) -> None:
    """The job: rules of both moments, because what a study is may be known only now."""
    _fire_all(db, study_id, tuple(Moment))


def _fire_all(db: Database, study_id: str, moments: tuple[Moment, ...]) -> None:
    with db.transaction() as tx:
        study = tx.session.get(Study, study_id)
        if study is None or study.rejected or study.merged_into_id:
            return
        if Moment.COMPLETION in moments:
            tell_of_study(tx, study)
        active = select(RoutingRule).where(
            RoutingRule.hospital_id == study.hospital_id, RoutingRule.active, RoutingRule.moment.in_(moments)
        )
        rules = list(tx.session.scalars(active.order_by(RoutingRule.id)))
        if not rules:
            return
        facts = facts_of(tx, [study])[0]
        for rule in rules:
            if conditions_of(rule).meet(facts):
                _fire(tx, rule, study)


def conditions_of(rule: RoutingRule) -> Conditions:
    """What a rule's row asks of a study."""
    return Conditions(rule.device_id, rule.modality, rule.description)


def facts_of(tx: Tx, studies: list[Study]) -> list[StudyFacts]:
    """What rules look at, of studies in this order."""
    texts: dict[str, list[str]] = {study.id: [study.description] for study in studies}
    told = select(Series.study_id, Series.description, Series.body_part).where(Series.study_id.in_(texts))
    for study_id, description, body_part in tx.session.execute(told):
        texts[study_id] += [description, body_part]
    return [
        StudyFacts(
            study.id,
            study.device_id,
            frozenset(study.modalities.strip("\\").split("\\")) - {""},
            tuple(texts[study.id]),
        )
        for study in studies
    ]


def _fire(tx: Tx, rule: RoutingRule, study: Study) -> None:
    action, parameters = RuleAction(rule.action), json.loads(rule.parameters)
    to_device = action in {RuleAction.AVAILABILITY, RuleAction.FORWARD}
    if to_device and rule.target_id == study.device_id:
        return  # nothing goes back to where it came from
    key = f"rule {rule.id} {study.id} {rule.target_id or parameters.get('syntax', '')}"
    known = tx.session.scalar(select(Delivery).where(Delivery.unique_key == key).with_for_update())
    if known is not None:
        _open_again(tx, known)
        return
    at_once = action in {RuleAction.GRANT, RuleAction.NOTIFY}
    add_delivery(
        tx,
        SYSTEM,
        kind=_KIND[action],
        device_id=rule.target_id if to_device else None,
        study_id=study.id,
        payload=parameters | {"target": rule.target_id},
        unique_key=key,
        rule_id=rule.id,
        hospital_id=study.hospital_id,
        state=DeliveryState.DELIVERED if at_once else DeliveryState.WAITING,
    )
    if action is RuleAction.GRANT:
        _grant(tx, rule, study, int(parameters["days"]))
    elif action is RuleAction.NOTIFY:
        _notify(tx, rule, study, parameters)


def _open_again(tx: Tx, row: Delivery) -> None:
    """Only for images that it has not dealt with; what a person cancelled stays cancelled."""
    again = {DeliveryKind.AVAILABILITY, DeliveryKind.COMPRESS, DeliveryKind.STUDY}
    if row.state != DeliveryState.DELIVERED or row.kind not in again or not unsent(tx, row):
        return
    row.payload = json.dumps(json.loads(row.payload) | {"since": tx.now.isoformat()})
    row.state, row.attempts, row.next_try_at, row.finished_at = DeliveryState.WAITING, 0, tx.now, None
    announce_delivery(tx, row.hospital_id, row.id)
    enqueue(tx, SEND, row.id)


def _grant(tx: Tx, rule: RoutingRule, study: Study, days: int) -> None:
    grant_study(
        tx,
        SYSTEM,
        study_id=study.id,
        grantee_type=GranteeType.HOSPITAL,
        grantee_id=str(rule.target_id),
        scope="view",
        expires_at=tx.now + timedelta(days=days),
        reason=GRANTED_BY_RULE,
        reason_ref=rule.id,
    )


def _notify(tx: Tx, rule: RoutingRule, study: Study, parameters: dict[str, str]) -> None:
    notify_people(
        tx,
        SYSTEM,
        hospital_id=study.hospital_id,
        message=_TOLD[Moment(rule.moment)],
        params={"rule": rule.name, "modality": study.modalities.strip("\\").replace("\\", ", ")},
        path=f"/studies/{study.id}",
        person_ids=(rule.target_id,) if rule.target_id else (),
        role=Role(parameters["role"]) if not rule.target_id else None,
        permission=Permission.STUDY_READ,
    )


_TOLD = {
    Moment.ARRIVAL: "{rule}: a new study arrives ({modality}).",
    Moment.COMPLETION: "{rule}: a study is complete ({modality}).",
}


def newest_studies(tx: Tx, hospital_id: str, count: int) -> list[Study]:
    """On which a rule is tried."""
    query = select(Study).where(
        Study.hospital_id == hospital_id, Study.rejected == "", Study.merged_into_id.is_(None)
    )
    return list(tx.session.scalars(query.order_by(Study.id.desc()).limit(count)))
