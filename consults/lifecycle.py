"""What may happen in a consult, when, and on whose wish: one table. States are those of FHIR Task.status."""

from enum import StrEnum
from typing import NamedTuple

from app.base.errors import Conflict, Forbidden


class State(StrEnum):
    """Where a consult stands. `on-hold` is a case sent back with a reason."""

    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    DRAFT = "draft"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    REJECTED = "rejected"
    REQUESTED = "requested"


class Verb(StrEnum):
    """What somebody may wish; also the last part of the address under /consults/<id>/."""

    ACCEPT = "accept"
    ANNOTATE = "annotate"
    ANSWER = "answer"
    CANCEL = "cancel"
    COMPLETE = "complete"
    CONCLUDE = "conclude"
    DECIDE = "decide"
    DISCUSS = "discuss"
    EDIT = "edit"
    HOLD = "hold"
    OUTCOME = "outcome"
    REJECT = "reject"
    REOPEN = "reopen"
    REQUEST = "request"
    RESCHEDULE = "reschedule"
    RESUBMIT = "resubmit"
    RESUME = "resume"
    SHARE = "share"
    START = "start"
    WITHDRAW = "withdraw"


class ReturnReason(StrEnum):
    """Why a case was sent back to the referrer."""

    MISSING_SERIES = "missing-series"
    OTHER = "other"
    POOR_IMAGE = "poor-image"
    UNCLEAR_QUESTION = "unclear-question"
    WRONG_PATIENT = "wrong-patient"


class Follows(StrEnum):
    """How far the referrer's decision follows the opinion."""

    FULLY = "fully"
    NOT = "not"
    PARTLY = "partly"


class Agreement(StrEnum):
    """Whether the outcome agrees with the opinion."""

    AGREE = "agree"
    DISAGREE = "disagree"
    PARTLY = "partly"


class Side(StrEnum):
    """The two hospitals of a consult."""

    CONSULTING = "consulting"
    REFERRING = "referring"


class Seat(StrEnum):
    """What one is in this consult. Whoever accepted has the consultant's seat and the specialist's."""

    CONSULTANT = "consultant"
    REFERRER = "referrer"
    SPECIALIST = "specialist"


class Step(NamedTuple):
    """Where a verb leads, and who may use it."""

    to: State
    seats: frozenset[Seat]


CONSULTANT = frozenset({Seat.CONSULTANT})
REFERRER = frozenset({Seat.REFERRER})
SPECIALIST = frozenset({Seat.SPECIALIST})
EITHER_END = CONSULTANT | REFERRER
EVERYBODY = REFERRER | SPECIALIST

