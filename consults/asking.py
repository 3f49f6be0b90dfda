"""What has to be true before anybody is asked: whom, about whose images, under which number."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.archive.queries import StudyInfo, StudyQuery, list_studies, study_info
from app.base.actor import ALLOWED, Actor, Permission, Role
from app.base.db import Tx
from app.base.errors import Invalid
from app.identity.queries import PersonInfo, hospital, hospitals, people_of, person_info
from consults.models import ConsultCounter, ConsultStudy
from consults.schemas import CreateConsult


@dataclass(frozen=True)
class Address:
    """Who is asked: the specialists of a hospital, or one of them."""

    hospital_id: str
    person_id: str | None


@dataclass(frozen=True)
class Choice:
    """A hospital one may ask, with its specialists."""

    hospital_id: str
    hospital_name: str
    specialists: tuple[PersonInfo, ...]


def can_answer(person: PersonInfo) -> bool:
    """Whether somebody may be asked by name."""
    return person.active and any(Permission.CONSULT_ANSWER in ALLOWED[role] for role in person.roles)


def choices(tx: Tx, actor: Actor) -> list[Choice]:
    """Every other hospital that has a specialist."""
    found = [
        Choice(home.id, home.name, people_of(tx, actor, home.id, role=Role.SPECIALIST))
        for home in hospitals(tx)
        if home.id != actor.hospital_id
    ]
    return [choice for choice in found if choice.specialists]


def address_of(tx: Tx, actor: Actor, wish: CreateConsult) -> Address:
    """Whom the wish asks. Raises Invalid when nobody there could answer."""
    if wish.person_id is not None:
        person = person_info(tx, wish.person_id)
        if person.hospital_id is None or not can_answer(person):
            raise Invalid("not_a_specialist", "This person cannot be asked. Choose a specialist.")
        address = Address(person.hospital_id, person.id)
    else:
        assert wish.hospital_id is not None
        address = Address(hospital(tx, wish.hospital_id).id, None)
    if address.hospital_id == actor.hospital_id:
        raise Invalid("own_hospital", "A consult is asked of another hospital. Choose another one.")
    if address.person_id is None and not people_of(tx, actor, address.hospital_id, role=Role.SPECIALIST):
        raise Invalid("no_specialist", "This hospital has no specialist here yet. Choose another one.")
    return address


def studies_of_one_patient(tx: Tx, actor: Actor, study_ids: Iterable[str]) -> list[StudyInfo]:
    """The studies, in the order named. Raises Invalid unless all are the hospital's own and of one patient."""
    found = [study_info(tx, actor, study_id) for study_id in dict.fromkeys(study_ids)]
    if any(study.shared for study in found):
        raise Invalid("foreign_study", "Only studies of your own hospital can be sent. Choose others.")
    if len({study.patient_key for study in found}) > 1:
        raise Invalid(
            "several_patients", "The studies belong to different patients. Send one consult for each."
        )
    return found


def further_studies(tx: Tx, actor: Actor, study: StudyInfo) -> list[StudyInfo]:
    """Other studies of the same patient at the same hospital, newest first."""
    asked = StudyQuery(text=study.patient_id or study.patient_name, hospital_id=study.hospital_id, limit=100)
    found = list_studies(tx, actor, asked).studies
    return [other for other in found if other.id != study.id and other.patient_key == study.patient_key]


def description_of(study: StudyInfo) -> str:
    """What a study is called in the room: modalities, description, day."""
    parts = ("/".join(study.modalities), study.description, day_of(study.study_date))
    return " · ".join(part for part in parts if part)[:400]


def day_of(date: str) -> str:
    """A DICOM date as people here write it; a year alone stays a year."""
    return f"{date[6:8]}/{date[4:6]}/{date[:4]}" if len(date) == 8 else date


def rows_for(studies: Sequence[StudyInfo]) -> list[ConsultStudy]:
    """Their rows in the consult."""
    return [
        ConsultStudy(study_id=study.id, place=place, description=description_of(study))
        for place, study in enumerate(studies, start=1)
    ]


def next_label(tx: Tx, hospital_id: str) -> str:
    """The number people say on the telephone: hospital, year, running number."""
    year = tx.now.year
    last = _counted(tx, hospital_id, year)
    if last is None:
        with suppress(IntegrityError), tx.session.begin_nested():  # somebody else may just begin the year too
            tx.session.add(ConsultCounter(hospital_id=hospital_id, year=year, last=0))
        last = _counted(tx, hospital_id, year)
    return f"{hospital(tx, hospital_id).slug.upper()}-{year}-{last:04}"


def _counted(tx: Tx, hospital_id: str, year: int) -> int | None:
    counted = (
        update(ConsultCounter)
        .where(ConsultCounter.hospital_id == hospital_id, ConsultCounter.year == year)
        .values(last=ConsultCounter.last + 1)
        .returning(ConsultCounter.last)
        .execution_options(synchronize_session=False)
    )
    return tx.session.execute(counted).scalar_one_or_none()
