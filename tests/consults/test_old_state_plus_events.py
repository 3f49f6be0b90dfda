"""Old state plus events equals a fresh fetch, for each side, from every moment of a consult's life."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.base import clock
from app.base.actor import Actor, Role
from consults.actions import enter_room
from consults.calls.actions import end_call, start_call
from consults.calls.members import Caller
from consults.dispatch.escalation import escalate
from consults.forms import PLACE
from consults.opinions.reminding import ask_for_outcomes
from tests import dicomgen
from tests.consults.attachments.files import attach
from tests.consults.conftest import Clinic
from tests.consults.folding import fold
from tests.consults.guests.inviting import life_of_guests
from tests.consults.minutes.writing import life_of_minutes
from tests.consults.recordings.recorded import life_of_recordings


def _life(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    """Everything that can happen, once at least, after the consult was asked for."""
    alice, bob, binh, dao = clinic.cast.alice, clinic.cast.bob, clinic.cast.binh, clinic.cast.dao
    mark = clinic.mark()
    later_study = clinic.store(dicomgen.ct_slice(study="study-2"))

    def wish(actor: Any, name: str, **sent: Any) -> Callable[[], Any]:
        return lambda: clinic.wish(actor, name, consult_id=consult_id, **sent)

    def answer(place: int, text: str) -> Callable[[], Any]:
        def answered() -> None:
            question_id = clinic.state(bob, consult_id)["consult"]["questions"][place]["id"]
            said = {"text": text, "version": clinic.version(consult_id, question_id)}
            clinic.wish(bob, "question.answer", consult_id=consult_id, question_id=question_id, **said)

        return answered

    def enter(actor: Actor) -> Callable[[], None]:
        return lambda: _entered(clinic, consult_id, actor)

    return [
        enter(alice),
        wish(binh, "consult.hold", code="unclear-question"),
        lambda: _reworded(clinic, consult_id),
        wish(binh, "consult.accept"),
        wish(binh, "consult.hold", code="other", reason="Thiếu bệnh sử"),
        wish(binh, "consult.withdraw"),
        *_sent_around(clinic, consult_id),
        wish(bob, "consult.accept"),
        enter(bob),
        lambda: clinic.say(alice, consult_id, "Xin chào"),
        wish(alice, "consult.reschedule", due_at="2030-05-06T07:08:09+07:00"),
        wish(alice, "annotation.put", annotation=mark),
        wish(
            alice,
            "annotation.put",
            annotation=mark | {"revision": 1, "text": "đây", "points": [[1, 2], [3, 4]]},
        ),
        wish(bob, "annotation.put", annotation=clinic.mark(text="của Bổng")),
        *_filled(clinic, consult_id),
        wish(bob, "consult.start"),
        *_called(clinic, consult_id),
        *life_of_guests(clinic, consult_id),
        wish(bob, "consult.hold", code="missing-series", reason="Thiếu cửa sổ xương"),
        wish(alice, "study.share", study_id=later_study),
        wish(dao, "consult.resubmit", note="Đã gửi cửa sổ xương"),
        *(wish(bob, "consult.hold", code="poor-image"), wish(bob, "consult.resume")),
        *(answer(place, text) for place, text in ((0, "Không."), (1, "Không cần."), (0, "Không thấy."))),
        wish(alice, "annotation.delete", id=mark["id"]),
        wish(bob, "opinion.give", text="Không thấy xuất huyết."),
        *_read_by_others(clinic, consult_id),
        wish(alice, "consult.complete", access_days=3),
        *_followed_up(clinic, consult_id),
        *life_of_minutes(clinic, consult_id),
        wish(alice, "consult.reopen", reason="Đau trở lại"),
        lambda: _revised(clinic, consult_id, "Có xuất huyết nhỏ."),
        wish(alice, "consult.cancel", reason="Chuyển tuyến"),
    ]


def _revised(clinic: Clinic, consult_id: str, text: str) -> None:
    said = {"text": text, "version": clinic.version(consult_id)}
    clinic.wish(clinic.cast.bob, "opinion.give", consult_id=consult_id, **said)


def _entered(clinic: Clinic, consult_id: str, actor: Actor) -> None:
    with clinic.db.transaction() as tx:
        enter_room(tx, actor, consult_id=consult_id)


def _filled(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    """Files and laboratory values come and go."""
    alice = clinic.cast.alice

    def shown(part: str) -> Any:
        return clinic.state(alice, consult_id)["attachments"][part][0]["id"]

    def wish(name: str, **sent: Any) -> Any:
        return clinic.wish(alice, name, consult_id=consult_id, **sent)

    return [
        lambda: attach(clinic, alice, consult_id),
        lambda: attach(clinic, alice, consult_id, name="thứ hai.pdf"),
        lambda: wish("attachment.withdraw", attachment_id=shown("files")),
        lambda: wish("labs.add", text="Hb\t95\tg/L\t120-160\nCRP;12;mg/L;<5"),
        lambda: wish("lab.remove", lab_id=shown("labs")),
        lambda: wish("starts.choose", places=[{name: clinic.mark()[name] for name in PLACE}]),
    ]


def _read_by_others(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    alice, binh, chi = clinic.cast.alice, clinic.cast.binh, clinic.cast.chi

    def wish(actor: Any, name: str, **sent: Any) -> Callable[[], Any]:
        return lambda: clinic.wish(actor, name, consult_id=consult_id, **sent)

    def read() -> None:
        questions = clinic.state(chi, consult_id)["consult"]["questions"]
        said = [{"question_id": question["id"], "text": "Có."} for question in questions]
        clinic.wish(chi, "reading.give", consult_id=consult_id, conclusions=said, text="Có xuất huyết.")

    return [
        wish(alice, "reader.invite", person_id=binh.id, kind="joint"),
        wish(alice, "reader.invite", person_id=chi.id, kind="blind"),
        wish(binh, "reader.consent"),
        lambda: _revised(clinic, consult_id, "Không thấy xuất huyết não."),
        wish(binh, "reader.leave"),
        read,
    ]


def _sent_around(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    """Nobody answers, a coordinator asks Bob, Bob passes it on, takes it all the same, and hands it over."""
    bob = clinic.cast.bob
    coordinator = replace(clinic.cast.giang, roles=frozenset({Role.COORDINATOR}))

    def wish(actor: Actor, name: str, **sent: Any) -> Callable[[], Any]:
        return lambda: clinic.wish(actor, name, consult_id=consult_id, **sent)

    def nobody_answers() -> None:
        with clock.shifted(timedelta(hours=1)):
            assert escalate(clinic.db) == 1

    return [
        nobody_answers,
        wish(coordinator, "consult.reassign", person_id=bob.id, note="đúng chuyên khoa"),
        wish(bob, "consult.pass", reason="đang mổ"),
        wish(bob, "consult.accept"),
        wish(bob, "consult.handover", note="hết ca"),
    ]


def _called(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    """A call began and ended; what was said was recorded."""
    alice = clinic.cast.alice

    def begin() -> None:
        with clinic.db.transaction() as tx:
            start_call(tx, alice, consult_id=consult_id)

    def end() -> None:
        with clinic.db.transaction() as tx:
            caller = Caller(id=alice.id, name=alice.name, hospital=clinic.cast.a.name)
            end_call(tx, alice, consult_id=consult_id, people=[caller])

    return [begin, end, *life_of_recordings(clinic, consult_id)]


def _followed_up(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    def wish(name: str, **sent: Any) -> Callable[[], Any]:
        return lambda: clinic.wish(clinic.cast.alice, name, consult_id=consult_id, **sent)

    return [
        wish("decision.record", follows="partly", text="Theo dõi tại viện"),
        wish("decision.record", follows="fully", text="Chuyển tuyến"),
        lambda: ask_for_outcomes(clinic.db, days=0),
        wish("outcome.report", agreement="disagree", diagnosis="Xuất huyết nhỏ", source="Chụp lại"),
    ]


def _reworded(clinic: Clinic, consult_id: str) -> None:
    alice = clinic.cast.alice
    question = clinic.state(alice, consult_id)["consult"]["questions"][1]
    again = {"note": "Viết rõ câu hỏi", "questions": [{"id": question["id"], "text": "Mổ ngay?"}]}
    clinic.wish(alice, "consult.resubmit", consult_id=consult_id, **again)


def test_old_state_plus_events_equals_a_fresh_fetch(clinic: Clinic) -> None:
    consult_id = clinic.asked()
    people = (clinic.cast.alice, clinic.cast.bob)
    old = [{person.id: clinic.state(person, consult_id) for person in people}]

    for happen in _life(clinic, consult_id):
        happen()
        old.append({person.id: clinic.state(person, consult_id) for person in people})

    for person in people:
        fresh = old[-1][person.id]
        for then in old:
            caught_up = fold(then[person.id], clinic.events(person, consult_id, then[person.id]["head"]))
            assert caught_up == fresh
    assert fresh["head"] == len(clinic.events(clinic.cast.bob, consult_id))


def test_a_fetched_state_says_what_its_reader_may_do(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    allowed = {
        person.name: clinic.state(person, consult_id)["consult"]["allowed"]
        for person in (clinic.cast.alice, clinic.cast.bob, clinic.cast.binh)
    }

    assert allowed == {
        clinic.cast.alice.name: [
            "admit",
            "annotate",
            "cancel",
            "discuss",
            "dismiss",
            "invite",
            "reschedule",
            "share",
        ],
        clinic.cast.bob.name: [
            "annotate",
            "answer",
            "conclude",
            "discuss",
            "dismiss",
            "handover",
            "hold",
            "invite",
            "start",
            "withdraw",
        ],
        clinic.cast.binh.name: ["annotate", "discuss"],
    }
