"""What the consult itself says, as it stands on the minutes, and what the secretary starts from."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.archive.queries import study_info
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.queries import hospital, person_info
from consults.agreements.basis import basis_of
from consults.event_base import moment_json
from consults.lifecycle import Side
from consults.minutes.schemas import Conclusion, Member, MinutesContent
from consults.models import Consult, ConsultStudy, Participant
from consults.opinions.queries import opinions_state

Facts = dict[str, Any]


def facts_of(tx: Tx, actor: Actor, consult: Consult, before: Facts | None = None) -> Facts:
    """`before`: what the minutes said until now; of a study that the actor may not open any more it still stands."""
    basis = basis_of(tx, consult)
    known = {study["id"]: study for study in (before or {}).get("studies", [])}
    return {
        "number": consult.number,
        "patient": {
            "name": consult.patient_name,
            "id": consult.patient_id,
            "birth_date": consult.patient_birth_date,
            "sex": consult.patient_sex,
        },
        "referring": _party(tx, consult.referring_hospital_id, consult.referrer_id),
        "consulting": _party(tx, consult.consulting_hospital_id, consult.consultant_id),
        "requested_at": _moment(consult.requested_at),
        "closed_at": _moment(consult.closed_at),
        "basis": basis.model_dump(mode="json") if basis else None,
        "studies": [
            _study(tx, actor, study) or known.get(study.study_id) or _named(study)
            for study in consult.studies
        ],
        "questions": [
            {
                "id": one.id,
                "number": one.number,
                "text": one.text,
                "answer": one.answer,
                "answered_by": one.answered_by,
            }
            for one in consult.questions
        ],
        "opinion": consult.opinion,
        "decision": opinions_state(tx, consult)["decision"],
    }


def _party(tx: Tx, hospital_id: str, person_id: str | None) -> dict[str, str | None]:
    person = person_info(tx, person_id).name if person_id else None
    return {"hospital": hospital(tx, hospital_id).name, "person": person}


def _moment(at: datetime | None) -> str | None:
    return moment_json(at) if at else None


def _study(tx: Tx, actor: Actor, study: ConsultStudy) -> dict[str, Any] | None:
    try:
        info = study_info(tx, actor, study.study_id)
    except NotFound:
        return None
    told = {"accession_number": info.accession_number, "date": info.study_date}
    counted = {"modalities": list(info.modalities), "images": info.instance_count}
    return {**_named(study), **told, **counted, "study_instance_uid": info.study_instance_uid}


def _named(study: ConsultStudy) -> dict[str, Any]:
    return {"id": study.study_id, "description": study.description}


def first_content(tx: Tx, actor: Actor, consult: Consult, facts: Facts) -> MinutesContent:
    """Filled in as far as the consult knows it: the secretary corrects, and writes what is missing."""
    members = members_of(tx, actor, consult)
    chair = consult.consultant_id or consult.referrer_id
    return MinutesContent(
        diagnosis="",
        held_from=min((one.joined_at for one in members if one.joined_at), default=consult.requested_at),
        held_to=consult.closed_at,
        referring_point=facts["referring"]["hospital"],
        consulting_point=facts["consulting"]["hospital"],
        members=members,
        chair=next((place for place, one in enumerate(members) if one.person_id == chair), None),
        course=consult.history,
        conclusions=tuple(
            Conclusion(question=one.number, text=one.answer or "") for one in consult.questions
        ),
        conclusion=consult.opinion or "",
    )


def members_of(tx: Tx, actor: Actor, consult: Consult) -> tuple[Member, ...]:
    """Everybody who has been in the room, in the order of coming; then who belongs to it and has not."""
    query = select(Participant).where(Participant.consult_id == consult.id).order_by(Participant.joined_at)
    seen: dict[str, Participant | None] = {row.person_id: row for row in tx.session.scalars(query)}
    for person_id in (consult.referrer_id, consult.consultant_id, actor.id):
        if person_id is not None:
            seen.setdefault(person_id, None)
    return tuple(_member(tx, consult, person_id, row) for person_id, row in seen.items())


def _member(tx: Tx, consult: Consult, person_id: str, row: Participant | None) -> Member:
    """Guests have no hospital of ours: theirs is the one their inviter wrote."""
    person = person_info(tx, person_id)
    is_theirs = person.hospital_id == consult.referring_hospital_id
    return Member(
        person_id=person_id,
        name=person.name,
        unit=person.hospital_name or (row.hospital if row else ""),
        side=Side.REFERRING if is_theirs else Side.CONSULTING,
        licence_number=person.licence_number,
        joined_at=row.joined_at if row else None,
        left_at=_left(consult, row) if row else None,
    )


def _left(consult: Consult, row: Participant) -> datetime | None:
    """Who looks in once more after the end has not stayed until then; a guest is out when their invitation is
    withdrawn, although their window could not say so any more.
    """
    withdrawn = {guest.person_id: guest.withdrawn_at for guest in consult.guests}
    left_at = row.left_at or withdrawn.get(row.person_id)
    if left_at is None or consult.closed_at is None:
        return left_at
    return max(row.joined_at, min(left_at, consult.closed_at))
