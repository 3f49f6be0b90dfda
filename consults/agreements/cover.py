"""Which agreement covers a case: in force today, for the mode, for every modality of its studies."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.base.clock import VIETNAM
from app.base.db import Tx
from consults.agreements.lifecycle import Standing
from consults.agreements.models import Agreement, AgreementTerm
from consults.grounds import Mode
from consults.urgency import Urgency

# They lie beside images and are read with them: no agreement needs to name them.
NOT_READ = frozenset({"AU", "DOC", "KO", "OT", "PLAN", "PR", "REG", "SEG", "SR"})
FIELDS = ("mode", "modality", "service", "price", "routine", "urgent", "emergency")


@dataclass(frozen=True)
class Cover:
    """An agreement and those of its terms that a case comes under."""

    id: str
    number: str
    version: int
    consulting_hospital_id: str
    valid_to: date
    terms: tuple[dict[str, Any], ...]

    def minutes(self, urgency: Urgency) -> int:
        """The answer time promised: of several terms the longest."""
        return max(int(term[urgency.value]) for term in self.terms)


def today(tx: Tx) -> date:
    """The day it is in Vietnam."""
    return tx.now.astimezone(VIETNAM).date()


def cover_of(
    tx: Tx, referring_id: str, consulting_id: str, mode: Mode, modalities: Collection[str]
) -> Cover | None:
    """The newest agreement under which the case may be sent, if there is one."""
    rows = _in_force(tx, Agreement.consulting_hospital_id == consulting_id, referring_id)
    return next((found for row in rows if (found := _covers(row, mode, modalities))), None)


def covers_from(tx: Tx, referring_id: str, mode: Mode, modalities: Collection[str]) -> list[Cover]:
    """For the form: the newest of each hospital that may be asked."""
    found: dict[str, Cover] = {}
    for row in _in_force(tx, Agreement.consulting_hospital_id.is_not(None), referring_id):
        cover = _covers(row, mode, modalities)
        if cover is not None:
            found.setdefault(row.consulting_hospital_id, cover)
    return list(found.values())


def _in_force(tx: Tx, condition: Any, referring_id: str) -> list[Agreement]:
    day = today(tx)
    query = (
        select(Agreement)
        .where(
            condition,
            Agreement.referring_hospital_id == referring_id,
            Agreement.state == Standing.ACTIVE,
            Agreement.valid_from <= day,
            Agreement.valid_to >= day,
        )
        .order_by(Agreement.active_at.desc(), Agreement.id.desc())
    )
    return list(tx.session.scalars(query))


def _covers(row: Agreement, mode: Mode, modalities: Collection[str]) -> Cover | None:
    wanted = sorted(set(modalities) - NOT_READ) or [""]
    terms = [_term(row, mode, modality) for modality in wanted]
    if any(term is None for term in terms):
        return None
    told = {term.place: {name: getattr(term, name) for name in FIELDS} for term in terms if term is not None}
    return Cover(
        id=row.id,
        number=row.number,
        version=row.version,
        consulting_hospital_id=row.consulting_hospital_id,
        valid_to=row.valid_to,
        terms=tuple(told[place] for place in sorted(told)),
    )


def _term(row: Agreement, mode: Mode, modality: str) -> AgreementTerm | None:
    """The one that names the modality before the one for any; with no modality known, any term of the mode."""
    of_mode = [term for term in row.terms if term.mode == mode]
    named = [term for term in of_mode if term.modality == modality]
    general = [term for term in of_mode if term.modality == ""]
    return next(iter([*named, *general]), None)
