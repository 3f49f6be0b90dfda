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
    ADMIT = "admit"
    ANNOTATE = "annotate"
    ANSWER = "answer"
    CANCEL = "cancel"
    COMPLETE = "complete"
    CONCLUDE = "conclude"
    CONSENT = "consent"
    DECIDE = "decide"
    DISCUSS = "discuss"
    DISMISS = "dismiss"
    EDIT = "edit"
    HANDOVER = "handover"
    HOLD = "hold"
    INVITE = "invite"
    LEAVE = "leave"
    OUTCOME = "outcome"
    PASS = "pass"  # noqa: S105 - an offer, not a password
    READ = "read"
    REASSIGN = "reassign"
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


OUTCOME_NAMES: dict[str, str] = {
    Agreement.AGREE: "Outcome agrees",
    Agreement.DISAGREE: "Outcome disagrees",
    Agreement.PARTLY: "Outcome agrees in part",
}


class ReaderKind(StrEnum):
    """How a further specialist takes part."""

    BLIND = "blind"  # reads for themselves and sees nothing of the first reading until theirs is given
    JOINT = "joint"  # signs the consultant's opinion with their consent
    SEPARATE = "separate"  # gives an opinion of their own


class Side(StrEnum):
    """The two hospitals of a consult."""

    CONSULTING = "consulting"
    REFERRING = "referring"


class Seat(StrEnum):
    """What one is in this consult. Whoever accepted has the consultant's seat and the specialist's; an invited
    reader has that of their kind alone. A program of either hospital reads and uses no verb.
    """

    BLIND = "blind"
    COAUTHOR = "coauthor"
    CONSULTANT = "consultant"
    COORDINATOR = "coordinator"
    GUEST = "guest"
    PROGRAM = "program"
    READER = "reader"
    REFERRER = "referrer"
    SPECIALIST = "specialist"


class Step(NamedTuple):
    """Where a verb leads, and who may use it."""

    to: State
    seats: frozenset[Seat]


CONSULTANT = frozenset({Seat.CONSULTANT})
COORDINATOR = frozenset({Seat.COORDINATOR})
REFERRER = frozenset({Seat.REFERRER})
SPECIALIST = frozenset({Seat.SPECIALIST})
EITHER_END = CONSULTANT | REFERRER
COAUTHOR = frozenset({Seat.COAUTHOR})
SEPARATE = frozenset({Seat.BLIND, Seat.READER})
INVITED = COAUTHOR | SEPARATE
EVERYBODY = COAUTHOR | REFERRER | SPECIALIST | {Seat.GUEST, Seat.READER}
TALKERS = EVERYBODY | COORDINATOR

