"""What of a header becomes columns: the patient, study, series and instance it speaks of, cleaned of padding,
cut to the length of the columns, impossible dates and times left out.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from app.archive import names
from app.archive.header import Header
from app.archive.uids import check_uid

_DATE = re.compile(r"(\d{4})[.\-]?(0[1-9]|1[0-2])[.\-]?(0[1-9]|[12]\d|3[01])")
_YEAR_ONLY = re.compile(r"(19|20)\d\d(0000)?")
_TIME = re.compile(r"([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d|60)(\.\d{1,6})?)?)?")


@dataclass(frozen=True, slots=True)
class PatientValues:
    patient_id: str
    issuer_of_patient_id: str
    name: str
    birth_date: str
    sex: str
    guessed_charset: str = ""  # in which the name was read without anybody's word for it

    def contradicts(self, other: "PatientValues") -> bool:
        """Whether both cannot be one person. What one of them leaves empty contradicts nothing."""
        mine = (self.patient_id, self.issuer_of_patient_id, names.words(self.name), self.birth_date)
        theirs = (other.patient_id, other.issuer_of_patient_id, names.words(other.name), other.birth_date)
        return any(a and b and a != b for a, b in zip(mine, theirs, strict=True))

    def identity_key(self, study_instance_uid: str) -> str:
        """Equal for studies of one person: same number, issuer, name and birth date. Without a number nobody is
        ever taken for somebody else, so such a key holds for one study.
        """
        name = " ".join(names.words(self.name))
        parts = (self.patient_id, self.issuer_of_patient_id, name, self.birth_date)
        if not self.patient_id:
            return sha256("\0".join((*parts, study_instance_uid)).encode()).hexdigest()
        return sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StudyValues:
    study_instance_uid: str
    study_date: str
    study_time: str
    accession_number: str
    study_id: str
    description: str
    referring_physician_name: str
    patient_age: str
    procedure_code: str
    procedure_code_scheme: str
    procedure_code_meaning: str
    guessed_charset: str = ""


@dataclass(frozen=True, slots=True)
class SeriesValues:
    series_instance_uid: str
    number: int | None
    modality: str
    description: str
    body_part: str
    laterality: str
    series_date: str
    series_time: str
    performed_date: str
    performed_time: str
    institution_name: str
    station_name: str
    manufacturer: str
    requested_procedure_id: str
    scheduled_procedure_step_id: str


@dataclass(frozen=True, slots=True)
class InstanceValues:
    sop_class_uid: str
    sop_instance_uid: str
    number: int | None


def patient_values(header: Header) -> PatientValues:
    name = header.text(0x00100010, 324)
    return PatientValues(
        patient_id=header.text(0x00100020, 64),
        issuer_of_patient_id=header.text(0x00100021, 64),
        name=name,
        birth_date=birth_date(header.code(0x00100030)),
        sex=header.code(0x00100040)[:16],
        guessed_charset="" if name.isascii() else header.guessed_charset,
    )


def study_values(header: Header) -> StudyValues:
    description, physician = header.text(0x00081030, 255), header.text(0x00080090, 324)
    code = header.item(0x00081032)
    return StudyValues(
        study_instance_uid=check_uid(header.uid(0x0020000D), "StudyInstanceUID"),
        study_date=date(header.code(0x00080020)),
        study_time=time(header.code(0x00080030)),
        accession_number=header.text(0x00080050, 64),
        study_id=header.text(0x00200010, 64),
        description=description,
        referring_physician_name=physician,
        patient_age=header.code(0x00101010)[:4],
        procedure_code=_text_in(code, 0x00080100),
        procedure_code_scheme=_text_in(code, 0x00080102),
        procedure_code_meaning=_text_in(code, 0x00080104),
        guessed_charset="" if (description + physician).isascii() else header.guessed_charset,
    )


def _text_in(item: Header | None, tag: int) -> str:
    return "" if item is None else item.text(tag, 64)


def series_values(header: Header) -> SeriesValues:
    request = header.item(0x00400275)
    return SeriesValues(
        series_instance_uid=check_uid(header.uid(0x0020000E), "SeriesInstanceUID"),
        number=small(header.integer(0x00200011)),
        modality=header.code(0x00080060)[:16],
        description=header.text(0x0008103E, 255),
        body_part=header.code(0x00180015)[:64],
        laterality=header.code(0x00200060)[:16],
        series_date=date(header.code(0x00080021)),
        series_time=time(header.code(0x00080031)),
        performed_date=date(header.code(0x00400244)),
        performed_time=time(header.code(0x00400245)),
        institution_name=header.text(0x00080080, 64),
        station_name=header.text(0x00081010, 64),
        manufacturer=header.text(0x00080070, 64),
        requested_procedure_id=_text_in(request, 0x00401001),
        scheduled_procedure_step_id=_text_in(request, 0x00400009),
    )


def instance_values(header: Header) -> InstanceValues:
    return InstanceValues(
        sop_class_uid=check_uid(header.uid(0x00080016), "SOPClassUID"),
        sop_instance_uid=check_uid(header.uid(0x00080018), "SOPInstanceUID"),
        number=small(header.integer(0x00200013)),
    )


def small(number: int | None) -> int | None:
    """What an integer column holds."""
    return number if number is not None and abs(number) < 1 << 31 else None


def date(text: str) -> str:
    """YYYYMMDD, also from the older YYYY.MM.DD (PS3.5 table 6.2-1); empty when it is none."""
    found = _DATE.fullmatch(text)
    return "".join(found.groups()) if found else ""


def birth_date(text: str) -> str:
    """As `date`; only the year where a machine sends YYYY or YYYY0000 because nobody knows more."""
    return date(text) or (text[:4] if _YEAR_ONLY.fullmatch(text) else "")


def time(text: str) -> str:
    """HHMMSS and fraction as sent, colons of older editions removed; empty when it is none."""
    found = _TIME.fullmatch(text)
    return "".join(part for part in found.groups() if part) if found else ""
