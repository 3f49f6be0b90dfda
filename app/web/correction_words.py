"""Corrections in the words of a page."""

from app.archive.retention import RetentionClass
from app.archive.states import CorrectionKind, DeletionState, RejectionReason, SetAsideDecision
from app.archive.waiting import Confirmers
from app.edge.language import gettext

KINDS = {
    CorrectionKind.EDIT_PATIENT: "Patient's data changed",
    CorrectionKind.EDIT_SERIES: "Series changed",
    CorrectionKind.EDIT_STUDY: "Study changed",
    CorrectionKind.MERGE: "Studies merged",
    CorrectionKind.MERGE_PATIENTS: "Two patients made one",
    CorrectionKind.MOVE: "Moved to another patient",
    CorrectionKind.REJECT: "Rejected",
    CorrectionKind.SET_ASIDE: "Files set aside were added",
    CorrectionKind.SPLIT: "Study split",
}
REASONS = {
    RejectionReason.QUALITY: "Not good enough to read",
    RejectionReason.WRONG_PATIENT: "Wrong patient",
    RejectionReason.INCORRECT_WORKLIST_ENTRY: "Wrong entry of the worklist was chosen",
    RejectionReason.PATIENT_SAFETY: "Dangerous for the patient if used",
    RejectionReason.DATA_RETENTION_EXPIRED: "Kept long enough",
}
DECISIONS = {
    SetAsideDecision.DISCARD: (
        "Keep the first, discard this file",
        "The file is removed. Sent again, it is ignored.",
    ),
    SetAsideDecision.KEEP_BOTH: (
        "Keep both",
        "This image is shown beside the first, under an identifier of its own.",
    ),
    SetAsideDecision.OTHER_STUDY: (
        "It belongs to the other patient",
        "The files become a study of their own, under the patient they name.",
    ),
    SetAsideDecision.REPLACE: ("Replace the first by this", "The first image is rejected; its file stays."),
    SetAsideDecision.THIS_PATIENT: (
        "It belongs to the study's patient",
        "The images go into the study, with its patient's data.",
    ),
}
STATES = {
    DeletionState.DONE: ("Destroyed", "bad"),
    DeletionState.REFUSED: ("Refused", "plain"),
    DeletionState.REQUESTED: ("Waiting", "warn"),
    DeletionState.WITHDRAWN: ("Withdrawn", "plain"),
}
RETENTION = {
    RetentionClass.ORDINARY: "Ordinary record: 10 years",
    RetentionClass.ACCIDENT: "Accident at work or in traffic: 20 years",
    RetentionClass.PSYCHIATRIC: "Mental illness: 20 years",
    RetentionClass.TRANSPLANT: "Transplant: 30 years",
    RetentionClass.DEATH: "Death: 30 years",
    RetentionClass.PERMANENT: "Medical incident: for ever",
    RetentionClass.NOT_A_RECORD: "Not a record (test images): need not be kept",
}
FIELDS = {
    "accession_number": "Accession number",
    "birth_date": "Birth date",
    "body_part": "Body part",
    "description": "Description",
    "issuer_of_patient_id": "Issuer of the patient number",
    "laterality": "Side",
    "name": "Name",
    "patient_age": "Age",
    "patient_id": "Patient number",
    "referring_physician_name": "Referring physician",
    "sex": "Sex",
    "study_date": "Study date",
    "study_id": "Study ID",
    "study_time": "Study time",
}
CHOICES = {
    "laterality": {"L": "Left", "R": "Right", "B": "Both sides"},
    "sex": {"F": "Female", "M": "Male", "O": "Other"},
}


def who_confirms(who: Confirmers) -> str:
    """Who can confirm what was asked for, or what there is to do where nobody can."""
    names = ", ".join(who.names)
    if who.is_among:
        return gettext("You can confirm it.")
    if who.names:
        if who.is_asker:
            return gettext("An administrator other than you can confirm it: {names}.", names=names)
        return gettext(
            "An administrator other than {asker} can confirm it: {names}.", asker=who.asker, names=names
        )
    if not who.is_alone:
        return gettext("Only an administrator can confirm it, and your hospital has none.")
    if who.is_asker:
        return gettext(
            "Only an administrator other than you can confirm it, and your hospital has none. Invite one, or let a technician ask for it and confirm it yourself."
        )
    return gettext(
        "Only an administrator other than {asker} can confirm it, and your hospital has none. {asker} may invite one, or take this back: what a technician asks for, {asker} can confirm.",
        asker=who.asker,
    )