TABLE: dict[State, dict[Verb, Step]] = {
    State.DRAFT: {
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.EDIT: Step(State.DRAFT, REFERRER),
        Verb.REQUEST: Step(State.REQUESTED, REFERRER),
    },
    State.REQUESTED: {
        Verb.ACCEPT: Step(State.ACCEPTED, SPECIALIST),
        Verb.ANNOTATE: Step(State.REQUESTED, EVERYBODY),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.DISCUSS: Step(State.REQUESTED, EVERYBODY),
        Verb.HOLD: Step(State.ON_HOLD, SPECIALIST),
        Verb.REJECT: Step(State.REJECTED, SPECIALIST),
        Verb.RESCHEDULE: Step(State.REQUESTED, REFERRER),
        Verb.SHARE: Step(State.REQUESTED, REFERRER),
    },
    State.ACCEPTED: {
        Verb.ANNOTATE: Step(State.ACCEPTED, EVERYBODY),
        Verb.ANSWER: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.CONCLUDE: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.DISCUSS: Step(State.ACCEPTED, EVERYBODY),
        Verb.HOLD: Step(State.ON_HOLD, CONSULTANT),
        Verb.RESCHEDULE: Step(State.ACCEPTED, REFERRER),
        Verb.SHARE: Step(State.ACCEPTED, REFERRER),
        Verb.START: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.WITHDRAW: Step(State.REQUESTED, CONSULTANT),
    },
    State.IN_PROGRESS: {
        Verb.ANNOTATE: Step(State.IN_PROGRESS, EVERYBODY),
        Verb.ANSWER: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.COMPLETE: Step(State.COMPLETED, EITHER_END),
        Verb.CONCLUDE: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.DISCUSS: Step(State.IN_PROGRESS, EVERYBODY),
        Verb.HOLD: Step(State.ON_HOLD, CONSULTANT),
        Verb.RESCHEDULE: Step(State.IN_PROGRESS, REFERRER),
        Verb.SHARE: Step(State.IN_PROGRESS, REFERRER),
        Verb.WITHDRAW: Step(State.REQUESTED, CONSULTANT),
    },
    State.ON_HOLD: {
        Verb.ANNOTATE: Step(State.ON_HOLD, EVERYBODY),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.DISCUSS: Step(State.ON_HOLD, EVERYBODY),
        Verb.RESCHEDULE: Step(State.ON_HOLD, REFERRER),
        Verb.RESUBMIT: Step(State.IN_PROGRESS, REFERRER),
        Verb.RESUME: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.SHARE: Step(State.ON_HOLD, REFERRER),
        Verb.WITHDRAW: Step(State.REQUESTED, CONSULTANT),
    },
    State.COMPLETED: {
        Verb.DECIDE: Step(State.COMPLETED, REFERRER),
        Verb.OUTCOME: Step(State.COMPLETED, REFERRER),
        Verb.REOPEN: Step(State.IN_PROGRESS, REFERRER),
    },
    State.CANCELLED: {},
    State.REJECTED: {},
}

# Sent back before anybody accepted: there is nobody yet to go on with it, so it waits for acceptance again.
UNACCEPTED: dict[State, dict[Verb, Step]] = {
    State.ON_HOLD: {
        Verb.ANNOTATE: Step(State.ON_HOLD, EVERYBODY),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.DISCUSS: Step(State.ON_HOLD, EVERYBODY),
        Verb.REJECT: Step(State.REJECTED, SPECIALIST),
        Verb.RESCHEDULE: Step(State.ON_HOLD, REFERRER),
        Verb.RESUBMIT: Step(State.REQUESTED, REFERRER),
        Verb.RESUME: Step(State.REQUESTED, SPECIALIST),
        Verb.SHARE: Step(State.ON_HOLD, REFERRER),
    },
}

STATE_NAMES: dict[State, str] = {
    State.ACCEPTED: "Accepted",
    State.CANCELLED: "Cancelled",
    State.COMPLETED: "Completed",
    State.DRAFT: "Draft",
    State.IN_PROGRESS: "In progress",
    State.ON_HOLD: "On hold",
    State.REJECTED: "Refused",
    State.REQUESTED: "Waiting for acceptance",
}
OPEN_STATES = frozenset(
    {State.ACCEPTED, State.DRAFT, State.IN_PROGRESS, State.ON_HOLD, State.REQUESTED},
)


def steps_from(state: State, *, is_accepted: bool = True) -> dict[Verb, Step]:
    """The row of the table that counts."""
    return TABLE[state] if is_accepted else UNACCEPTED.get(state, TABLE[state])


def next_state(state: State, verb: Verb, seats: frozenset[Seat], *, is_accepted: bool = True) -> State:
    """Where `verb` leads from `state` for somebody with these seats; raises Conflict or Forbidden."""
    step = steps_from(state, is_accepted=is_accepted).get(verb)
    if step is None:
        raise Conflict("wrong_state", "The consult is in a state that does not allow this. Reload the page.")
    if not step.seats & seats:
        raise Forbidden("wrong_side", "In this consult another doctor has to do this.")
    return step.to


def allowed_verbs(state: State, seats: frozenset[Seat], *, is_accepted: bool = True) -> list[Verb]:
    """Everything these seats may do now, alphabetical."""
    steps = steps_from(state, is_accepted=is_accepted)
    return sorted(verb for verb, step in steps.items() if step.seats & seats)
