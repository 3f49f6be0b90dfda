"""Which images each side's doctors had on their screens: what a consult can print beside its answer."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from app.archive.access import study_for
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.reading.queries import StudyRead, readings_by
from consults.access import consult_for
from consults.lifecycle import Side
from consults.models import Consult, ConsultStudy, Participant


@dataclass(frozen=True)
class StudyOfReader:
    """What somebody read of one study, None: nothing of it. `withheld`: whoever asks may not open it now, so that
    its series are not named; what was read of them stays recorded.
    """

    description: str
    read: StudyRead | None
    withheld: bool


@dataclass(frozen=True)
class ReaderInfo:
    """Somebody who has been in the room, and each of its studies."""

    name: str
    hospital: str
    is_consulting: bool
    studies: tuple[StudyOfReader, ...]


@dataclass(frozen=True)
class ImagesRead:
    """All readers of a consult, those of the consulting hospital first."""

    number: str
    patient_name: str
    readers: tuple[ReaderInfo, ...]


def images_read(tx: Tx, actor: Actor, consult_id: str) -> ImagesRead:
    """For whoever sees the consult. Series are named to those who may open their study now: an answer that was given
    does not go on telling what arrives in a study whose right has ended.
    """
    consult = consult_for(tx, actor, consult_id)
    query = select(Participant).where(Participant.consult_id == consult.id).order_by(Participant.joined_at)
    people = tx.session.scalars(query).all()
    studies = [study.study_id for study in consult.studies]
    found = readings_by(tx, studies, [person.person_id for person in people])
    read = {(one.reader_id, one.study_id): one for one in found}
    ended = {study_id for study_id in studies if not _may_open(tx, actor, study_id)}
    readers = [_reader(consult, person, read, ended) for person in people]
    ordered = sorted(readers, key=lambda reader: not reader.is_consulting)
    return ImagesRead(consult.number, consult.patient_name, tuple(ordered))


def _may_open(tx: Tx, actor: Actor, study_id: str) -> bool:
    try:
        study_for(tx, actor, study_id)
    except NotFound:
        return False
    return True


def _reader(
    consult: Consult, person: Participant, read: dict[tuple[str, str], StudyRead], ended: set[str]
) -> ReaderInfo:
    def of_reader(study: ConsultStudy) -> StudyOfReader:
        found = read.get((person.person_id, study.study_id))
        withheld = study.study_id in ended
        return StudyOfReader(
            study.description, replace(found, series=()) if found and withheld else found, withheld
        )

    studies = tuple(of_reader(study) for study in consult.studies)
    return ReaderInfo(person.name, person.hospital, person.side == Side.CONSULTING, studies)
