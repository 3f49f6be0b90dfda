"""Asks another archive what studies it has: names as people write them, answers as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydicom.datadict import tag_for_keyword
from sqlalchemy import select

from app.archive import names
from app.archive.access import visible_studies
from app.archive.models import Study
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Unavailable
from app.routing.network import Network, Remote

MOST = 200
_RETURNED = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber",
    "StudyDescription", "ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances",
    "StudyInstanceUID",
)  # fmt: skip


@dataclass(frozen=True)
class RemoteSearch:
    """What is asked; empty fields ask for nothing. Dates are YYYYMMDD, both included."""

    name: str = ""
    patient_id: str = ""
    accession_number: str = ""
    date_from: str = ""
    date_to: str = ""
    modality: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing would be asked for: an archive's whole list is nobody's wish."""
        asked = (
            self.name,
            self.patient_id,
            self.accession_number,
            self.date_from,
            self.date_to,
            self.modality,
        )
        return not any(asked)


@dataclass(frozen=True)
class RemoteStudy:
    """One study as the other archive tells it."""

    study_instance_uid: str
    patient_name: str
    patient_id: str
    birth_date: str
    sex: str
    study_date: str
    study_time: str
    accession_number: str
    description: str
    modalities: tuple[str, ...]
    series_count: int
    instance_count: int


@dataclass(frozen=True)
class Held:
    """What is here of a study that the other archive has, too."""

    study_id: str
    instance_count: int


def search_remote(network: Network, remote: Remote, search: RemoteSearch) -> list[RemoteStudy]:
    """Newest first, at most 200. Names are asked as they were typed and without accents, because some archives keep
    them this way and some that. Raises Unavailable with a sentence.
    """
    found: dict[str, RemoteStudy] = {}
    refusal: Unavailable | None = None
    for name in _spellings(search.name):
        try:
            answers = network.find(remote, "STUDY", _keys(search, name), most=MOST)
        except Unavailable as error:
            refusal = refusal or error
            continue
        for study in map(_study, answers):
            if study.study_instance_uid:
                found.setdefault(study.study_instance_uid, study)
    if refusal is not None and not found:
        raise refusal
    newest = sorted(found.values(), key=lambda study: (study.study_date, study.study_time), reverse=True)
    return newest[:MOST]


def _spellings(name: str) -> list[str]:
    """With wildcards between the words, so that it does not matter which of them is called the family name."""
    words = name.replace("*", " ").replace("?", " ").replace("^", " ").split()
    typed = "*".join(words)
    plain = "*".join(names.fold(word).upper() for word in words)
    return list(dict.fromkeys(f"*{spelt}*" if spelt else "" for spelt in (plain, typed)))


def _keys(search: RemoteSearch, name: str) -> dict[str, str]:
    wanted = {
        "PatientName": name,
        "PatientID": search.patient_id,
        "AccessionNumber": search.accession_number,
        "ModalitiesInStudy": search.modality,
    }
    if search.date_from or search.date_to:
        wanted["StudyDate"] = f"{search.date_from}-{search.date_to}"
        if search.date_from == search.date_to:
            wanted["StudyDate"] = search.date_from
    return dict.fromkeys(_RETURNED, "") | wanted


def _study(answer: Mapping[str, Any]) -> RemoteStudy:
    text = {keyword: _texts(answer, keyword) for keyword in _RETURNED}

    def one(keyword: str) -> str:
        return text[keyword][0] if text[keyword] else ""

    return RemoteStudy(
        study_instance_uid=one("StudyInstanceUID"),
        patient_name=names.display(one("PatientName")),
        patient_id=one("PatientID"),
        birth_date=one("PatientBirthDate"),
        sex=one("PatientSex"),
        study_date=one("StudyDate"),
        study_time=one("StudyTime"),
        accession_number=one("AccessionNumber"),
        description=one("StudyDescription"),
        modalities=tuple(text["ModalitiesInStudy"]),
        series_count=_number(one("NumberOfStudyRelatedSeries")),
        instance_count=_number(one("NumberOfStudyRelatedInstances")),
    )


def _texts(answer: Mapping[str, Any], keyword: str) -> list[str]:
    """The values of an attribute of the DICOM JSON model, as text."""
    tag = f"{tag_for_keyword(keyword) or 0:08X}"
    values: Iterable[Any] = (answer.get(tag) or {}).get("Value") or ()
    plain = (value.get("Alphabetic", "") if isinstance(value, dict) else value for value in values)
    return [str(value).strip() for value in plain if value not in {None, ""}]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def held_here(tx: Tx, actor: Actor, uids: Iterable[str]) -> dict[str, Held]:
    """Of these studies those that the actor's hospital has, by UID."""
    actor.check(Permission.STUDY_FETCH)
    query = select(Study.study_instance_uid, Study.id, Study.instance_count).where(
        Study.study_instance_uid.in_(list(uids)),
        Study.hospital_id == actor.hospital_id,
        visible_studies(actor),
    )
    return {uid: Held(study_id, count) for uid, study_id, count in tx.session.execute(query)}
