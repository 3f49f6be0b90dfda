"""Further specialists: asked to read, gone again, of one mind with the consultant."""

from sqlalchemy import or_, select

from app.archive.actions import end_grants
from app.audit.kinds import AuditKind
from app.audit.queries import was_read_by
from app.base.actor import ALLOWED, Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Invalid, NotFound
from app.base.ids import new_id
from app.identity.queries import PersonInfo, person_info
from consults.access import grantees_of, readers_of, seats_of
from consults.event_base import Person
from consults.events import ConsultChange
from consults.history import append, person_of
from consults.lifecycle import ReaderKind, Seat, State, Verb
from consults.models import Consult, ConsultEvent, Participant, Reader
from consults.opinions.blind import is_open_to_blind
from consults.opinions.events import ReaderConsentedData, ReaderData, ReaderEndedData, ReaderInvitedData
from consults.opinions.schemas import DismissReader, InviteReader
from consults.schemas import Plain
from consults.steps import Answer, share_anew, step

FIRST_READING = ("answer.given", "opinion.given")


def invite_reader(tx: Tx, actor: Actor, *, wish: InviteReader) -> Answer:
    """One more specialist, who sees the images as long as the consultant does. The hospital of the images may ask
    anybody; the consultant colleagues of their own hospital, to which the images were given.
    """
    consult, _ = step(tx, actor, wish.consult_id, Verb.INVITE, Permission.CONSULT_DISCUSS)
    person = person_info(tx, wish.person_id)
    _check_invitation(tx, consult, person, wish.kind)
    is_colleague = person.hospital_id == consult.consulting_hospital_id
    if not is_colleague and Seat.REFERRER not in seats_of(consult, actor):
        raise Conflict("not_a_colleague", "Only the hospital that asks can show the images to this doctor.")
    asked = Person(id=person.id, name=person.name, hospital=person.hospital_name)
    before, inviter = grantees_of(consult), person_of(tx, actor).model_dump()
    row = next((one for one in consult.readers if one.person_id == person.id), None)
    row = row or Reader(id=new_id(), person_id=person.id)
    row.kind, row.person, row.hospital_id = wish.kind, asked.model_dump(), person.hospital_id or ""
    row.invited_by, row.inviter_id = inviter, actor.id
    row.invited_at, row.consented_at, row.given_at, row.ended_at = tx.now, None, None, None
    if row not in consult.readers:
        consult.readers.append(row)
    share_anew(tx, consult, before)
    if consult.access_ends_at is not None:
        end_grants(tx, actor, reason_ref=consult.id, at=consult.access_ends_at)
    data = ReaderInvitedData(consult=ConsultChange(), reader=ReaderData(person=asked, kind=wish.kind))
    return {"number": append(tx, actor, consult, "reader.invited", data)}


def _check_invitation(tx: Tx, consult: Consult, person: PersonInfo, kind: ReaderKind) -> None:
    can_answer = person.active and any(Permission.CONSULT_ANSWER in ALLOWED[role] for role in person.roles)
    if not can_answer or person.hospital_id in {None, consult.referring_hospital_id}:
        raise Invalid("not_a_specialist", "This person cannot be asked. Choose a specialist.")
    takes_part = {consult.consultant_id, consult.addressee_id}
    takes_part |= {reader.person_id for reader in readers_of(consult)}
    if person.id in takes_part:
        raise Conflict("takes_part", "This doctor takes part already.")
    if kind is ReaderKind.JOINT and consult.state == State.COMPLETED:
        raise Conflict("opinion_final", "The opinion is final. Ask for an opinion of their own.")
    if kind is ReaderKind.BLIND and _has_seen(tx, consult, person):
        raise Conflict(
            "has_seen",
            "This doctor looked at the case when others had written there already. Ask somebody else to read blind,"
            " or ask this doctor for an opinion of their own.",
        )
    if consult.access_ends_at is not None and consult.access_ends_at <= tx.now:
        raise Conflict("access_ended", "The right to the images has ended. Reopen the consult.")


