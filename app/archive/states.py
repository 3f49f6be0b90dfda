"""The small vocabularies of the archive."""

from dataclasses import dataclass
from enum import StrEnum


class StudyState(StrEnum):
    """Complete: no sender is at work on it and no image came for a while. A later image makes it arrive again."""

    ARRIVING = "arriving"
    COMPLETE = "complete"


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
