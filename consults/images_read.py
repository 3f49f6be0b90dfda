"""Which images each side's doctors had on their screens: what a consult can print beside its answer."""

from dataclasses import dataclass

from sqlalchemy import select

from app.base.actor import Actor
from app.base.db import Tx
from app.reading.queries import StudyRead, readings_by
from consults.access import consult_for
from consults.lifecycle import Side
from consults.models import Consult, Participant


@dataclass(frozen=True)
class ReaderInfo:
    """Somebody who has been in the room; `studies`: what they read of each of its studies, None: nothing of it."""

    name: str
    hospital: str
    is_consulting: bool
    studies: tuple[tuple[str, StudyRead | None], ...]


@dataclass(frozen=True)
class ImagesRead:
    """All readers of a consult, those of the consulting hospital first."""

    number: str
    patient_name: str
    readers: tuple[ReaderInfo, ...]


def images_read(tx: Tx, actor: Actor, consult_id: str) -> ImagesRead:
    """For whoever sees the consult, also after the right to the images has ended."""
    consult = consult_for(tx, actor, consult_id)
    query = select(Participant).where(Participant.consult_id == consult.id).order_by(Participant.joined_at)
    people = tx.session.scalars(query).all()
    studies = [study.study_id for study in consult.studies]
    found = readings_by(tx, studies, [person.person_id for person in people])
    read = {(one.reader_id, one.study_id): one for one in found}
    readers = [_reader(consult, person, read) for person in people]
    ordered = sorted(readers, key=lambda reader: not reader.is_consulting)
    return ImagesRead(consult.number, consult.patient_name, tuple(ordered))


def _reader(consult: Consult, person: Participant, read: dict[tuple[str, str], StudyRead]) -> ReaderInfo:
    studies = tuple(
        (study.description, read.get((person.person_id, study.study_id))) for study in consult.studies
    )
    return ReaderInfo(person.name, person.hospital, person.side == Side.CONSULTING, studies)
