"""The room as a guest sees it who is never told whose images these are. What is not known to be harmless is left out;
what people wrote is searched for the patient's name and numbers, however spelled, and blackened.
"""

from typing import Any

from app.archive.identity import numbers_of
from app.archive.nameless import Scrubber
from app.base.db import Tx
from consults.models import Consult

OPEN_EVENTS = (
    "annotation.",
    "answer.",
    "consult.",
    "images.",
    "message.",
    "opinion.",
    "participant.",
    "recording.",
    "study.",
)
_CONSULT = frozenset(
    {
        "access_days",
        "access_ends_at",
        "allowed",
        "consulting",
        "due_at",
        "history",
        "id",
        "number",
        "opinion",
        "participants",
        "questions",
        "reason",
        "referring",
        "report_id",
        "return_reason",
        "resubmission",
        "state",
        "studies",
        "urgency",
    }
)
_TALK = ("annotations", "messages", "recordings")
_NOTHING: dict[str, Any] = {
    "attachments": {"files": [], "labs": []},
    "guests": [],
    "minutes": None,
}


def is_open_to_nameless(event_type: str) -> bool:
    """Whether such an event is shown at all."""
    return event_type.startswith(OPEN_EVENTS) and event_type != "consult.resubmitted"


def nameless_state(state: dict[str, Any], consult: Consult, scrub: Scrubber) -> dict[str, Any]:
    """Of the parts those of the talk itself."""
    opinions: dict[str, Any] = {"decision": None, "outcome": None, "readers": [], "wanted_at": None}
    shown = {name: value for name, value in state["consult"].items() if name in _CONSULT}
    patient = {"name": "", "id": "", "birth_date": None, "sex": consult.patient_sex}
    return {
        **{name: value for name, value in _NOTHING.items() if name in state},
        "consult": scrub.all(shown)
        | {"patient": patient, "number": case_number(consult), "basis": None, "offer": None},
        **{name: scrub.all(state[name]) for name in _TALK if name in state},
        "opinions": opinions,
        "head": state["head"],
        "me": state["me"],
    }


def nameless_data(data: dict[str, Any], consult: Consult, scrub: Scrubber) -> dict[str, Any]:
    """The same of what an event tells."""
    if "consult" in data:
        told = {name: value for name, value in data["consult"].items() if name in _CONSULT}
        if "number" in told:
            told["number"] = case_number(consult)
        data = data | {"consult": told}
    scrubbed: dict[str, Any] = scrub.all(data)
    return scrubbed


def case_number(consult: Consult) -> str:
    """Year and running number: the word before them names the hospital."""
    return "-".join(consult.number.rsplit("-", 2)[-2:])


def scrubber_of(tx: Tx, consult: Consult) -> Scrubber:
    """For the patient's name and day of birth, and the numbers of patient and orders: as the case was asked with and as
    the archive has them now.
    """
    born = consult.patient_birth_date
    numbers = {consult.patient_id, *numbers_of(tx, [study.study_id for study in consult.studies])}
    if len(born) == 8:
        numbers |= {born, born[6:] + born[4:6] + born[:4]}
    return Scrubber(sorted(numbers), consult.patient_name, born=born)
