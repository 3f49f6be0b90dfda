"""The small vocabularies of patients' links."""

from enum import StrEnum


class Factor(StrEnum):
    """What is asked of whoever holds the link: the best that is known of the patient."""

    BIRTH_DATE = "birth-date"
    BIRTH_YEAR = "birth-year"
    CODE = "code"


class LinkState(StrEnum):
    EXPIRED = "expired"
    LOCKED = "locked"
    OPEN = "open"
    REVOKED = "revoked"


class Outcome(StrEnum):
    """What an attempt to open a link came to."""

    LOCKED = "locked"
    OPENED = "opened"
    WRONG = "wrong"
