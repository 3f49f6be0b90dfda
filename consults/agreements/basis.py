"""The basis of a case: written with the draft, checked when it is sent, completed where an emergency went ahead of it."""

from contextlib import suppress
from datetime import datetime, timedelta

from app.archive.queries import study_info
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from consults.access import consult_for, seats_of
from consults.agreements.cover import Cover, cover_of
from consults.agreements.models import ConsultBasis
from consults.agreements.papers import Scan, keep_paper, paper_name, paper_of
from consults.grounds import AgreementRef, BasisData, Ground, InformedData, Lack, Mode, Told
from consults.history import append_change
from consults.lifecycle import Seat
from consults.models import Consult
from consults.schemas import BasisInput, CompleteBasis
from consults.steps import Answer
from consults.urgency import Urgency, due_after

FIRST_REMINDER = timedelta(hours=4)
WHAT_IS_MISSING: dict[tuple[Lack, ...], str] = {
    (Lack.AGREEMENT,): (
        "Not sent: no agreement in force between the two hospitals covers this mode and these modalities. "
        "Ask another hospital, or have your administrator conclude one."
    ),
    (Lack.GROUND,): "Not sent: the ground for passing the patient's data is missing. Choose it.",
    (Lack.INFORMED,): "Not sent: the patient has not been informed. Tell them and tick it.",
    (Lack.AGREEMENT, Lack.GROUND): (
        "Not sent: an agreement that covers this mode and these modalities is missing, and the ground for passing the "
        "patient's data. Ask another hospital or your administrator, and choose the ground."
    ),
    (Lack.AGREEMENT, Lack.INFORMED): (
        "Not sent: an agreement that covers this mode and these modalities is missing, and the patient has not been "
        "informed. Ask another hospital or your administrator, tell the patient and tick it."
    ),
    (Lack.GROUND, Lack.INFORMED): (
        "Not sent: the ground for passing the patient's data is missing, and the patient has not been informed. "
        "Choose the ground, tell the patient and tick it."
    ),
    (Lack.AGREEMENT, Lack.GROUND, Lack.INFORMED): (
        "Not sent: an agreement that covers this mode and these modalities, the ground for passing the patient's data "
        "and informing the patient are missing. Ask your administrator for the first; fill in the others."
    ),
}


def draft_basis(tx: Tx, consult: Consult, given: BasisInput) -> None:
    """Kept with the draft, however much is missing yet; the consult's row is there."""
    row = tx.session.get(ConsultBasis, consult.id)
    if row is None:
        row = ConsultBasis(consult_id=consult.id, terms=[], missing=[], missing_when_sent=[], reminders=0)
        tx.session.add(row)
    _write(row, given)
    tx.session.flush()


def _write(row: ConsultBasis, given: BasisInput) -> None:
    row.mode, row.ground, row.ground_note = given.mode, given.ground, given.ground_note
    told = given.informed
    row.informed_by = told.by if told else None
    row.informed_at = told.at if told else None
    row.informed_how = told.how if told else None


def check_basis(tx: Tx, actor: Actor, consult: Consult) -> datetime:
    """Before a case is sent: its agreement is found and copied. Returns when an answer is promised by.

    Raises Invalid with one sentence naming all that is missing; an emergency is sent all the same, and what was
    missing is recorded.
    """
    row = _row(tx, consult)
    cover = _find(tx, actor, consult, row)
    urgency = Urgency(consult.urgency)
    row.missing = _missing(row, cover)
    if row.missing and urgency is not Urgency.EMERGENCY:
        lacks = tuple(Lack(one) for one in row.missing)
        raise Invalid("basis_missing", WHAT_IS_MISSING[lacks])
    row.missing_when_sent = row.missing
    row.settled_at = None if row.missing else tx.now
    row.remind_at = tx.now + FIRST_REMINDER if row.missing else None
    return tx.now + timedelta(minutes=cover.minutes(urgency)) if cover else due_after(urgency, tx.now)


def note_missing(tx: Tx, actor: Actor, consult: Consult) -> None:
    """After an emergency was sent without its whole basis: both sides are told."""
    if _row(tx, consult).missing:
        append_change(tx, actor, consult, "basis.missing", basis=basis_of(tx, consult))


