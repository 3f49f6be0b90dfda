"""Every read of what there is of the patient from before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.archive.queries import StudyInfo, study_info
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from app.reporting.lifecycle import ISSUED
from app.reporting.queries import reports_of_study
from consults.access import consult_for, verbs_for
from consults.asking import description_of, further_studies
from consults.lifecycle import Verb
from consults.models import Consult


@dataclass(frozen=True)
class EarlierStudy:
    """Of the same patient, not in the case yet. `report_count`: issued reports on it, which go with it."""

    id: str
    description: str
    image_count: int
    report_count: int


@dataclass(frozen=True)
class EarlierReport:
    """Issued on a study of the case before anybody was asked."""

    id: str
    study: str
    author: str
    hospital: str
    at: datetime
    conclusion: str


@dataclass(frozen=True)
class Earlier:
    studies: tuple[EarlierStudy, ...]
    reports: tuple[EarlierReport, ...]


def earlier_of(tx: Tx, actor: Actor, consult_id: str) -> Earlier:
    """Studies for whoever may share them; reports on shared ones for everybody who sees their images."""
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, consult_id)
    may_share = Verb.SHARE in verbs_for(consult, actor)
    studies = tuple(_studies(tx, actor, consult)) if may_share else ()
    found = {report.id: report for report in _reports(tx, actor, consult)}  # one may speak of several studies
    return Earlier(studies, tuple(sorted(found.values(), key=lambda report: report.at, reverse=True)))


def _studies(tx: Tx, actor: Actor, consult: Consult) -> Iterator[EarlierStudy]:
    shared = {study.study_id for study in consult.studies}
    for study in further_studies(tx, actor, study_info(tx, actor, consult.studies[0].study_id)):
        if study.id not in shared:
            yield _earlier(tx, actor, study)


def _earlier(tx: Tx, actor: Actor, study: StudyInfo) -> EarlierStudy:
    issued = [report for report in reports_of_study(tx, actor, study.id) if report.status in ISSUED]
    return EarlierStudy(study.id, description_of(study), study.instance_count, len(issued))


def _reports(tx: Tx, actor: Actor, consult: Consult) -> Iterator[EarlierReport]:
    before = consult.requested_at or tx.now
    for study in consult.studies:
        try:
            found = reports_of_study(tx, actor, study.study_id)
        except NotFound:  # the right to it has ended
            continue
        for one in found:
            if one.status in ISSUED and one.written_at < before:
                at, text = one.written_at, one.conclusion
                yield EarlierReport(one.id, study.description, one.author_name, one.hospital_name, at, text)
