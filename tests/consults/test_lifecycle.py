"""The table of what may happen, when and by whom, is the one written here; everything else is refused."""

from itertools import product

import pytest

from app.base.errors import Conflict, Forbidden
from consults.lifecycle import OPEN_STATES, STATE_NAMES, Seat, State, Verb, allowed_verbs, next_state

R, S, C, K = Seat.REFERRER, Seat.SPECIALIST, Seat.CONSULTANT, Seat.COORDINATOR
A, B, D, G = Seat.COAUTHOR, Seat.BLIND, Seat.READER, Seat.GUEST
EVERY_SEATING = [frozenset(), *(frozenset({seat}) for seat in (R, S, K, A, B, D, G)), frozenset({C, S})]

ROOM = {A, D, G, R, S}
TALK = ROOM | {K}
INVITED = {A, B, D}

EXPECTED = {
    ("draft", "cancel"): ("cancelled", {R}),
    ("draft", "edit"): ("draft", {R}),
    ("draft", "request"): ("requested", {R}),
    ("requested", "accept"): ("accepted", {S}),
    ("requested", "admit"): ("requested", {R}),
    ("requested", "annotate"): ("requested", ROOM),
    ("requested", "cancel"): ("cancelled", {R}),
    ("requested", "discuss"): ("requested", TALK),
    ("requested", "hold"): ("on-hold", {S}),
    ("requested", "leave"): ("requested", INVITED),
    ("requested", "pass"): ("requested", {S}),
    ("requested", "reassign"): ("requested", {K}),
    ("requested", "reject"): ("rejected", {S}),
    ("requested", "reschedule"): ("requested", {R}),
    ("requested", "share"): ("requested", {R}),
    ("accepted", "admit"): ("accepted", {R}),
    ("accepted", "annotate"): ("accepted", ROOM),
    ("accepted", "answer"): ("in-progress", {C}),
    ("accepted", "cancel"): ("cancelled", {R}),
    ("accepted", "conclude"): ("in-progress", {C}),
    ("accepted", "discuss"): ("accepted", TALK),
    ("accepted", "hold"): ("on-hold", {C}),
    ("accepted", "dismiss"): ("accepted", {R, C}),
    ("accepted", "invite"): ("accepted", {R, C, K}),
    ("accepted", "leave"): ("accepted", INVITED),
    ("accepted", "read"): ("accepted", {B, D}),
    ("accepted", "handover"): ("requested", {C}),
    ("accepted", "reassign"): ("requested", {K}),
    ("accepted", "reschedule"): ("accepted", {R}),
    ("accepted", "share"): ("accepted", {R}),
    ("accepted", "start"): ("in-progress", {C}),
    ("accepted", "withdraw"): ("requested", {C}),
    ("in-progress", "admit"): ("in-progress", {R}),
    ("in-progress", "annotate"): ("in-progress", ROOM),
    ("in-progress", "answer"): ("in-progress", {C}),
    ("in-progress", "cancel"): ("cancelled", {R}),
    ("in-progress", "complete"): ("completed", {R, C}),
    ("in-progress", "conclude"): ("in-progress", {C}),
    ("in-progress", "discuss"): ("in-progress", TALK),
    ("in-progress", "hold"): ("on-hold", {C}),
    ("in-progress", "consent"): ("in-progress", {A}),
    ("in-progress", "dismiss"): ("in-progress", {R, C}),
    ("in-progress", "invite"): ("in-progress", {R, C, K}),
    ("in-progress", "leave"): ("in-progress", INVITED),
    ("in-progress", "read"): ("in-progress", {B, D}),
    ("in-progress", "handover"): ("requested", {C}),
    ("in-progress", "reassign"): ("requested", {K}),
    ("in-progress", "reschedule"): ("in-progress", {R}),
    ("in-progress", "share"): ("in-progress", {R}),
    ("in-progress", "withdraw"): ("requested", {C}),
    ("on-hold", "admit"): ("on-hold", {R}),
    ("on-hold", "annotate"): ("on-hold", ROOM),
    ("on-hold", "cancel"): ("cancelled", {R}),
    ("on-hold", "discuss"): ("on-hold", TALK),
    ("on-hold", "dismiss"): ("on-hold", {R, C}),
    ("on-hold", "invite"): ("on-hold", {R, C}),
    ("on-hold", "leave"): ("on-hold", INVITED),
    ("on-hold", "read"): ("on-hold", {B, D}),
    ("on-hold", "handover"): ("requested", {C}),
    ("on-hold", "reassign"): ("requested", {K}),
    ("on-hold", "reschedule"): ("on-hold", {R}),
    ("on-hold", "resubmit"): ("in-progress", {R}),
    ("on-hold", "resume"): ("in-progress", {C}),
    ("on-hold", "share"): ("on-hold", {R}),
    ("on-hold", "withdraw"): ("requested", {C}),
    ("completed", "decide"): ("completed", {R}),
    ("completed", "outcome"): ("completed", {R}),
    ("completed", "dismiss"): ("completed", {R, C}),
    ("completed", "invite"): ("completed", {R, C}),
    ("completed", "leave"): ("completed", INVITED),
    ("completed", "read"): ("completed", {B, D}),
    ("completed", "reopen"): ("in-progress", {R}),
}
SENT_BACK_UNACCEPTED = {
    "admit": ("on-hold", {R}),
    "annotate": ("on-hold", ROOM),
    "cancel": ("cancelled", {R}),
    "discuss": ("on-hold", TALK),
    "leave": ("on-hold", INVITED),
    "reject": ("rejected", {S}),
    "reschedule": ("on-hold", {R}),
    "resubmit": ("requested", {R}),
    "resume": ("requested", {S}),
    "share": ("on-hold", {R}),
}


