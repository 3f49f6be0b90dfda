"""What may happen to a recording, when, and on whose wish: one table."""

from enum import StrEnum
from typing import NamedTuple

from app.base.errors import Conflict, Forbidden


class RecordingKind(StrEnum):
    """A talk of several, or one person showing something alone."""

    CONFERENCE = "conference"
    WALK_THROUGH = "walk-through"


class RecordingState(StrEnum):
    """`stopped`: nothing more is kept, the pieces are being joined."""

    ASKED = "asked"
    READY = "ready"
    REFUSED = "refused"
    RUNNING = "running"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What somebody, or the worker, may wish."""

    AGREE = "agree"
    JOIN = "join"
    REFUSE = "refuse"
    SEND = "send"
    STOP = "stop"
    WITHDRAW = "withdraw"


class Part(StrEnum):
    """What one is in this recording. Whoever asked for it has agreed to it."""

    AGREED = "agreed"
    ASKED = "asked"
    OTHER = "other"
    SYSTEM = "system"


class Step(NamedTuple):
    """Where a verb leads, and who may use it."""

    to: RecordingState
    parts: frozenset[Part]


RECORDED = frozenset({Part.AGREED})
INVITED = frozenset({Part.ASKED})
SYSTEM = frozenset({Part.SYSTEM})

TABLE: dict[RecordingState, dict[Verb, Step]] = {
    RecordingState.ASKED: {
        Verb.AGREE: Step(RecordingState.ASKED, INVITED | RECORDED),
        Verb.REFUSE: Step(RecordingState.REFUSED, INVITED | RECORDED | SYSTEM),
    },
    RecordingState.RUNNING: {
        Verb.AGREE: Step(RecordingState.RUNNING, INVITED | RECORDED | {Part.OTHER}),
        Verb.SEND: Step(RecordingState.RUNNING, RECORDED),
        Verb.STOP: Step(RecordingState.STOPPED, RECORDED | SYSTEM),
        Verb.WITHDRAW: Step(RecordingState.WITHDRAWN, RECORDED),
    },
    RecordingState.STOPPED: {
        Verb.JOIN: Step(RecordingState.READY, SYSTEM),
        Verb.SEND: Step(RecordingState.STOPPED, RECORDED),
        Verb.WITHDRAW: Step(RecordingState.WITHDRAWN, RECORDED),
    },
    RecordingState.READY: {Verb.WITHDRAW: Step(RecordingState.WITHDRAWN, RECORDED)},
    RecordingState.REFUSED: {},
    RecordingState.WITHDRAWN: {},
}
GOING = frozenset({RecordingState.ASKED, RecordingState.RUNNING})


def next_state(state: RecordingState, verb: Verb, part: Part) -> RecordingState:
    """Where the verb leads; raises Conflict or Forbidden."""
    step = TABLE[state].get(verb)
    if step is None:
        raise Conflict("recording_state", "The recording is in a state that does not allow this.")
    if part not in step.parts:
        raise Forbidden("not_recorded", "Only somebody who agreed to this recording can do this.")
    return step.to
