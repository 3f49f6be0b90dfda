"""What the FHIR documents of a consult are made of, read in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.queries import HospitalInfo, PersonInfo, hospital, person_info
from consults.access import readers_of, state_of
from consults.attachments.queries import attachments_state
from consults.lifecycle import State
from consults.minutes.access import consult_with_minutes
from consults.minutes.facts import facts_of
from consults.opinions.queries import opinions_state
from consults.talk.queries import lines_for_everybody
from consults.urgency import Urgency


@dataclass(frozen=True)
class Case:
    """`owner_id` is the consultant, or whoever was asked by name, or nobody yet. Lines and files are those for
    everybody, files by their id.
    """

    id: str
    state: State
    urgency: Urgency
    history: str
    reason: str
    requested_at: datetime | None
    changed_at: datetime
    due_at: datetime | None
    referrer_id: str
    owner_id: str | None
    referring: HospitalInfo
    consulting: HospitalInfo
    people: dict[str, PersonInfo]
    facts: dict[str, Any]
    opinions: dict[str, Any]
    lines: list[dict[str, Any]]
    files: dict[str, dict[str, Any]]


def case_for(tx: Tx, actor: Actor, consult_id: str) -> Case:
    """Raises NotFound for whoever may not carry the consult away."""
    consult, _ = consult_with_minutes(tx, actor, consult_id)
    lines = lines_for_everybody(tx, consult.id)
    files = attachments_state(tx, actor, consult)["files"]
    owner_id = consult.consultant_id or consult.addressee_id
    ids = {consult.referrer_id, owner_id, *(line["author"]["id"] for line in lines)}
    ids |= {one.person_id for one in readers_of(consult)}
    return Case(
        id=consult.id,
        state=state_of(consult),
        urgency=Urgency(consult.urgency),
        history=consult.history,
        reason=consult.reason or "",
        requested_at=consult.requested_at,
        changed_at=consult.changed_at,
        due_at=consult.due_at,
        referrer_id=consult.referrer_id,
        owner_id=owner_id,
        referring=hospital(tx, consult.referring_hospital_id),
        consulting=hospital(tx, consult.consulting_hospital_id),
        people=_people(tx, sorted(filter(None, ids))),
        facts=facts_of(tx, actor, consult),
        opinions=opinions_state(tx, consult),
        lines=lines,
        files={one["id"]: one for one in files if "recipients" not in one},
    )


def _people(tx: Tx, ids: list[str]) -> dict[str, PersonInfo]:
    """Who is known only as the author of a line is left out."""
    found = {}
    for person_id in ids:
        try:
            found[person_id] = person_info(tx, person_id)
        except NotFound:
            continue
    return found


def exported_case(tx: Tx, actor: Actor, *, consult_id: str) -> Case:
    """The same, on its way out of the house: that it was taken is recorded."""
    case = case_for(tx, actor, consult_id)
    record(
        tx,
        actor,
        AuditKind.EXPORT,
        "R",
        subject_type="consult",
        subject_id=case.id,
        hospital_id=case.referring.id,
        detail={"form": "fhir", "state": case.state},
    )
    return case
