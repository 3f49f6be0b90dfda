"""What may happen to the minutes, and when. Whatever changes the words needs the pen; reading does not."""

from enum import StrEnum

from app.base.errors import Conflict


class Standing(StrEnum):
    """Where the minutes stand. What was circulated and is written on is a draft again, to be read anew."""

    CIRCULATED = "circulated"
    CLOSED = "closed"
    DRAFT = "draft"


class Deed(StrEnum):
    """What somebody may do; also the last part of the address under /consults/<id>/minutes/."""

    CIRCULATE = "circulate"
    CLOSE = "close"
    HAND = "hand"
    READ = "read"
    REMARK = "remark"
    SAVE = "save"


WITH_PEN = frozenset({Deed.CIRCULATE, Deed.CLOSE, Deed.HAND, Deed.SAVE})
TABLE: dict[Standing, dict[Deed, Standing]] = {
    Standing.DRAFT: {
        Deed.CIRCULATE: Standing.CIRCULATED,
        Deed.HAND: Standing.DRAFT,
        Deed.SAVE: Standing.DRAFT,
    },
    Standing.CIRCULATED: {
        Deed.CLOSE: Standing.CLOSED,
        Deed.HAND: Standing.CIRCULATED,
        Deed.READ: Standing.CIRCULATED,
        Deed.REMARK: Standing.CIRCULATED,
        Deed.SAVE: Standing.DRAFT,
    },
    Standing.CLOSED: {},
}
STANDING_NAMES: dict[Standing, str] = {
    Standing.CIRCULATED: "To be read",
    Standing.CLOSED: "Closed",
    Standing.DRAFT: "Being written",
}


def next_standing(standing: Standing, deed: Deed) -> Standing:
    """Where the deed leads; raises Conflict."""
    led = TABLE[standing].get(deed)
    if led is None:
        raise Conflict("wrong_state", "The minutes are in a state that does not allow this. Reload the page.")
    return led


def allowed_deeds(standing: Standing, *, has_pen: bool) -> list[Deed]:
    """Everything somebody with or without the pen may do now, alphabetical."""
    return sorted(deed for deed in TABLE[standing] if has_pen or deed not in WITH_PEN)