def _row(tx: Tx, consult: Consult) -> ConsultBasis:
    row = tx.session.get(ConsultBasis, consult.id)
    if row is None:  # a draft from before there were bases
        draft_basis(tx, consult, BasisInput())
        row = tx.session.get_one(ConsultBasis, consult.id)
    return row


def _find(tx: Tx, actor: Actor, consult: Consult, row: ConsultBasis) -> Cover | None:
    modalities: set[str] = set()
    for study in consult.studies:
        with suppress(NotFound):  # destroyed since
            modalities.update(study_info(tx, actor, study.study_id).modalities)
    parties = (consult.referring_hospital_id, consult.consulting_hospital_id)
    cover = cover_of(tx, *parties, Mode(row.mode), modalities)
    row.agreement_id = cover.id if cover else None
    row.terms = list(cover.terms) if cover else []
    row.agreement = None
    if cover is not None:
        minutes = cover.minutes(Urgency(consult.urgency))
        row.agreement = {
            "id": cover.id,
            "number": cover.number,
            "version": cover.version,
            "minutes": minutes,
        }
    return cover


def _missing(row: ConsultBasis, cover: Cover | None) -> list[str]:
    grounded = row.ground is not None and (row.ground != Ground.OTHER or bool(row.ground_note))
    there = {Lack.AGREEMENT: cover is not None, Lack.GROUND: grounded, Lack.INFORMED: bool(row.informed_by)}
    return [lack.value for lack in Lack if not there[lack]]


def complete_basis(tx: Tx, actor: Actor, *, wish: CompleteBasis) -> Answer:
    """The referring side fills in what was missing, in whatever state the case is: the data has been passed."""
    actor.check(Permission.CONSULT_ASK)
    consult = consult_for(tx, actor, wish.consult_id, lock=True)
    if Seat.REFERRER not in seats_of(consult, actor):
        raise Forbidden("wrong_side", "In this consult another doctor has to do this.")
    row = tx.session.get(ConsultBasis, consult.id)
    if row is None or not row.missing:
        raise Conflict("basis_complete", "Nothing is missing. Reload the page.")
    mode, agreement = row.mode, row.agreement
    _write(row, wish.basis)
    if agreement is not None:  # what it was sent under stays
        row.mode = mode
    cover = None if agreement is not None else _find(tx, actor, consult, row)
    row.missing = [lack for lack in _missing(row, cover) if not (lack == Lack.AGREEMENT and row.agreement)]
    if not row.missing:
        row.settled_at, row.remind_at = tx.now, None
    tx.session.flush()
    number = append_change(tx, actor, consult, "basis.completed", basis=basis_of(tx, consult))
    return {"number": number, "missing": row.missing}


def add_basis_scan(tx: Tx, actor: Actor, *, consult_id: str, scan: Scan) -> Answer:
    """What the patient signed, scanned or photographed."""
    actor.check(Permission.CONSULT_ASK)
    consult = consult_for(tx, actor, consult_id, lock=True)
    if Seat.REFERRER not in seats_of(consult, actor):
        raise Forbidden("wrong_side", "In this consult another doctor has to do this.")
    _row(tx, consult).paper_id = keep_paper(tx, scan)
    return {"number": append_change(tx, actor, consult, "basis.scanned", basis=basis_of(tx, consult))}


def basis_of(tx: Tx, consult: Consult) -> BasisData | None:
    """As both sides see it; None for a case from before there were bases."""
    row = tx.session.get(ConsultBasis, consult.id)
    if row is None:
        return None
    informed = None
    if row.informed_by and row.informed_at and row.informed_how:
        informed = InformedData(by=row.informed_by, at=row.informed_at, how=Told(row.informed_how))
    return BasisData(
        mode=Mode(row.mode),
        agreement=AgreementRef(**row.agreement) if row.agreement else None,
        ground=Ground(row.ground) if row.ground else None,
        ground_note=row.ground_note,
        informed=informed,
        paper=paper_name(tx, row.paper_id),
        missing=[Lack(one) for one in row.missing],
        settled_at=row.settled_at,
        reminders=row.reminders,
        remind_at=row.remind_at,
    )


def basis_scan(tx: Tx, actor: Actor, consult_id: str) -> Scan:
    """What the patient signed, for either side; NotFound where there is none."""
    row = tx.session.get(ConsultBasis, consult_for(tx, actor, consult_id).id)
    return paper_of(tx, row.paper_id if row else None)
