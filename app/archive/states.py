"""The small vocabularies of the archive."""

from dataclasses import dataclass
from enum import StrEnum


class StudyState(StrEnum):
    """Complete: no sender is at work on it and no image came for a while. A later image makes it arrive again."""

    ARRIVING = "arriving"
    COMPLETE = "complete"


class RejectionReason(StrEnum):
    """DICOM PS3.16 CID 7011, and one of ours; alphabetical by name."""

    DATA_RETENTION_EXPIRED = "113039"
    INCORRECT_WORKLIST_ENTRY = "113038"
    PATIENT_SAFETY = "113037"
    QUALITY = "113001"
    WRONG_PATIENT = "wrong-patient"


DESTROYED = "destroyed"  # in `Study.rejected`: the row that is left of a study, for what still refers to it


class CorrectionKind(StrEnum):
    """What a person changed."""

    EDIT_PATIENT = "edit-patient"  # the person, in all their studies
    EDIT_SERIES = "edit-series"
    EDIT_STUDY = "edit-study"
    MERGE = "merge"
    MERGE_PATIENTS = "merge-patients"
    MOVE = "move"  # to another patient
    REJECT = "reject"
    SET_ASIDE = "set-aside"  # files under other patient data were said to belong here
    SPLIT = "split"


class DeletionState(StrEnum):
    """Asked by one person, done or refused by a second; withdrawn by who asked."""

    DONE = "done"
    REFUSED = "refused"
    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"


class SetAsideDecision(StrEnum):
    """What became of a file that contradicted what is here."""

    DISCARD = "discard"
    KEEP_BOTH = "keep-both"  # the new one leaves under an identifier of its own
    OTHER_STUDY = "other-study"  # of the other patient: a study of its own
    REPLACE = "replace"  # the first one is rejected
    SAME = "same"  # the same image in another encoding
    THIS_PATIENT = "this-patient"  # it belongs to the patient the study is under


class GranteeType(StrEnum):
    HOSPITAL = "hospital"
    LINK = "link"
    PERSON = "person"


OWN_HOSPITAL = "own-hospital"  # the reason of the right that a study's own hospital has


class SourceKind(StrEnum):
    """By which door an instance came."""

    DIMSE = "dimse"
    IMPORT = "import"
    STOW = "stow"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Source:
    """Where an instance comes from. All that one sender brings in one go shares the `association_id`."""

    kind: SourceKind
    association_id: str
    peer: str = ""
    device_id: str | None = None  # the registered device that brings it
