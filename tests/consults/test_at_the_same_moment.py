"""Two people do the same thing in the same moment: one does it, or both, but never half."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

from app.base.errors import HoichanError
from consults.actions import enter_room
from tests.consults.conftest import Clinic
from tests.factories import in_session


def _together(wishes: Sequence[Callable[[], Any]]) -> list[Any]:
    """Each on a thread of its own, started together: the answers, or the codes of refusals."""
    gate = Barrier(len(wishes))

    def run(wish: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return wish()
        except HoichanError as refused:
            return refused.code

    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(run, wishes))


def test_only_one_specialist_becomes_the_consultant(clinic: Clinic) -> None:
    for _ in range(5):
        wish = {"name": "consult.accept", "consult_id": clinic.asked()}
        specialists = (clinic.cast.bob, clinic.cast.binh)
        answers = _together([partial(clinic.wish, who, **wish) for who in specialists])
        assert answers.count("wrong_state") == 1
        types = [event["type"] for event in clinic.events(clinic.cast.alice, wish["consult_id"])]
        assert types.count("consult.accepted") == 1


def test_the_first_consults_of_a_year_get_different_numbers(clinic: Clinic) -> None:
    create = [lambda: clinic.wish(clinic.cast.alice, "consult.create", **clinic.content())] * 4
    made = _together(create)
    numbers = {clinic.state(clinic.cast.alice, consult["id"])["consult"]["number"] for consult in made}
    assert len(numbers) == 4


def test_cancelling_and_answering_end_in_one_history(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    question = clinic.state(clinic.cast.bob, consult_id)["consult"]["questions"][0]
    answered = {"consult_id": consult_id, "question_id": question["id"], "text": "Không."}
    _together(
        [
            lambda: clinic.wish(
                clinic.cast.alice, "consult.cancel", consult_id=consult_id, reason="chuyển tuyến"
            ),
            lambda: clinic.wish(clinic.cast.bob, "question.answer", **answered),
        ]
    )
    events = clinic.events(clinic.cast.alice, consult_id)
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "consult.cancelled"


def test_two_windows_that_come_in_together_are_one_participant(clinic: Clinic) -> None:
    bob = in_session(clinic.db, clinic.cast.bob)

    def enter(consult_id: str) -> dict[str, str]:
        with clinic.db.transaction() as tx:
            return enter_room(tx, bob, consult_id=consult_id)

    for _ in range(5):
        consult_id = clinic.asked()
        keys = _together([partial(enter, consult_id)] * 3)
        assert [set(given) for given in keys] == [{clinic.study_id}] * 3
        types = [event["type"] for event in clinic.events(clinic.cast.alice, consult_id)]
        assert types.count("participant.joined") == 1