def _has_seen(tx: Tx, consult: Consult, person: PersonInfo) -> bool:
    """In the room, or by any other way of reading the case (all of them are in the log), since others said something."""
    said = _first_said(tx, consult, person.id)
    if said is None:
        return False
    place = tx.session.get(Participant, (consult.id, person.id))
    if place is not None and (place.left_at is None or place.left_at >= said.at or place.read >= said.number):
        return True
    case = ("consult", consult.id)
    return was_read_by(tx, person.id, subject=case, hospital_id=consult.referring_hospital_id, since=said.at)


def _first_said(tx: Tx, consult: Consult, person_id: str) -> ConsultEvent | None:
    """What a blind reader is not shown: by somebody else, or the person's own first reading."""
    events = select(ConsultEvent).where(ConsultEvent.consult_id == consult.id).order_by(ConsultEvent.number)
    others_or_read = or_(ConsultEvent.actor_id != person_id, ConsultEvent.type.in_(FIRST_READING))
    found = tx.session.scalars(events.where(others_or_read))
    return next((row for row in found if not _is_open(tx, consult, row)), None)


def _is_open(tx: Tx, consult: Consult, row: ConsultEvent) -> bool:
    """Files that do not come with the case may say something, as in attachments.queries."""
    if row.type != "attachment.added":
        return is_open_to_blind(row.type)
    came_with_case = person_info(tx, row.actor_id).hospital_id == consult.referring_hospital_id
    return came_with_case and row.data["kind"] != "audio"


def dismiss_reader(tx: Tx, actor: Actor, *, wish: DismissReader) -> Answer:
    """Somebody who was asked is asked no longer."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.DISMISS, Permission.CONSULT_DISCUSS)
    return _end(tx, actor, consult, wish.person_id)


def leave_reading(tx: Tx, actor: Actor, *, wish: Plain) -> Answer:
    """The reader steps back."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.LEAVE, Permission.CONSULT_ANSWER)
    return _end(tx, actor, consult, actor.id)


def _end(tx: Tx, actor: Actor, consult: Consult, person_id: str) -> Answer:
    reader = reader_of(consult, person_id)
    has_signed = consult.state == State.COMPLETED and reader.kind == ReaderKind.JOINT
    if reader.given_at is not None or has_signed:
        raise Conflict("reading_given", "This opinion has been given and stays with the case.")
    ended = ReaderEndedData(consult=ConsultChange(), person_id=person_id)
    number = append(tx, actor, consult, "reader.ended", ended)  # while they can still be told
    before, reader.ended_at = grantees_of(consult), tx.now
    share_anew(tx, consult, before)
    return {"number": number}


def consent_to_opinion(tx: Tx, actor: Actor, *, wish: Plain) -> Answer:
    """The joint reader signs the consultant's conclusions as they stand; any change asks for it again."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.CONSENT, Permission.CONSULT_ANSWER)
    check_answered(consult)
    reader_of(consult, actor.id).consented_at = tx.now
    data = ReaderConsentedData(consult=ConsultChange())
    kind = AuditKind.PROCEDURE_RECORD
    return {"number": append(tx, actor, consult, "reader.consented", data, kind=kind)}


def reader_of(consult: Consult, person_id: str) -> Reader:
    """Raises NotFound for whoever is no reader, or no longer."""
    found = next((reader for reader in readers_of(consult) if reader.person_id == person_id), None)
    if found is None:
        raise NotFound
    return found


def check_answered(consult: Consult) -> None:
    """Raises Conflict unless the first reader has concluded on every question and on the whole."""
    if consult.report_id is None or any(question.answer is None for question in consult.questions):
        raise Conflict(
            "not_answered", "Before that, every question needs an answer and the opinion has to be given."
        )


def check_consents(consult: Consult) -> None:
    """Raises Conflict while a joint author has not signed what stands there now."""
    joint = (reader for reader in readers_of(consult) if reader.kind == ReaderKind.JOINT)
    if any(reader.consented_at is None for reader in joint):
        raise Conflict("not_consented", "Before that, every joint author has to agree to the opinion.")


def lapse_consents(consult: Consult) -> None:
    """The words changed: nobody has signed these."""
    for reader in consult.readers:
        reader.consented_at = None
