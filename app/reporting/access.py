"""The only way to a report: through a study one may see, or as somebody of the hospital that wrote it."""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.archive.access import visible_studies
from app.archive.models import Study
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from app.reporting.lifecycle import ISSUED
from app.reporting.models import Report, ReportStudy


def visible_reports(actor: Actor) -> ColumnElement[bool]:
    """Reports this actor may read. A patient's link shows none that its author may still change."""
    named = aliased(Study)  # perhaps merged into another since
    about_visible = exists(
        select(ReportStudy.study_id)
        .join(named, named.id == ReportStudy.study_id)
        .join(Study, Study.id == func.coalesce(named.merged_into_id, named.id))
        .where(ReportStudy.report_id == Report.id, visible_studies(actor))
    )
    if actor.kind is ActorKind.LINK:
        return and_(about_visible, Report.status.in_(ISSUED))
    if actor.hospital_id is None:
        return about_visible
    return or_(about_visible, Report.hospital_id == actor.hospital_id)


def report_for(tx: Tx, actor: Actor, report_id: str, *, lock: bool = False) -> Report:
    """The report, or NotFound; `lock` holds its row until the end of the transaction."""
    if not actor.allows(Permission.STUDY_READ):
        raise NotFound
    query = select(Report).where(Report.id == report_id, visible_reports(actor))
    report = tx.session.scalar(query.with_for_update(of=Report) if lock else query)
    if report is None:
        raise NotFound
    return report
