"""What can be asked and what is answered at each level: the one table for C-FIND, QIDO-RS and the page.

A key of a level above may be asked at a level below (PS3.18 10.6.1.2.1 calls it relational).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute

from app.archive.models import Instance, Patient, Series, Study

Column: TypeAlias = InstrumentedAttribute[Any] | ColumnElement[Any]


class Level(IntEnum):
    PATIENT = 0
    STUDY = 1
    SERIES = 2
    INSTANCE = 3


class Matching(StrEnum):
    """How a key matches (PS3.4 C.2.2.2)."""

    CLASSES = "classes"  # any of the study's images
    DATE = "date"  # one day, or a range
    ITEM = "item"  # the keys in the one item of a sequence
    MODALITIES = "modalities"  # any of the study's
    NAME = "name"  # the patient's, without accents and case
    NONE = "none"  # answered, never matched
    NUMBER = "number"
    PHYSICIAN = "physician"  # the referring physician's name, without accents and case
    TEXT = "text"  # wildcards, case counts
    TIME = "time"
    UID = "uid"  # one or a list


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """`column` is None for what is counted for each answer, and for a sequence, whose attributes are `items`."""

    keyword: str
    tag: str
    vr: str
    level: Level
    matching: Matching
    column: Column | None
    always: bool = True  # answered without being asked for
    items: "tuple[Attribute, ...]" = ()


_P, _S, _E, _I = Level
_M = Matching
_PROCEDURE = (
    Attribute("CodeValue", "00080100", "SH", _S, _M.TEXT, Study.procedure_code),
    Attribute("CodingSchemeDesignator", "00080102", "SH", _S, _M.TEXT, Study.procedure_code_scheme),
    Attribute("CodeMeaning", "00080104", "LO", _S, _M.TEXT, Study.procedure_code_meaning),
)
_REQUEST = (
    Attribute("ScheduledProcedureStepID", "00400009", "SH", _E, _M.TEXT, Series.scheduled_procedure_step_id),
    Attribute("RequestedProcedureID", "00401001", "SH", _E, _M.TEXT, Series.requested_procedure_id),
)
# Rows and columns stand at the beginning of the facts.
_FACTS = func.substr(Instance.facts, 1, 60)
ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("PatientName", "00100010", "PN", _P, _M.NAME, Patient.name),
    Attribute("PatientID", "00100020", "LO", _P, _M.TEXT, Patient.patient_id),
    Attribute("IssuerOfPatientID", "00100021", "LO", _P, _M.TEXT, Patient.issuer_of_patient_id),
    Attribute("PatientBirthDate", "00100030", "DA", _P, _M.DATE, Patient.birth_date),
    Attribute("PatientSex", "00100040", "CS", _P, _M.TEXT, Patient.sex),
    Attribute("NumberOfPatientRelatedStudies", "00201200", "IS", _P, _M.NONE, None, always=False),
    Attribute("NumberOfPatientRelatedSeries", "00201202", "IS", _P, _M.NONE, None, always=False),
    Attribute("NumberOfPatientRelatedInstances", "00201204", "IS", _P, _M.NONE, None, always=False),
    Attribute("StudyDate", "00080020", "DA", _S, _M.DATE, Study.study_date),
    Attribute("StudyTime", "00080030", "TM", _S, _M.TIME, Study.study_time),
    Attribute("AccessionNumber", "00080050", "SH", _S, _M.TEXT, Study.accession_number),
    Attribute("ModalitiesInStudy", "00080061", "CS", _S, _M.MODALITIES, Study.modalities),
    Attribute("SOPClassesInStudy", "00080062", "UI", _S, _M.CLASSES, None, always=False),
    Attribute("ReferringPhysicianName", "00080090", "PN", _S, _M.PHYSICIAN, Study.referring_physician_name),
    Attribute("StudyDescription", "00081030", "LO", _S, _M.TEXT, Study.description),
    Attribute("ProcedureCodeSequence", "00081032", "SQ", _S, _M.ITEM, None, always=False, items=_PROCEDURE),
    Attribute("PatientAge", "00101010", "AS", _S, _M.TEXT, Study.patient_age, always=False),
    Attribute("StudyInstanceUID", "0020000D", "UI", _S, _M.UID, Study.study_instance_uid),
    Attribute("StudyID", "00200010", "SH", _S, _M.TEXT, Study.study_id),
    Attribute("NumberOfStudyRelatedSeries", "00201206", "IS", _S, _M.NONE, Study.series_count),
    Attribute("NumberOfStudyRelatedInstances", "00201208", "IS", _S, _M.NONE, Study.instance_count),
    Attribute("SeriesDate", "00080021", "DA", _E, _M.DATE, Series.series_date),
    Attribute("SeriesTime", "00080031", "TM", _E, _M.TIME, Series.series_time),
    Attribute("Modality", "00080060", "CS", _E, _M.TEXT, Series.modality),
    Attribute("Manufacturer", "00080070", "LO", _E, _M.TEXT, Series.manufacturer, always=False),
    Attribute("InstitutionName", "00080080", "LO", _E, _M.TEXT, Series.institution_name, always=False),
    Attribute("StationName", "00081010", "SH", _E, _M.TEXT, Series.station_name, always=False),
    Attribute("SeriesDescription", "0008103E", "LO", _E, _M.TEXT, Series.description),
    Attribute("BodyPartExamined", "00180015", "CS", _E, _M.TEXT, Series.body_part),
    Attribute("SeriesInstanceUID", "0020000E", "UI", _E, _M.UID, Series.series_instance_uid),
    Attribute("SeriesNumber", "00200011", "IS", _E, _M.NUMBER, Series.number),
    Attribute("Laterality", "00200060", "CS", _E, _M.TEXT, Series.laterality),
    Attribute("NumberOfSeriesRelatedInstances", "00201209", "IS", _E, _M.NONE, Series.instance_count),
    Attribute("PerformedProcedureStepStartDate", "00400244", "DA", _E, _M.DATE, Series.performed_date),
    Attribute("PerformedProcedureStepStartTime", "00400245", "TM", _E, _M.TIME, Series.performed_time),
    Attribute("RequestAttributesSequence", "00400275", "SQ", _E, _M.ITEM, None, items=_REQUEST),
    Attribute("SOPClassUID", "00080016", "UI", _I, _M.UID, Instance.sop_class_uid),
    Attribute("SOPInstanceUID", "00080018", "UI", _I, _M.UID, Instance.sop_instance_uid),
    Attribute("AvailableTransferSyntaxUID", "00083002", "UI", _I, _M.NONE, Instance.transfer_syntax_uid),
    Attribute("InstanceNumber", "00200013", "IS", _I, _M.NUMBER, Instance.number),
    Attribute("NumberOfFrames", "00280008", "IS", _I, _M.NONE, Instance.frame_count),
    Attribute("Rows", "00280010", "US", _I, _M.NONE, _FACTS),
    Attribute("Columns", "00280011", "US", _I, _M.NONE, _FACTS),
)

_BY_NAME = {attribute.keyword: attribute for attribute in ATTRIBUTES} | {
    attribute.tag: attribute for attribute in ATTRIBUTES
}


def attribute_named(name: str) -> Attribute | None:
    """By keyword or by its eight hexadecimal digits; None when it is not among ours."""
    return _BY_NAME.get(name) or _BY_NAME.get(name.upper())


def attributes_of(level: Level) -> tuple[Attribute, ...]:
    """What a search at this level can answer, from the top down."""
    return tuple(attribute for attribute in ATTRIBUTES if attribute.level <= level)


UNIQUE = {
    Level.PATIENT: _BY_NAME["PatientID"],
    Level.STUDY: _BY_NAME["StudyInstanceUID"],
    Level.SERIES: _BY_NAME["SeriesInstanceUID"],
    Level.INSTANCE: _BY_NAME["SOPInstanceUID"],
}


MODALITIES, STUDY_DATE = _BY_NAME["ModalitiesInStudy"], _BY_NAME["StudyDate"]


def answered(level: Level, include: Iterable[str], *, only: bool) -> tuple[Attribute, ...]:
    """What is answered: what always is and `include`, or only `include` and the unique key; "all" is all."""
    names = set(include)
    if "all" in names:
        return attributes_of(level)
    named = {attribute_named(name) for name in names} | {UNIQUE[level]}
    return tuple(one for one in attributes_of(level) if one in named or (one.always and not only))
