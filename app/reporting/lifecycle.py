"""What may happen to a report, and when: one table. The words are those of FHIR DiagnosticReport.status."""

from enum import StrEnum

from app.base.errors import Conflict


class Status(StrEnum):
    """`preliminary` may still change; `final` is what its author stands for; a later change makes it `amended`."""

    AMENDED = "amended"
    CANCELLED = "cancelled"
    FINAL = "final"
    PRELIMINARY = "preliminary"


class Verb(StrEnum):
    CANCEL = "cancel"
    FINALISE = "finalise"
    REVISE = "revise"


TABLE: dict[Status, dict[Verb, Status]] = {
    Status.AMENDED: {Verb.FINALISE: Status.AMENDED, Verb.REVISE: Status.AMENDED},
    Status.CANCELLED: {},
    Status.FINAL: {Verb.FINALISE: Status.FINAL, Verb.REVISE: Status.AMENDED},
    Status.PRELIMINARY: {
        Verb.CANCEL: Status.CANCELLED,
        Verb.FINALISE: Status.FINAL,
        Verb.REVISE: Status.PRELIMINARY,
    },
}
ISSUED = frozenset({Status.AMENDED, Status.FINAL})


def next_status(status: Status, verb: Verb) -> Status:
    """Where `verb` leads from `status`; raises Conflict where the table has no such step."""
    found = TABLE[status].get(verb)
    if found is None:
        raise Conflict("wrong_status", "The report is in a status that does not allow this. Reload the page.")
    return found
