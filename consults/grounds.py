"""Why a case may be sent: its mode, the ground for passing the patient's data, and that the patient was informed.

Two legal acts are kept apart: a consultation, where the referrer decides and stays responsible, and remote reading as
a service, where the reader does.
"""

from enum import StrEnum

from consults.event_base import Moment, Payload


class Mode(StrEnum):
    """How the two hospitals work on the case."""

    CONFERENCE = "conference"  # TELECONSULT_MDT
    CONSULTATION = "consultation"  # INTER_FACILITY_SUPPORT, Law 15/2023 Art. 80.2
    REMOTE_READING = "remote-reading"


class Ground(StrEnum):
    """What allows passing the patient's data to another provider: Law 91/2025 Art. 26.2."""

    EMERGENCY = "emergency"  # Art. 19.1
    OTHER = "other"  # another ground of Art. 19.1, named in the note
    PATIENT_REQUEST = "patient-request"
    REPRESENTATIVE_REQUEST = "representative-request"


class Told(StrEnum):
    """How the patient was informed."""

    REPRESENTATIVE = "representative"
    SPOKEN = "spoken"
    WRITTEN = "written"


class Lack(StrEnum):
    """What a case may miss when it is to be sent."""

    AGREEMENT = "agreement"
    GROUND = "ground"
    INFORMED = "informed"


class AgreementRef(Payload):
    """The agreement as it was when the case was sent. `minutes`: the answer time promised for this urgency."""

    id: str
    number: str
    version: int
    minutes: int


class InformedData(Payload):
    """Who told the patient, when, and how."""

    by: str
    at: Moment
    how: Told


class BasisData(Payload):
    """The basis of a case. `reminders`: how often the referrer was asked for what is missing."""

    mode: Mode
    agreement: AgreementRef | None
    ground: Ground | None
    ground_note: str
    informed: InformedData | None
    paper: str | None
    missing: list[Lack]
    settled_at: Moment | None
    reminders: int
    remind_at: Moment | None


LACK_NAMES: dict[Lack, str] = {
    Lack.AGREEMENT: "Agreement",
    Lack.GROUND: "Ground for passing the patient's data",
    Lack.INFORMED: "The patient was informed",
}
MODE_NAMES: dict[Mode, str] = {
    Mode.CONFERENCE: "Conference of several hospitals",
    Mode.CONSULTATION: "Consultation: you decide and stay responsible",
    Mode.REMOTE_READING: "Remote reading as a service",
}
GROUND_NAMES: dict[Ground, str] = {
    Ground.EMERGENCY: "Emergency: to protect life or health (Law 91/2025, Art. 19.1)",
    Ground.OTHER: "Another ground of Law 91/2025, Art. 19.1, named below",
    Ground.PATIENT_REQUEST: "The patient asked for it in writing (Law 91/2025, Art. 26.2)",
    Ground.REPRESENTATIVE_REQUEST: "The patient's representative asked for it in writing (Art. 26.2)",
}
TOLD_NAMES: dict[Told, str] = {
    Told.REPRESENTATIVE: "the representative was told",
    Told.SPOKEN: "spoken",
    Told.WRITTEN: "in writing",
}
