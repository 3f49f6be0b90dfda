"""Every write of agreements. Each: role, visibility, state, row, audit record."""

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx, conflict_as
from app.base.errors import Forbidden, Invalid
from app.base.ids import new_id
from app.identity.queries import hospital
from consults.agreements.access import agreement_to, is_party
from consults.agreements.cover import today
from consults.agreements.lifecycle import Deed, Standing
from consults.agreements.models import Agreement, AgreementTerm
from consults.agreements.papers import Scan, keep_paper
from consults.agreements.schemas import AgreementInput, check_agreement

CLAUSES = ("responsibilities", "infrastructure", "storage", "cost")
LONGEST = 200


def draft_agreement(tx: Tx, actor: Actor, *, content: AgreementInput) -> str:
    """A first version, seen by those who write it alone. Returns its id."""
    actor.check(Permission.AGREEMENT_MANAGE)
    row = Agreement(
        id=new_id(),
        version=1,
        state=Standing.DRAFT,
        author_hospital_id=actor.hospital_id,
        created_at=tx.now,
        reason="",
    )
    _fill(tx, actor, row, content)
    tx.session.add(row)
    _note(tx, actor, row, "drafted", "C")
    return row.id


def edit_agreement(tx: Tx, actor: Actor, *, agreement_id: str, content: AgreementInput) -> None:
    """Writes a draft anew; the parties of a further version stay."""
    actor.check(Permission.AGREEMENT_MANAGE)
    row, _ = agreement_to(tx, actor, agreement_id, Deed.EDIT)
    parties = (content.referring_hospital_id, content.consulting_hospital_id)
    if row.replaces_id and parties != (row.referring_hospital_id, row.consulting_hospital_id):
        raise Invalid("other_parties", "A new version is between the same hospitals. Write a new agreement.")
    row.terms.clear()
    tx.session.flush()
    _fill(tx, actor, row, content)
    _note(tx, actor, row, "edited")


def _fill(tx: Tx, actor: Actor, row: Agreement, content: AgreementInput) -> None:
    check_agreement(content)
    sides = {hospital(tx, content.referring_hospital_id).id, hospital(tx, content.consulting_hospital_id).id}
    if len(sides) == 1:
        raise Invalid("one_hospital", "An agreement is between two hospitals. Choose another one.")
    if actor.hospital_id is not None and actor.hospital_id not in sides:
        raise Invalid("foreign_agreement", "Your hospital has to be one of the two.")
    row.number = content.number
    row.referring_hospital_id = content.referring_hospital_id
    row.consulting_hospital_id = content.consulting_hospital_id
    row.valid_from, row.valid_to = content.valid_from, content.valid_to
    for clause in CLAUSES:
        setattr(row, clause, getattr(content, clause))
    row.terms = [
        AgreementTerm(place=place, **term.model_dump()) for place, term in enumerate(content.terms, start=1)
    ]


def discard_agreement(tx: Tx, actor: Actor, *, agreement_id: str) -> None:
    """A draft nobody needs."""
    actor.check(Permission.AGREEMENT_MANAGE)
    row, state = agreement_to(tx, actor, agreement_id, Deed.DISCARD)
    row.state, row.ended_at = state, tx.now
    _note(tx, actor, row, "discarded")


def propose_agreement(tx: Tx, actor: Actor, *, agreement_id: str) -> None:
    """Shows it to the other hospital; the proposing hospital agrees by that."""
    actor.check(Permission.AGREEMENT_MANAGE)
    row, state = agreement_to(tx, actor, agreement_id, Deed.PROPOSE)
    if not all(getattr(row, clause) for clause in CLAUSES):
        raise Invalid(
            "clauses_missing",
            "An agreement says who is responsible for what, infrastructure and security, storage and backup, and cost. "
            "Fill in all four.",
        )
    if row.valid_to < today(tx):
        raise Invalid("already_over", "The agreement has run out already. Choose a later last day.")
    row.state, row.reason = state, ""
    _agreed_by(tx, actor, row)
    _note(tx, actor, row, "proposed")


