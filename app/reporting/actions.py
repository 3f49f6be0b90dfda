"""Every write of a report."""

from collections.abc import Sequence

from app.archive.access import study_for
from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Forbidden, Invalid
from app.base.ids import new_id
from app.identity.queries import hospital
from app.reporting.access import report_for
from app.reporting.lifecycle import Status, Verb, next_status
from app.reporting.models import Report, ReportStudy, ReportVersion
from app.reporting.queries import ReportInfo, info_of

MAX_TEXT = 20_000


def create_report(tx: Tx, actor: Actor, *, study_ids: Sequence[str], conclusion: str) -> ReportInfo:
    """A preliminary report on studies the actor may see."""
    actor.check(Permission.REPORT_WRITE)
    if actor.hospital_id is None or not study_ids:
        raise Invalid("no_study", "A report needs a hospital that writes it and a study it speaks of.")
    for study_id in study_ids:
        study_for(tx, actor, study_id)
    report = Report(
        id=new_id(),
        hospital_id=actor.hospital_id,
        hospital_name=hospital(tx, actor.hospital_id).name,
        author_id=actor.id,
        author_name=actor.name,
        status=Status.PRELIMINARY,
        version=1,
        conclusion=_checked(conclusion),
        patient_text="",
        patient_text_by="",
        written_at=tx.now,
        changed_at=tx.now,
        studies=[ReportStudy(study_id=study_id) for study_id in dict.fromkeys(study_ids)],
    )
    tx.session.add(report)
    tx.session.flush()
    _keep_version(tx, actor, report)
    _record(tx, actor, report, "C")
    return info_of(report)


def revise_report(tx: Tx, actor: Actor, *, report_id: str, conclusion: str) -> ReportInfo:
    """A new text by the same author; the old one stays readable as a version."""
    report = _own(tx, actor, report_id)
    text = _checked(conclusion)
    status = next_status(Status(report.status), Verb.REVISE)
    if text == report.conclusion:
        return info_of(report)
    report.conclusion = text
    return _move(tx, actor, report, status)


def finalise_report(tx: Tx, actor: Actor, *, report_id: str) -> ReportInfo:
    """What was preliminary is final: whoever calls this has checked that its author's work is over."""
    actor.check(Permission.REPORT_WRITE)
    report = report_for(tx, actor, report_id, lock=True)
    status = next_status(Status(report.status), Verb.FINALISE)
    return info_of(report) if status == report.status else _move(tx, actor, report, status)


def cancel_report(tx: Tx, actor: Actor, *, report_id: str) -> ReportInfo:
    """A preliminary report that never became final, for instance because the consult was cancelled."""
    actor.check(Permission.REPORT_WRITE)
    report = report_for(tx, actor, report_id, lock=True)
    return _move(tx, actor, report, next_status(Status(report.status), Verb.CANCEL))


def write_patient_text(tx: Tx, actor: Actor, *, report_id: str, text: str) -> ReportInfo:
    """The same in plain words, for the patient; written by any doctor who may read the report."""
    actor.check(Permission.REPORT_WRITE)
    report = report_for(tx, actor, report_id, lock=True)
    if len(text) > MAX_TEXT:
        raise _too_long()
    if text.strip() != report.patient_text:
        report.patient_text = text.strip()
        report.patient_text_by, report.patient_text_at = actor.name, tx.now
        tx.session.flush()
        _record(tx, actor, report, "U")
    return info_of(report)


def _own(tx: Tx, actor: Actor, report_id: str) -> Report:
    actor.check(Permission.REPORT_WRITE)
    report = report_for(tx, actor, report_id, lock=True)
    if report.author_id != actor.id:
        raise Forbidden("not_author", "Only the doctor who wrote a report may change it.")
    return report


def _move(tx: Tx, actor: Actor, report: Report, status: Status) -> ReportInfo:
    report.status, report.version, report.changed_at = status, report.version + 1, tx.now
    tx.session.flush()
    _keep_version(tx, actor, report)
    _record(tx, actor, report, "U")
    return info_of(report)


def _checked(conclusion: str) -> str:
    text = conclusion.strip()
    if not text:
        raise Invalid("empty_conclusion", "Write the conclusion first.")
    if len(text) > MAX_TEXT:
        raise _too_long()
    return text


def _too_long() -> Invalid:
    return Invalid("text_too_long", "The text is too long: {count} characters are the most.", count=MAX_TEXT)


def _keep_version(tx: Tx, actor: Actor, report: Report) -> None:
    tx.session.add(
        ReportVersion(
            report_id=report.id,
            number=report.version,
            status=report.status,
            conclusion=report.conclusion,
            author_id=actor.id,
            author_name=actor.name,
            at=tx.now,
        )
    )
    tx.session.flush()


def _record(tx: Tx, actor: Actor, report: Report, action: Action) -> None:
    record(
        tx,
        actor,
        AuditKind.PROCEDURE_RECORD,
        action,
        subject_type="report",
        subject_id=report.id,
        hospital_id=report.hospital_id,
        detail={"status": str(report.status), "version": report.version},
    )
