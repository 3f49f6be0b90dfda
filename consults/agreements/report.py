"""The yearly report of an agreement (Decree 96/2023 Art. 88): cases, time to answer, returned, outcomes. No patient is named."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select

from app.base.actor import Actor
from app.base.clock import VIETNAM
from app.base.db import Tx
from app.base.i18n import Language
from app.base.spreadsheet import csv_table, local_cell, named_cell
from consults.agreements.access import agreement_for
from consults.agreements.models import ConsultBasis
from consults.grounds import LACK_NAMES, MODE_NAMES
from consults.lifecycle import OUTCOME_NAMES, STATE_NAMES
from consults.models import Consult, ConsultEvent
from consults.urgency import URGENCY_NAMES

MINUTE = timedelta(minutes=1)
HEAD = (
    "Case number",
    "Kind",
    "Urgency",
    "State",
    "Sent at",
    "Promised by",
    "Answered at",
    "Minutes to the opinion",
    "In time",
    "Times sent back",
    "Outcome",
    "Missing when sent",
)


@dataclass(frozen=True)
class CaseLine:
    """One case. `outcome`: as the referrer reported it, empty until then."""

    number: str
    mode: str
    urgency: str
    state: str
    requested_at: datetime
    promised_by: datetime | None
    answered_at: datetime | None
    minutes: int | None
    in_promise: bool | None
    returned: int
    outcome: str
    missing: str


@dataclass(frozen=True)
class YearlyReport:
    """The cases of a year in Vietnam, and their sums."""

    year: int
    lines: tuple[CaseLine, ...]

    @property
    def answered(self) -> int:
        return sum(line.answered_at is not None for line in self.lines)

    @property
    def in_promise(self) -> int:
        return sum(line.in_promise is True for line in self.lines)

    @property
    def returned(self) -> int:
        return sum(line.returned > 0 for line in self.lines)

    @property
    def median_minutes(self) -> int | None:
        """Half of the answers came sooner."""
        told = [line.minutes for line in self.lines if line.minutes is not None]
        return round(median(told)) if told else None

    @property
    def outcomes(self) -> dict[str, int]:
        """How often each outcome was reported."""
        told = [line.outcome for line in self.lines if line.outcome]
        return {outcome: told.count(outcome) for outcome in sorted(set(told))}


def yearly_report(tx: Tx, actor: Actor, agreement_id: str, year: int) -> YearlyReport:
    """For whoever may see the agreement."""
    agreement = agreement_for(tx, actor, agreement_id)
    first, end = datetime(year, 1, 1, tzinfo=VIETNAM), datetime(year + 1, 1, 1, tzinfo=VIETNAM)
    query = (
        select(Consult, ConsultBasis)
        .join(ConsultBasis, ConsultBasis.consult_id == Consult.id)
        .where(
            ConsultBasis.agreement_id == agreement.id,
            Consult.requested_at >= first,
            Consult.requested_at < end,
        )
        .order_by(Consult.requested_at, Consult.id)
    )
    return YearlyReport(
        year, tuple(_line(tx, consult, basis) for consult, basis in tx.session.execute(query))
    )


def _line(tx: Tx, consult: Consult, basis: ConsultBasis) -> CaseLine:
    happened = tx.session.scalars(
        select(ConsultEvent)
        .where(
            ConsultEvent.consult_id == consult.id,
            ConsultEvent.type.in_(("consult.held", "opinion.given", "outcome.reported")),
        )
        .order_by(ConsultEvent.number)
    ).all()
    answered = next((event.at for event in happened if event.type == "opinion.given"), None)
    outcomes = [event.data.get("agreement") for event in happened if event.type == "outcome.reported"]
    asked = consult.requested_at
    assert asked is not None  # the query's condition
    return CaseLine(
        number=consult.number,
        mode=basis.mode,
        urgency=consult.urgency,
        state=consult.state,
        requested_at=asked,
        promised_by=consult.due_at,
        answered_at=answered,
        minutes=round((answered - asked) / MINUTE) if answered else None,
        in_promise=answered <= consult.due_at if answered and consult.due_at else None,
        returned=sum(event.type == "consult.held" for event in happened),
        outcome=str(outcomes[-1]) if outcomes else "",
        missing=" ".join(basis.missing_when_sent),
    )


def csv_of(report: YearlyReport, language: Language) -> bytes:
    """One line a case; times are Vietnam's."""
    rows = (
        (
            line.number,
            named_cell(language, MODE_NAMES, line.mode),
            named_cell(language, URGENCY_NAMES, line.urgency),
            named_cell(language, STATE_NAMES, line.state),
            local_cell(line.requested_at),
            local_cell(line.promised_by),
            local_cell(line.answered_at),
            line.minutes,
            None if line.in_promise is None else int(line.in_promise),
            line.returned,
            named_cell(language, OUTCOME_NAMES, line.outcome),
            "; ".join(named_cell(language, LACK_NAMES, lack) for lack in line.missing.split()),
        )
        for line in report.lines
    )
    return csv_table(HEAD, rows, language)
