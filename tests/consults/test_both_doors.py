"""The same wishes by HTTP and by socket end in the same consult, and are answered the same."""

from collections.abc import Callable
from typing import Any

from app.base.actor import Actor
from app.base.ids import new_id
from app.edge.services import Services
from consults.web import WISH_OF
from tests.consults.conftest import Clinic
from tests.consults.rooms import Hall, hall
from tests.factories import browser

ADDRESS_OF = {name: verb for verb, name in WISH_OF.items()}
Send = Callable[[Actor, str, dict[str, Any]], dict[str, Any]]


def _by_http(opened: Hall, clinic: Clinic, consult_id: str) -> Send:
    browsers = {who.id: browser(opened.app, clinic.db, who) for who in (clinic.cast.alice, clinic.cast.bob)}

    def send(actor: Actor, name: str, sent: dict[str, Any]) -> dict[str, Any]:
        root, there = f"/consults/{consult_id}", browsers[actor.id]
        if name == "annotation.put":
            mark = sent["annotation"]
            answer = there.send_json("PUT", f"{root}/annotations/{mark['id']}", mark)
        elif name == "annotation.delete":
            answer = there.send_json("DELETE", f"{root}/annotations/{sent['id']}")
        else:
            verb = "messages" if name == "message.post" else ADDRESS_OF[name]
            answer = there.send_json("POST", f"{root}/{verb}", sent)
        told: dict[str, Any] = answer.get_json()
        return told

    return send


def _by_socket(opened: Hall, clinic: Clinic, consult_id: str) -> Send:
    rooms = {who.id: opened.in_room(who, consult_id) for who in (clinic.cast.alice, clinic.cast.bob)}
    return lambda actor, name, sent: rooms[actor.id].wish(name, consult_id=consult_id, **sent)


def _script(clinic: Clinic, consult_id: str) -> list[tuple[Actor, str, dict[str, Any]]]:
    alice, bob = clinic.cast.alice, clinic.cast.bob
    questions = clinic.state(alice, consult_id)["consult"]["questions"]
    mark = clinic.mark()
    return [
        (bob, "consult.hold", {"code": "other"}),
        (bob, "consult.hold", {"code": "wrong-patient", "reason": "Khác tên"}),
        (bob, "consult.accept", {}),
        (alice, "consult.resubmit", {"note": "Đã kiểm tra"}),
        (bob, "consult.accept", {}),
        (bob, "consult.accept", {}),
        (alice, "message.post", {"client_id": "line-0001", "text": "Xin chào"}),
        (alice, "message.post", {"client_id": "line-0001", "text": "Xin chào"}),
        (alice, "message.post", {"client_id": "line-0002", "text": ""}),
        (alice, "annotation.put", {"annotation": mark}),
        (alice, "starts.choose", {"places": [{"study_id": clinic.study_id, "sop_instance_uid": "1.2"}]}),
        (bob, "starts.choose", {"places": "all"}),
        (bob, "annotation.put", {"annotation": mark | {"text": "sửa hộ"}}),
        (alice, "annotation.delete", {"id": mark["id"]}),
        (alice, "question.answer", {"question_id": questions[0]["id"], "text": "tự trả lời"}),
        (bob, "consult.complete", {}),
        (bob, "question.answer", {"question_id": questions[0]["id"], "text": "Không."}),
        (bob, "question.answer", {"question_id": new_id(), "text": "Không."}),
        (bob, "question.answer", {"question_id": questions[1]["id"], "text": "Không cần."}),
        (bob, "opinion.give", {"text": "Không thấy xuất huyết."}),
        (bob, "reader.invite", {"person_id": clinic.cast.chi.id, "kind": "separate"}),
        (alice, "reader.invite", {"person_id": clinic.cast.chi.id, "kind": "deaf"}),
        (alice, "reader.invite", {"person_id": clinic.cast.chi.id, "kind": "separate"}),
        (alice, "reading.give", {"conclusions": [], "text": "?"}),
        (alice, "reader.consent", {}),
        (alice, "reader.leave", {}),
        (bob, "reader.dismiss", {"person_id": clinic.cast.chi.id}),
        (bob, "consult.complete", {"access_days": 2}),
        (alice, "consult.complete", {"access_days": 2}),
        (bob, "decision.record", {"follows": "fully", "text": "Chuyển tuyến"}),
        (alice, "decision.record", {"follows": "fully", "text": "Chuyển tuyến"}),
        (alice, "outcome.report", {"agreement": "agree", "diagnosis": "Đúng"}),
        (alice, "consult.reopen", {"reason": "Đau trở lại"}),
        (alice, "consult.cancel", {"reason": "?"}),
        (alice, "consult.cancel", {"reason": "Chuyển tuyến"}),
    ]


def _outcome(answer: dict[str, Any]) -> str:
    """What both doors say alike: done, or the code of the refusal."""
    if answer.get("ok"):
        return "ok"
    return str(answer["error"]["code"] if "error" in answer else answer["code"])


def _played(clinic: Clinic, opened: Hall, door: Callable[[Hall, Clinic, str], Send]) -> tuple[list[str], Any]:
    consult_id = clinic.asked()
    send = door(opened, clinic, consult_id)
    outcomes = [_outcome(send(*step)) for step in _script(clinic, consult_id)]
    events = [(event["type"], event["actor"]["id"]) for event in clinic.events(clinic.cast.alice, consult_id)]
    state = clinic.state(clinic.cast.alice, consult_id)
    said = [(line["client_id"], line["text"]) for line in state["messages"]]
    answers = [question["answer"] for question in state["consult"]["questions"]]
    return outcomes, (events, said, answers, state["consult"]["state"], state["consult"]["reason"])


def test_both_doors_end_in_the_same_consult(clinic: Clinic, services: Services) -> None:
    with hall(services) as opened:
        by_http = _played(clinic, opened, _by_http)
        by_socket = _played(clinic, opened, _by_socket)

    assert by_http == by_socket
    assert by_http[0] == [
        "invalid_wish",
        "ok",
        "wrong_state",
        "ok",
        "ok",
        "wrong_state",
        "ok",
        "ok",
        "invalid_wish",
        "ok",
        "ok",
        "invalid_wish",
        "not_author",
        "ok",
        "forbidden",
        "wrong_state",
        "ok",
        "not_found",
        "ok",
        "ok",
        "not_a_colleague",
        "invalid_wish",
        "ok",
        "invalid_wish",
        "forbidden",
        "forbidden",
        "ok",
        "wrong_side",
        "ok",
        "wrong_side",
        "ok",
        "ok",
        "ok",
        "invalid_wish",
        "ok",
    ]