@pytest.mark.parametrize(("state", "verb"), list(product(State, Verb)))
def test_each_verb_in_each_state_leads_where_the_table_says(state: State, verb: Verb) -> None:
    expected = EXPECTED.get((state.value, verb.value))
    for seats in EVERY_SEATING:
        if expected is None:
            with pytest.raises(Conflict) as refused:
                next_state(state, verb, seats)
            assert refused.value.code == "wrong_state"
        elif not expected[1] & seats:
            with pytest.raises(Forbidden) as forbidden:
                next_state(state, verb, seats)
            assert forbidden.value.code == "wrong_side"
        else:
            assert next_state(state, verb, seats) == expected[0]


@pytest.mark.parametrize(("state", "seats"), list(product(State, EVERY_SEATING)))
def test_what_is_offered_is_exactly_what_would_be_done(state: State, seats: frozenset[Seat]) -> None:
    def works(verb: Verb) -> bool:
        try:
            next_state(state, verb, seats)
        except (Conflict, Forbidden):
            return False
        return True

    assert allowed_verbs(state, seats) == [verb for verb in Verb if works(verb)]


def test_every_state_has_a_name_and_closed_ones_take_no_talk() -> None:
    assert set(STATE_NAMES) == set(State)
    for state in set(State) - OPEN_STATES:
        assert Verb.DISCUSS not in allowed_verbs(state, frozenset(Seat))


def test_every_open_state_can_be_left() -> None:
    for state in OPEN_STATES:
        leads_to = {
            next_state(state, verb, frozenset(Seat)) for verb in allowed_verbs(state, frozenset(Seat))
        }
        assert leads_to - {state}


@pytest.mark.parametrize("verb", Verb)
def test_what_was_sent_back_before_acceptance_waits_for_acceptance_again(verb: Verb) -> None:
    to, seats = SENT_BACK_UNACCEPTED.get(verb.value, (None, set()))
    for seating in EVERY_SEATING:
        offered = verb in allowed_verbs(State.ON_HOLD, seating, is_accepted=False)
        assert offered == bool(seats & seating)
        if offered:
            assert next_state(State.ON_HOLD, verb, seating, is_accepted=False) == to
