"""Events of what was looked at before sending."""

from typing import Literal

from consults.event_base import Event, Payload
from consults.preflight.findings import FindingCode


class FoundBefore(Payload):
    """What stood against a study when it was sent."""

    code: FindingCode
    study_id: str
    detail: str


class CaseSentAsIsData(Payload):
    findings: list[FoundBefore]


class CaseSentAsIs(Event):
    """Sent all the same, by the actor of the event."""

    type: Literal["preflight.waived"] = "preflight.waived"
    data: CaseSentAsIsData


EVENTS: dict[str, type[Event]] = {"preflight.waived": CaseSentAsIs}