def agree_to_agreement(tx: Tx, actor: Actor, *, agreement_id: str) -> None:
    """A hospital agrees; with the second one it is in force, and what it replaces ends."""
    actor.check(Permission.AGREEMENT_MANAGE)
    row, state = agreement_to(tx, actor, agreement_id, Deed.AGREE)
    if not is_party(row, actor):
        raise Forbidden("not_a_party", "Only the two hospitals themselves can agree.")
    _agreed_by(tx, actor, row)
    if row.referring_agreed_at and row.consulting_agreed_at:
        row.state, row.active_at = state, tx.now
        _end_replaced(tx, actor, row)
    _note(tx, actor, row, "agreed")


def _agreed_by(tx: Tx, actor: Actor, row: Agreement) -> None:
    if actor.hospital_id == row.referring_hospital_id:
        row.referring_agreed_by, row.referring_agreed_at = actor.name, tx.now
    if actor.hospital_id == row.consulting_hospital_id:
        row.consulting_agreed_by, row.consulting_agreed_at = actor.name, tx.now


def _end_replaced(tx: Tx, actor: Actor, row: Agreement) -> None:
    old = tx.session.get(Agreement, row.replaces_id) if row.replaces_id else None
    if old is not None and old.state == Standing.ACTIVE:
        old.state, old.ended_at = Standing.ENDED, tx.now
        _note(tx, actor, old, "replaced")


def return_agreement(tx: Tx, actor: Actor, *, agreement_id: str, reason: str) -> None:
    """Back to those who wrote it, with what should change; what was agreed so far counts no more."""
    actor.check(Permission.AGREEMENT_MANAGE)
    row, state = agreement_to(tx, actor, agreement_id, Deed.RETURN)
    row.state, row.reason = state, _said(reason)
    row.referring_agreed_by = row.consulting_agreed_by = None
    row.referring_agreed_at = row.consulting_agreed_at = None
    _note(tx, actor, row, "returned")


def end_agreement(tx: Tx, actor: Actor, *, agreement_id: str, reason: str) -> None:
    """Nothing new is sent under it; what was sent goes on."""
    actor.check(Permission.AGREEMENT_MANAGE)
    row, state = agreement_to(tx, actor, agreement_id, Deed.END)
    row.state, row.ended_at, row.reason = state, tx.now, _said(reason)
    _note(tx, actor, row, "ended")


def _said(reason: str) -> str:
    if not 3 <= len(reason.strip()) <= 5 * LONGEST:
        raise Invalid("no_reason", "Say why, in a sentence.")
    return reason.strip()


def revise_agreement(tx: Tx, actor: Actor, *, agreement_id: str) -> str:
    """A draft of the next version, to be changed and agreed to; until then the old one counts. Returns its id."""
    actor.check(Permission.AGREEMENT_MANAGE)
    old, _ = agreement_to(tx, actor, agreement_id, Deed.REVISE)
    row = Agreement(
        id=new_id(),
        number=old.number,
        version=old.version + 1,
        replaces_id=old.id,
        referring_hospital_id=old.referring_hospital_id,
        consulting_hospital_id=old.consulting_hospital_id,
        author_hospital_id=actor.hospital_id,
        state=Standing.DRAFT,
        valid_from=old.valid_from,
        valid_to=old.valid_to,
        created_at=tx.now,
        reason="",
        **{clause: getattr(old, clause) for clause in CLAUSES},
    )
    copied = ("place", "mode", "modality", "service", "price", "routine", "urgent", "emergency")
    row.terms = [AgreementTerm(**{name: getattr(term, name) for name in copied}) for term in old.terms]
    tx.session.add(row)
    _note(tx, actor, row, "revised", "C")
    return row.id


def add_contract_scan(tx: Tx, actor: Actor, *, agreement_id: str, scan: Scan) -> None:
    """The signed paper, to a draft: what both agree to is not changed under their hands."""
    actor.check(Permission.AGREEMENT_MANAGE)
    row, _ = agreement_to(tx, actor, agreement_id, Deed.EDIT)
    row.paper_id = keep_paper(tx, scan)
    _note(tx, actor, row, "scanned")


def _note(tx: Tx, actor: Actor, row: Agreement, deed: str, action: Action = "U") -> None:
    with conflict_as("agreement_known", "There is such an agreement already. Reload the page."):
        tx.session.flush()
    record(
        tx,
        actor,
        AuditKind.ORDER_RECORD,
        action,
        subject_type="agreement",
        subject_id=row.id,
        hospital_id=row.referring_hospital_id,
        detail={"deed": deed, "state": row.state, "version": row.version},
    )
