"""The referrer's decision and the outcome are seen by the specialist; the outcome is asked for once, days later."""

from datetime import timedelta

import pytest

from app.base.errors import Conflict, Forbidden
from consults.models import Consult
from consults.opinions.queries import outcomes_wanted
from consults.opinions.reminding import ask_for_outcomes
from consults.queries import Box, list_consults
from tests.consults.conftest import Clinic

DAYS = 14


def _completed_before(clinic: Clinic, days: int) -> str:
    consult_id = clinic.completed()
    with clinic.db.transaction() as tx:
        row = tx.session.get_one(Consult, consult_id)
        row.closed_at = tx.now - timedelta(days=days)
    return consult_id


def _wanted(clinic: Clinic, consult_id: str) -> int:
    told = clinic.events(clinic.cast.alice, consult_id)
    return len([event for event in told if event["type"] == "outcome.wanted"])


def test_the_specialist_sees_what_was_decided_and_what_came_of_it(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    alice, bob = clinic.cast.alice, clinic.cast.bob
    consult_id = clinic.completed()
    clinic.wish(alice, "decision.record", consult_id=consult_id, follows="partly", text="Theo dõi thêm")
    clinic.wish(
        alice, "outcome.report", consult_id=consult_id, agreement="disagree", diagnosis="Máu tụ", source="Mổ"
    )

    seen = clinic.state(bob, consult_id)["opinions"]
    assert (seen["decision"]["follows"], seen["decision"]["text"]) == ("partly", "Theo dõi thêm")
    assert seen["decision"]["by"]["id"] == alice.id
    assert (seen["outcome"]["agreement"], seen["outcome"]["diagnosis"]) == ("disagree", "Máu tụ")
    with clinic.db.reading() as tx:
        (line,) = list_consults(tx, bob, Box.INBOX, closed=True).consults
    assert line.outcome == "disagree"


def test_only_the_referring_side_decides_and_only_after_completion(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.answered()
    decision = {"consult_id": consult_id, "follows": "fully", "text": "Chuyển tuyến"}
    with pytest.raises(Conflict):
        clinic.wish(clinic.cast.alice, "decision.record", **decision)
    clinic.wish(clinic.cast.alice, "consult.complete", consult_id=consult_id)
    with pytest.raises(Forbidden):
        clinic.wish(clinic.cast.bob, "decision.record", **decision)


def test_the_outcome_is_asked_for_once_and_not_too_early(clinic: Clinic) -> None:
    early, due = _completed_before(clinic, DAYS - 1), _completed_before(clinic, DAYS)

    assert [ask_for_outcomes(clinic.db, DAYS) for _ in range(2)] == [1, 0]
    assert (_wanted(clinic, early), _wanted(clinic, due)) == (0, 1)
    assert clinic.state(clinic.cast.alice, due)["opinions"]["wanted_at"] is not None
    with clinic.db.reading() as tx:
        lines = list_consults(tx, clinic.cast.alice, Box.SENT, closed=True).consults
        waiting = [outcomes_wanted(tx, who) for who in (clinic.cast.alice, clinic.cast.dao, clinic.cast.bob)]
    assert waiting == [1, 0, 0]
    assert {line.id: line.outcome for line in lines} == {early: None, due: "wanted"}


def test_nobody_asks_for_what_was_told(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = _completed_before(clinic, DAYS)
    told = {"agreement": "agree", "diagnosis": "Không có u"}
    clinic.wish(clinic.cast.alice, "outcome.report", consult_id=consult_id, **told)

    assert ask_for_outcomes(clinic.db, DAYS) == 0
