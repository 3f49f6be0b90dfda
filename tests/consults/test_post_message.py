"""A line is said once however often it is sent, and everybody's history is the same, without gaps."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from app.base.actor import Actor
from app.base.errors import Conflict, NotFound, TooMany
from app.base.ids import new_id
from consults.models import Message
from consults.talk import actions
from tests.consults.conftest import Clinic
from tests.consults.folding import fold


def test_the_same_line_sent_twice_is_one_line(clinic: Clinic) -> None:
    consult_id, client_id = clinic.accepted(), new_id()

    first = clinic.say(clinic.cast.alice, consult_id, "Xin chào", client_id)
    again = clinic.say(clinic.cast.alice, consult_id, "Xin chào", client_id)

    assert again == first
    assert [line["text"] for line in clinic.state(clinic.cast.bob, consult_id)["messages"]] == ["Xin chào"]


def test_two_people_may_happen_on_the_same_client_id(clinic: Clinic) -> None:
    consult_id, client_id = clinic.accepted(), new_id()

    clinic.say(clinic.cast.alice, consult_id, "một", client_id)
    clinic.say(clinic.cast.bob, consult_id, "hai", client_id)

    assert [line["text"] for line in clinic.state(clinic.cast.bob, consult_id)["messages"]] == ["một", "hai"]


def test_a_line_sent_again_after_the_end_is_still_acknowledged(clinic: Clinic) -> None:
    consult_id, client_id = clinic.answered(), new_id()
    first = clinic.say(clinic.cast.alice, consult_id, "Cảm ơn anh", client_id)
    clinic.wish(clinic.cast.alice, "consult.complete", consult_id=consult_id)

    assert clinic.say(clinic.cast.alice, consult_id, "Cảm ơn anh", client_id) == first
    with pytest.raises(Conflict):
        clinic.say(clinic.cast.alice, consult_id, "Còn một câu")


def test_a_view_of_a_study_outside_the_consult_is_refused(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    view = {
        "study_id": new_id(),
        "series_instance_uid": "1.2",
        "sop_instance_uid": "1.3",
        "frame_number": 1,
        "zoom": 1,
        "centre": [0, 0],
        "rotation": 0,
        "flip": False,
        "invert": False,
    }
    with pytest.raises(NotFound):
        clinic.wish(
            clinic.cast.alice,
            "message.post",
            consult_id=consult_id,
            client_id=new_id(),
            text="đây",
            view=view,
        )


def test_whoever_shouts_is_asked_to_wait(sqlite_clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MESSAGES_A_MINUTE", 3)
    consult_id = sqlite_clinic.accepted()
    for number in range(3):
        sqlite_clinic.say(sqlite_clinic.cast.alice, consult_id, str(number))

    with pytest.raises(TooMany):
        sqlite_clinic.say(sqlite_clinic.cast.alice, consult_id, "nữa")
    sqlite_clinic.say(sqlite_clinic.cast.bob, consult_id, "người khác vẫn nói được")


def _broken_line(clinic: Clinic, actor: Actor, consult_id: str, seed: int) -> Callable[[], None]:
    """Says 100 lines in order over a line that loses requests and answers and sends some twice."""
    chance = random.Random(seed)

    def talk() -> None:
        for number in range(100):
            client_id = f"{actor.id}-{number}"
            arrived = False
            while not arrived:
                if chance.random() < 0.3:
                    continue  # the request is lost: sent again
                for _ in range(1 + (chance.random() < 0.3)):
                    clinic.say(actor, consult_id, str(number), client_id)
                arrived = chance.random() > 0.3  # else the answer is lost: sent again

    return talk


def test_200_lines_over_lines_that_drop_and_double_end_in_one_ordered_history(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MESSAGES_A_MINUTE", 10_000)
    consult_id = clinic.accepted()
    before = clinic.state(clinic.cast.binh, consult_id)
    speakers = (clinic.cast.alice, clinic.cast.bob)

    with ThreadPoolExecutor(2) as pool:
        said = [pool.submit(_broken_line(clinic, who, consult_id, seed)) for seed, who in enumerate(speakers)]
        for done in said:
            done.result()

    events = clinic.events(clinic.cast.binh, consult_id)
    fresh = clinic.state(clinic.cast.binh, consult_id)
    assert [event["number"] for event in events] == list(range(1, 204))
    assert fold(before, events[3:]) == fresh
    for who in speakers:
        lines = [line["text"] for line in fresh["messages"] if line["author"]["id"] == who.id]
        assert lines == [str(number) for number in range(100)]
    with clinic.db.reading() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Message)) == 200


def test_what_is_said_is_kept_as_it_was_typed(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    text = "<script>alert('đ')</script>\n— 5 mm; {count} %s \U0001fa7b"
    clinic.say(clinic.cast.alice, consult_id, text)
    line: dict[str, Any] = clinic.state(clinic.cast.bob, consult_id)["messages"][0]
    assert line["text"] == text
