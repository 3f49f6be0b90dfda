"""What a blind reader is kept from until their own reading is given: everything somebody else thought of the case."""

from typing import Any

# Of the case itself, and of who takes part. Which files: consults.attachments.queries.
OPEN_EVENTS = (
    "attachment.",
    "basis.",
    "consult.",
    "lab.",
    "labs.",
    "participant.",
    "preflight.",
    "reader.ended",
    "reader.invited",
    "starts.",
    "study.",
)
OPEN_PARTS = frozenset({"attachments", "consult", "head", "me", "preflight", "starts"})
NOTHING_SAID: dict[str, Any] = {"decision": None, "outcome": None, "wanted_at": None}


def is_open_to_blind(event_type: str) -> bool:
    """Whether such an event says nothing of what others concluded."""
    return event_type.startswith(OPEN_EVENTS)


def reticent(data: dict[str, Any]) -> dict[str, Any]:
    """What an event says, without why the case was opened again: that is mostly what its opinion missed."""
    return data | {"consult": _reticent(data["consult"])} if "consult" in data else data


def _reticent(consult: dict[str, Any]) -> dict[str, Any]:
    return consult | {"reason": None} if "reason" in consult else consult


def concealed(state: dict[str, Any]) -> dict[str, Any]:
    """The room's state as a blind reader may see it; parts that are not known to be harmless are left out."""
    consult = state["consult"]
    unanswered = [question | {"answer": None, "answered_by": None} for question in consult["questions"]]
    readers = [reader | {"consented_at": None, "reading": None} for reader in state["opinions"]["readers"]]
    return {
        **{part: told for part, told in state.items() if part in OPEN_PARTS},
        "consult": _reticent(consult) | {"questions": unanswered, "opinion": None, "report_id": None},
        "messages": [],
        "annotations": [],
        "opinions": NOTHING_SAID | {"readers": readers},
    }
