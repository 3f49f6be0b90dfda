from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.archive.access import parts_of, study_for
from app.base.actor import Actor
from app.base.db import Tx
from app.reporting.access import report_for, visible_reports
from app.reporting.lifecycle import Status
from app.reporting.models import Report, ReportStudy


@dataclass(frozen=True)
class ReportInfo:
    """One report as others read it."""

    id: str
    status: Status
    version: int
    conclusion: str
    patient_text: str
    patient_text_by: str
    patient_text_at: datetime | None
    author_id: str
    author_name: str
    hospital_id: str
    hospital_name: str
    written_at: datetime
    changed_at: datetime
    study_ids: tuple[str, ...]


def info_of(report: Report) -> ReportInfo:
    """The row as plain data."""
    return ReportInfo(
        id=report.id,
        status=Status(report.status),
        version=report.version,
        conclusion=report.conclusion,
        patient_text=report.patient_text,
        patient_text_by=report.patient_text_by,
        patient_text_at=report.patient_text_at,
        author_id=report.author_id,
        author_name=report.author_name,
        hospital_id=report.hospital_id,
        hospital_name=report.hospital_name,
        written_at=report.written_at,
        changed_at=report.changed_at,
        study_ids=tuple(study.study_id for study in report.studies),
    )


def report_info(tx: Tx, actor: Actor, report_id: str) -> ReportInfo:
    """One report the actor may read; else NotFound."""
    return info_of(report_for(tx, actor, report_id))


def reports_of_study(tx: Tx, actor: Actor, study_id: str) -> list[ReportInfo]:
    """The reports on a study the actor may see, newest first."""
    study = study_for(tx, actor, study_id)
    on_study = select(ReportStudy.report_id).where(ReportStudy.study_id.in_(parts_of(study.id)))
    query = (
        select(Report)
        .where(Report.id.in_(on_study), visible_reports(actor), Report.status != Status.CANCELLED)
        .order_by(Report.written_at.desc(), Report.id.desc())
    )
    return [info_of(report) for report in tx.session.scalars(query)]