TABLE: dict[State, dict[Verb, Step]] = {
    State.DRAFT: {
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.EDIT: Step(State.DRAFT, REFERRER),
        Verb.REQUEST: Step(State.REQUESTED, REFERRER),
    },
    State.REQUESTED: {
        Verb.ACCEPT: Step(State.ACCEPTED, SPECIALIST),
        Verb.ADMIT: Step(State.REQUESTED, REFERRER),
        Verb.ANNOTATE: Step(State.REQUESTED, EVERYBODY),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.DISCUSS: Step(State.REQUESTED, TALKERS),
        Verb.HOLD: Step(State.ON_HOLD, SPECIALIST),
        Verb.LEAVE: Step(State.REQUESTED, INVITED),
        Verb.PASS: Step(State.REQUESTED, SPECIALIST),
        Verb.REASSIGN: Step(State.REQUESTED, COORDINATOR),
        Verb.REJECT: Step(State.REJECTED, SPECIALIST),
        Verb.RESCHEDULE: Step(State.REQUESTED, REFERRER),
        Verb.SHARE: Step(State.REQUESTED, REFERRER),
    },
    State.ACCEPTED: {
        Verb.ADMIT: Step(State.ACCEPTED, REFERRER),
        Verb.ANNOTATE: Step(State.ACCEPTED, EVERYBODY),
        Verb.ANSWER: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.CONCLUDE: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.DISCUSS: Step(State.ACCEPTED, TALKERS),
        Verb.DISMISS: Step(State.ACCEPTED, EITHER_END),
        Verb.HANDOVER: Step(State.REQUESTED, CONSULTANT),
        Verb.HOLD: Step(State.ON_HOLD, CONSULTANT),
        Verb.INVITE: Step(State.ACCEPTED, EITHER_END | COORDINATOR),
        Verb.LEAVE: Step(State.ACCEPTED, INVITED),
        Verb.READ: Step(State.ACCEPTED, SEPARATE),
        Verb.REASSIGN: Step(State.REQUESTED, COORDINATOR),
        Verb.RESCHEDULE: Step(State.ACCEPTED, REFERRER),
        Verb.SHARE: Step(State.ACCEPTED, REFERRER),
        Verb.START: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.WITHDRAW: Step(State.REQUESTED, CONSULTANT),
    },
    State.IN_PROGRESS: {
        Verb.ADMIT: Step(State.IN_PROGRESS, REFERRER),
        Verb.ANNOTATE: Step(State.IN_PROGRESS, EVERYBODY),
        Verb.ANSWER: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.COMPLETE: Step(State.COMPLETED, EITHER_END),
        Verb.CONCLUDE: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.CONSENT: Step(State.IN_PROGRESS, COAUTHOR),
        Verb.DISCUSS: Step(State.IN_PROGRESS, TALKERS),
        Verb.DISMISS: Step(State.IN_PROGRESS, EITHER_END),
        Verb.HANDOVER: Step(State.REQUESTED, CONSULTANT),
        Verb.HOLD: Step(State.ON_HOLD, CONSULTANT),
        Verb.INVITE: Step(State.IN_PROGRESS, EITHER_END | COORDINATOR),
        Verb.LEAVE: Step(State.IN_PROGRESS, INVITED),
        Verb.READ: Step(State.IN_PROGRESS, SEPARATE),
        Verb.REASSIGN: Step(State.REQUESTED, COORDINATOR),
        Verb.RESCHEDULE: Step(State.IN_PROGRESS, REFERRER),
        Verb.SHARE: Step(State.IN_PROGRESS, REFERRER),
        Verb.WITHDRAW: Step(State.REQUESTED, CONSULTANT),
    },
    State.ON_HOLD: {
        Verb.ADMIT: Step(State.ON_HOLD, REFERRER),
        Verb.ANNOTATE: Step(State.ON_HOLD, EVERYBODY),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.DISCUSS: Step(State.ON_HOLD, TALKERS),
        Verb.DISMISS: Step(State.ON_HOLD, EITHER_END),
        Verb.INVITE: Step(State.ON_HOLD, EITHER_END),
        Verb.LEAVE: Step(State.ON_HOLD, INVITED),
        Verb.READ: Step(State.ON_HOLD, SEPARATE),
        Verb.HANDOVER: Step(State.REQUESTED, CONSULTANT),
        Verb.REASSIGN: Step(State.REQUESTED, COORDINATOR),
        Verb.RESCHEDULE: Step(State.ON_HOLD, REFERRER),
        Verb.RESUBMIT: Step(State.IN_PROGRESS, REFERRER),
        Verb.RESUME: Step(State.IN_PROGRESS, CONSULTANT),
        Verb.SHARE: Step(State.ON_HOLD, REFERRER),
        Verb.WITHDRAW: Step(State.REQUESTED, CONSULTANT),
    },
    State.COMPLETED: {
        Verb.DECIDE: Step(State.COMPLETED, REFERRER),
        Verb.DISMISS: Step(State.COMPLETED, EITHER_END),
        Verb.INVITE: Step(State.COMPLETED, EITHER_END),
        Verb.LEAVE: Step(State.COMPLETED, INVITED),
        Verb.OUTCOME: Step(State.COMPLETED, REFERRER),
        Verb.READ: Step(State.COMPLETED, SEPARATE),
        Verb.REOPEN: Step(State.IN_PROGRESS, REFERRER),
    },
    State.CANCELLED: {},
    State.REJECTED: {},
}

# Sent back before anybody accepted: there is nobody yet to go on with it, so it waits for acceptance again.
UNACCEPTED: dict[State, dict[Verb, Step]] = {
    State.ON_HOLD: {
        Verb.ADMIT: Step(State.ON_HOLD, REFERRER),
        Verb.ANNOTATE: Step(State.ON_HOLD, EVERYBODY),
        Verb.CANCEL: Step(State.CANCELLED, REFERRER),
        Verb.DISCUSS: Step(State.ON_HOLD, TALKERS),
        Verb.LEAVE: Step(State.ON_HOLD, INVITED),
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
CALLED_OFF = frozenset({State.CANCELLED, State.REJECTED})  # over without having been held
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
