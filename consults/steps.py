"""One step of a consult through its lifecycle, as every action takes it."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.archive.actions import end_grants, grant_study
from app.archive.states import GranteeType
from app.base.actor import SYSTEM, Actor, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.guests import limit_guest
from app.reporting.actions import cancel_report
from app.reporting.lifecycle import Status
from app.reporting.queries import report_info
from consults.access import Grantee, consult_for, grantees_of, guest_end, guests_of, led_to
from consults.history import append_change
from consults.lifecycle import State, Verb
from consults.models import Consult, ConsultGuest, ConsultStep

Answer = dict[str, Any]

GRANT_REASON = "consult"


def step(tx: Tx, actor: Actor, consult_id: str, verb: Verb, permission: Permission) -> tuple[Consult, State]:
    """Role, visibility, state: the consult with its row held, and where the verb leads."""
    actor.check(permission)
    consult = consult_for(tx, actor, consult_id, lock=True)
    return consult, led_to(consult, actor, verb)


def moved(tx: Tx, actor: Actor, consult: Consult, state: State, type_: str, **changed: Any) -> Answer:
    """Takes the step and says which fields changed with it."""
    before, consult.state = consult.state, state
    number = append_change(tx, actor, consult, type_, state=state, **changed)
    for guest in consult.guests:
        limit_guest(tx, actor, person_id=guest.person_id, until=guest_end(consult, guest))
    if before != state:
        time_step(tx, actor, consult)
    return {"number": number, "state": state.value}


def time_step(tx: Tx, actor: Actor, consult: Consult) -> None:
    """The consult's newest event brought it into its state: since when, and until when in the one before."""
    left = update(ConsultStep).where(ConsultStep.consult_id == consult.id, ConsultStep.left_at.is_(None))
    tx.session.execute(left.values(left_at=tx.now))
    entered = {"number": consult.last, "state": consult.state, "entered_at": tx.now}
    tx.session.add(ConsultStep(consult_id=consult.id, entered_by=actor.id, **entered))
    tx.session.flush()


def begin_work(tx: Tx, actor: Actor, consult: Consult, state: State) -> None:
    """Answering is working: an accepted consult is in progress from the first answer on."""
    if consult.state != state:
        moved(tx, actor, consult, state, "consult.started")


def close_unanswered(
    tx: Tx, actor: Actor, consult: Consult, state: State, type_: str, *, reason: str
) -> Answer:
    """Refused or cancelled: the right to the images ends at once, and an unfinished report with it."""
    consult.closed_at = consult.access_ends_at = tx.now
    consult.reason = reason
    if consult.requested_at is not None:
        end_grants(tx, actor, reason_ref=consult.id, at=tx.now)
    if consult.report_id and report_info(tx, actor, consult.report_id).status is Status.PRELIMINARY:
        cancel_report(tx, actor, report_id=consult.report_id)
    return moved(tx, actor, consult, state, type_, reason=reason, access_ends_at=tx.now)


def grant(tx: Tx, actor: Actor, consult: Consult, study_id: str) -> None:
    """To whoever it is offered to or accepted it. Without an end for now: completing, refusing or cancelling the
    consult sets it. Of a hospital only those see it who may answer.
    """
    for grantee in sorted(grantees_of(consult)):
        _grant_to(tx, actor, consult, study_id, grantee)
    for guest in guests_of(consult):
        grant_to_guest(tx, actor, consult, study_id, guest)


def share_anew(tx: Tx, consult: Consult, before: frozenset[Grantee]) -> None:
    """Other people have the case before them than `before`: they see the images, the others no longer. The referring
    hospital gave its images to the consulting one, which chooses the people; so the system does it, not who chose.
    """
    after = grantees_of(consult)
    for study in consult.studies:
        for grantee in sorted(after - before):
            _grant_to(tx, SYSTEM, consult, study.study_id, grantee)
    gone = {grantee_id for _, grantee_id in before - after}
    if gone:
        end_grants(tx, SYSTEM, reason_ref=consult.id, at=tx.now, grantee_ids=gone)


def grant_to_guest(tx: Tx, actor: Actor, consult: Consult, study_id: str, guest: ConsultGuest) -> None:
    """Until the invitation ends; whatever ends the consult's other rights ends this one too."""
    grantee = (GranteeType.PERSON, guest.person_id)
    _grant_to(tx, actor, consult, study_id, grantee, until=guest.until)


def _grant_to(
    tx: Tx, actor: Actor, consult: Consult, study_id: str, grantee: Grantee, until: datetime | None = None
) -> None:
    grantee_type, grantee_id = grantee
    of_hospital = grantee_type is GranteeType.HOSPITAL
    grant_study(
        tx,
        actor,
        study_id=study_id,
        grantee_type=grantee_type,
        grantee_id=grantee_id,
        scope="view",
        expires_at=until,
        reason=GRANT_REASON,
        reason_ref=consult.id,
        permission=Permission.CONSULT_ANSWER if of_hospital else None,
    )


def check_study(consult: Consult, study_id: str) -> None:
    """Raises NotFound for a study that is not of this consult, whoever may see it elsewhere."""
    if all(study.study_id != study_id for study in consult.studies):
        raise NotFound
