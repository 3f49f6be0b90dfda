"""Every read of agreements."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, select

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.identity.queries import hospital
from consults.agreements.access import agreement_for, is_party, visible_agreements
from consults.agreements.cover import FIELDS, covers_from, today
from consults.agreements.lifecycle import TABLE, Deed, Standing, Who
from consults.agreements.models import Agreement, ConsultBasis
from consults.agreements.papers import Scan, paper_name, paper_of
from consults.grounds import Lack, Mode
from consults.models import Consult
from consults.urgency import Urgency

MOST = 500
ORDER = (Standing.PROPOSED, Standing.ACTIVE, Standing.DRAFT, Standing.ENDED)


@dataclass(frozen=True)
class AgreementInfo:
    """An agreement as a page shows it. `allowed`: what the actor may do with it now."""

    id: str
    number: str
    version: int
    state: Standing
    referring_id: str
    referring: str
    consulting_id: str
    consulting: str
    valid_from: date
    valid_to: date
    is_over: bool
    responsibilities: str
    infrastructure: str
    storage: str
    cost: str
    terms: tuple[dict[str, Any], ...]
    paper: str | None
    referring_agreed: tuple[str, datetime] | None
    consulting_agreed: tuple[str, datetime] | None
    reason: str
    active_at: datetime | None
    ended_at: datetime | None
    is_version: bool
    allowed: tuple[Deed, ...]


@dataclass(frozen=True)
class Chased:
    """A case whose basis is not whole: how often its referrer was reminded, and when next."""

    consult_id: str
    number: str
    asked_at: datetime | None
    missing: tuple[Lack, ...]
    reminders: int
    remind_at: datetime | None


def list_agreements(tx: Tx, actor: Actor) -> list[AgreementInfo]:
    """What waits for somebody first, then those in force."""
    place = case({state.value: place for place, state in enumerate(ORDER)}, value=Agreement.state, else_=9)
    query = (
        select(Agreement)
        .where(visible_agreements(actor))
        .order_by(place, Agreement.valid_to.desc(), Agreement.id.desc())
        .limit(MOST)
    )
    return [_info(tx, actor, row) for row in tx.session.scalars(query)]


def agreement_info(tx: Tx, actor: Actor, agreement_id: str) -> AgreementInfo:
    """One of them, or NotFound."""
    return _info(tx, actor, agreement_for(tx, actor, agreement_id))


def contract_scan(tx: Tx, actor: Actor, agreement_id: str) -> Scan:
    """The scanned contract, or NotFound."""
    return paper_of(tx, agreement_for(tx, actor, agreement_id).paper_id)


def chased(tx: Tx, actor: Actor) -> list[Chased]:
    """Cases of the actor's hospital whose basis is not whole yet, the longest waiting first."""
    if not actor.allows(Permission.AGREEMENT_MANAGE) and not actor.allows(Permission.CONSULT_ASK):
        return []
    query = (
        select(ConsultBasis, Consult)
        .join(Consult, Consult.id == ConsultBasis.consult_id)
        .where(ConsultBasis.remind_at.is_not(None), Consult.referring_hospital_id == actor.hospital_id)
        .order_by(Consult.requested_at)
        .limit(MOST)
    )
    return [
        Chased(
            consult_id=consult.id,
            number=consult.number,
            asked_at=consult.requested_at,
            missing=tuple(Lack(one) for one in basis.missing),
            reminders=basis.reminders,
            remind_at=basis.remind_at,
        )
        for basis, consult in tx.session.execute(query)
    ]


def covers_for_form(tx: Tx, actor: Actor, modalities: Collection[str]) -> list[dict[str, Any]]:
    """For each hospital and mode that an agreement covers: its number, last day and answer times in minutes."""
    if actor.hospital_id is None:
        return []
    return [
        {
            "hospital_id": cover.consulting_hospital_id,
            "mode": mode.value,
            "number": cover.number,
            "valid_to": cover.valid_to.strftime("%d/%m/%Y"),
            "minutes": {urgency.value: cover.minutes(urgency) for urgency in Urgency},
        }
        for mode in Mode
        for cover in covers_from(tx, actor.hospital_id, mode, modalities)
    ]


def _info(tx: Tx, actor: Actor, row: Agreement) -> AgreementInfo:
    return AgreementInfo(
        id=row.id,
        number=row.number,
        version=row.version,
        state=Standing(row.state),
        referring_id=row.referring_hospital_id,
        referring=hospital(tx, row.referring_hospital_id).name,
        consulting_id=row.consulting_hospital_id,
        consulting=hospital(tx, row.consulting_hospital_id).name,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        is_over=row.valid_to < today(tx),
        responsibilities=row.responsibilities,
        infrastructure=row.infrastructure,
        storage=row.storage,
        cost=row.cost,
        terms=tuple({name: getattr(term, name) for name in FIELDS} for term in row.terms),
        paper=paper_name(tx, row.paper_id),
        referring_agreed=_agreed(row.referring_agreed_by, row.referring_agreed_at),
        consulting_agreed=_agreed(row.consulting_agreed_by, row.consulting_agreed_at),
        reason=row.reason,
        active_at=row.active_at,
        ended_at=row.ended_at,
        is_version=row.replaces_id is not None,
        allowed=_allowed(row, actor),
    )


def _agreed(by: str | None, at: datetime | None) -> tuple[str, datetime] | None:
    return (by, at) if by and at else None


def _allowed(row: Agreement, actor: Actor) -> tuple[Deed, ...]:
    if not actor.allows(Permission.AGREEMENT_MANAGE):
        return ()
    wrote = row.author_hospital_id == actor.hospital_id
    deeds = [deed for deed, (_, who) in TABLE[Standing(row.state)].items() if who is Who.PARTY or wrote]
    return tuple(deed for deed in deeds if deed is not Deed.AGREE or _may_agree(row, actor))


def _may_agree(row: Agreement, actor: Actor) -> bool:
    agreed = {
        row.referring_hospital_id: row.referring_agreed_at,
        row.consulting_hospital_id: row.consulting_agreed_at,
    }
    return is_party(row, actor) and agreed[str(actor.hospital_id)] is None
