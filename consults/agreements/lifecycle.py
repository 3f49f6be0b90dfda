"""What may happen to an agreement, and when: one table."""

from enum import StrEnum

from app.base.errors import Conflict


class Standing(StrEnum):
    """Where an agreement stands."""

    ACTIVE = "active"
    DRAFT = "draft"
    ENDED = "ended"
    PROPOSED = "proposed"


class Deed(StrEnum):
    """What somebody may do with it; also the last part of the address."""

    AGREE = "agree"
    DISCARD = "discard"
    EDIT = "edit"
    END = "end"
    PROPOSE = "propose"
    RETURN = "return"
    REVISE = "revise"


class Who(StrEnum):
    """Whose administrators may: of the hospital that wrote it, or of either."""

    AUTHOR = "author"
    PARTY = "party"


TABLE: dict[Standing, dict[Deed, tuple[Standing, Who]]] = {
    Standing.DRAFT: {
        Deed.DISCARD: (Standing.ENDED, Who.AUTHOR),
        Deed.EDIT: (Standing.DRAFT, Who.AUTHOR),
        Deed.PROPOSE: (Standing.PROPOSED, Who.AUTHOR),
    },
    Standing.PROPOSED: {
        Deed.AGREE: (Standing.ACTIVE, Who.PARTY),  # once both hospitals have agreed
        Deed.RETURN: (Standing.DRAFT, Who.PARTY),
    },
    Standing.ACTIVE: {
        Deed.END: (Standing.ENDED, Who.PARTY),
        Deed.REVISE: (Standing.ACTIVE, Who.PARTY),  # makes a draft of the next version
    },
    Standing.ENDED: {},
}
STANDING_NAMES: dict[Standing, str] = {
    Standing.ACTIVE: "In force",
    Standing.DRAFT: "Draft",
    Standing.ENDED: "Ended",
    Standing.PROPOSED: "Proposed",
}


def next_standing(standing: Standing, deed: Deed) -> tuple[Standing, Who]:
    """Where the deed leads and whose it is; raises Conflict where it leads nowhere."""
    found = TABLE[standing].get(deed)
    if found is None:
        raise Conflict(
            "wrong_state", "The agreement is in a state that does not allow this. Reload the page."
        )
    return found
