"""What routing's codes are called on pages: sentences of the catalogue."""

from flask import Blueprint

from app.edge.language import gettext
from app.routing.compressing import SYNTAXES
from app.web.people import ROLES

KINDS = {
    "availability": "Availability notice",
    "commitment": "Storage commitment",
    "compress": "Compression",
    "grant": "Shared",
    "notify": "Notice",
    "study": "Images",
}
STATES = {
    "cancelled": "Cancelled",
    "delivered": "Delivered",
    "failed": "Failed",
    "sending": "Being sent",
    "waiting": "Waiting",
}
# Of what was done here, not sent.
STATES_HERE = STATES | {"delivered": "Done", "sending": "Being done"}
FETCH_STATES = {
    "cancelled": "Cancelled",
    "done": "Done",
    "failed": "Failed",
    "running": "Being fetched",
    "waiting": "Waiting",
}
TONES = {
    "delivered": "good",
    "done": "good",
    "failed": "bad",
    "running": "accent",
    "sending": "accent",
    "waiting": "warn",
}
ACTIONS = {
    "forward": "Send the images to a device",
    "availability": "Announce to a device that the images are here",
    "grant": "Let another hospital see the study",
    "notify": "Tell people here",
    "compress": "Compress the images without loss",
}
MOMENTS = {"completion": "When a study is complete", "arrival": "As soon as a study arrives"}
METHODS = {
    "auto": "By itself: C-MOVE, else C-GET",
    "move": "C-MOVE: the archive sends to us",
    "get": "C-GET: over the same connection",
}


def install(door: Blueprint) -> None:
    """For every template of routing."""
    words = {
        "actions": ACTIONS,
        "roles": {role.value: name for role, name, _ in ROLES},
        "states_here": STATES_HERE,
        "kinds": KINDS,
        "states": STATES,
        "fetch_states": FETCH_STATES,
        "tones": TONES,
    }
    door.add_app_template_global(lambda: words, "routing_words")


def pairs(words: dict[str, str]) -> list[tuple[str, str]]:
    """For a select: value and text in the reader's language."""
    return [(value, gettext(text)) for value, text in words.items()]


def syntaxes() -> list[tuple[str, str]]:
    """Proper names; HTJ2K first."""
    return list(SYNTAXES.items())
