"""What may stand against sending a study, in words. A table: code, sentence, and where it is mended."""

from dataclasses import dataclass
from enum import StrEnum

from app.base.actor import Permission


class FindingCode(StrEnum):
    """`incomplete` alone is a note: a case may go while the rest of its images arrives."""

    CHARSET = "charset"
    DAMAGED = "damaged"
    IDENTITY = "identity"
    INCOMPLETE = "incomplete"
    LATERALITY = "laterality"
    MISSING_SERIES = "missing-series"
    SPACING = "spacing"


LACKING = ("name", "patient number", "date of birth", "files under other patient data")
"""What `detail` of `identity` names, in the order of the sentence; messages of the catalogue."""

NOTES = frozenset({FindingCode.INCOMPLETE})
SENTENCES: dict[FindingCode, str] = {
    FindingCode.CHARSET: "The machine does not say how it writes names: the name shown is guessed.",
    FindingCode.DAMAGED: "Stored images are damaged and cannot be shown: {detail}",
    FindingCode.IDENTITY: "The patient's data are not whole or not the same in all files: {detail}",
    FindingCode.INCOMPLETE: "Images are still arriving: {detail} so far.",
    FindingCode.LATERALITY: "Right or left is not said, or not to be relied on: {detail}",
    FindingCode.MISSING_SERIES: "The protocol wants a series that is not here: {detail}",
    FindingCode.SPACING: "Nothing can be measured in millimetres: {detail}",
}
MENDS: dict[FindingCode, tuple[str, Permission, str]] = {
    FindingCode.CHARSET: (
        "/devices/{device}/reading",
        Permission.STUDY_CORRECT,
        "Say how this machine writes",
    ),
    FindingCode.IDENTITY: ("/studies/{study}/corrections", Permission.STUDY_CORRECT, "Correct the patient"),
    FindingCode.LATERALITY: ("/studies/{study}/corrections", Permission.STUDY_CORRECT, "Correct the series"),
}


@dataclass(frozen=True)
class Finding:
    """`mend`: where one click leads, empty where this person cannot mend it there. `may_come`: images still arrive that
    may bring what is missing.
    """

    code: FindingCode
    study_id: str
    detail: str = ""
    mend: str = ""
    mend_label: str = ""
    may_come: bool = False

    @property
    def sentence(self) -> str:
        """A message of the catalogue; `detail` goes into it."""
        return SENTENCES[self.code]

    @property
    def is_note(self) -> bool:
        """Needs no word: it goes away by itself."""
        return self.may_come or self.code in NOTES
