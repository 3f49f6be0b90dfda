"""Who leads the view: one at a time; asked for, given, taken back, laid down; gone with whoever is gone."""

import pytest

from app.base.errors import Conflict
from consults.calls.control import NOBODY, Control, Controls, asked, given, laid_down, taken_back, without
from consults.calls.members import Caller

HANH: Caller = {"id": "hanh", "name": "Hạnh", "hospital": "A"}
DUC: Caller = {"id": "duc", "name": "Đức", "hospital": "B"}
BINH: Caller = {"id": "binh", "name": "Bình", "hospital": "B"}


def leader(control: Control) -> str | None:
    return control["leader"]["id"] if control["leader"] else None


def test_whoever_asks_first_leads_and_the_next_one_waits() -> None:
    led = asked(NOBODY, HANH)
    waiting = asked(asked(led, DUC), DUC)
    assert leader(led) == leader(waiting) == "hanh"
    assert waiting["asking"] == [DUC]


def test_given_away_it_may_be_taken_back_by_the_giver_alone() -> None:
    lent = given(asked(asked(NOBODY, HANH), DUC), "hanh", DUC)
    assert leader(lent) == "duc"
    assert lent["asking"] == []
    with pytest.raises(Conflict):
        taken_back(lent, BINH)
    assert leader(taken_back(lent, HANH)) == "hanh"


def test_nobody_gives_what_is_not_theirs() -> None:
    with pytest.raises(Conflict):
        given(asked(NOBODY, HANH), "duc", BINH)


def test_laying_down_and_leaving_end_it() -> None:
    led = asked(asked(NOBODY, HANH), DUC)
    assert leader(laid_down(led, "hanh")) is None
    assert leader(without(led, {"duc"})) is None
    assert without(led, {"hanh"})["asking"] == []
    assert without(led, {"hanh", "duc"}) is led


def test_of_two_that_meet_the_later_turn_holds_whatever_their_order() -> None:
    led = asked(NOBODY, HANH)
    lent = given(led, "hanh", DUC)
    for order in ((led, lent), (lent, led)):
        controls = Controls()
        for told in order:
            controls.hear("consult", told)
        assert leader(controls.of("consult")) == "duc"


def test_the_leader_s_last_view_is_kept_and_nobody_else_s() -> None:
    controls = Controls()
    controls.hear("consult", asked(NOBODY, HANH))
    controls.saw("consult", {"person": HANH, "view": 1})
    controls.saw("consult", {"person": DUC, "view": 2})
    assert controls.view_of("consult") == {"person": HANH, "view": 1}
    controls.hear("consult", given(controls.of("consult"), "hanh", DUC))
    assert controls.view_of("consult") is None
