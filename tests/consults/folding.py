"""What a page does with events, in Python: the counterpart of viewer_js/src/consult/state.ts."""

from copy import deepcopy
from typing import Any

from tests.consults.attachments.folded import attached
from tests.consults.guests.folded import guested
from tests.consults.preflight.folded import begun, waived
from tests.consults.recordings.recorded import recorded

State = dict[str, Any]


def fold(state: State, events: list[dict[str, Any]]) -> State:
    """The state with the events laid over it, one number after another without a gap."""
    state = deepcopy(state)
    for event in events:
        assert event["number"] == state["head"] + 1
        state["head"] = event["number"]
        family = event["type"].partition(".")[0]
        if family in PARTS:
            PARTS[family](state, event)
        elif family != "hidden":
            _apply(state, event)
    return state


def _apply(state: State, event: dict[str, Any]) -> None:
    data, consult = event["data"], state["consult"]
    match event["type"]:
        case "annotation.put":
            _put(state["annotations"], data["annotation"])
        case "annotation.deleted":
            state["annotations"] = [mark for mark in state["annotations"] if mark["id"] != data["id"]]
        case "answer.given":
            question = next(one for one in consult["questions"] if one["id"] == data["question_id"])
            question |= {"answer": data["text"], "answered_by": event["actor"]}
            _written(state["opinions"], event)
            _unsigned(state["opinions"])
        case "message.posted":
            state["messages"].append(
                {**data, "number": event["number"], "author": event["actor"], "at": event["at"]}
            )
        case "opinion.given":
            consult |= {"opinion": data["text"], "report_id": data["report_id"]}
            _written(state["opinions"], event)
            _unsigned(state["opinions"])
        case "participant.joined":
            consult["participants"].append({**event["actor"], "side": data["side"]})
        case "study.shared":
            consult["studies"].append(data["study"])
        case _:
            consult |= data.get("consult", {})
            _minutes(state, data)
            words = {question["id"]: question["text"] for question in data.get("questions", [])}
            for question in consult["questions"]:
                question["text"] = words.get(question["id"], question["text"])


def _follow_up(state: State, event: dict[str, Any]) -> None:
    opinions = state["opinions"]
    if event["type"] == "outcome.wanted":
        opinions["wanted_at"] = event["at"]
    else:
        part = "decision" if event["type"] == "decision.recorded" else "outcome"
        opinions[part] = {**event["data"], "by": event["actor"], "at": event["at"]}


def _written(opinions: State, event: dict[str, Any]) -> None:
    """Not for whoever is not told of earlier texts."""
    if "written" in opinions:
        data = event["data"]
        said = {"question_id": data.get("question_id"), "text": data["text"]}
        opinions["written"].append(
            {**said, "number": event["number"], "by": event["actor"], "at": event["at"]}
        )


def _unsigned(opinions: State) -> None:
    for reader in opinions["readers"]:
        reader["consented_at"] = None


def _readers(state: State, event: dict[str, Any]) -> None:
    state["consult"] |= event["data"]["consult"]
    opinions = state["opinions"]
    data, actor, at = event["data"], event["actor"], event["at"]
    if event["type"] == "reader.invited":
        asked = {
            **data["reader"],
            "invited_by": actor,
            "invited_at": at,
            "consented_at": None,
            "reading": None,
        }
        opinions["readers"].append(asked)
    elif event["type"] == "reader.ended":
        gone = data["person_id"]
        opinions["readers"] = [one for one in opinions["readers"] if one["person"]["id"] != gone]
    else:
        mine = next(one for one in opinions["readers"] if one["person"]["id"] == actor["id"])
        consented = event["type"] == "reader.consented"
        mine |= {"consented_at": at} if consented else {"reading": {**data["reading"], "at": at}}


def _minutes(state: State, data: dict[str, Any]) -> None:
    """Each event of the minutes carries all that the room shows of them."""
    if "minutes" in data:
        state["minutes"] = data["minutes"]


def _put(marks: list[dict[str, Any]], mark: dict[str, Any]) -> None:
    for place, known in enumerate(marks):
        if known["id"] == mark["id"]:
            marks[place] = mark
            return
    marks.append(mark)


def _of_the_record_alone(_state: State, _event: dict[str, Any]) -> None:
    """What the room does not show."""


PARTS = {
    "attachment": attached,
    "call": _of_the_record_alone,
    "decision": _follow_up,
    "guest": guested,
    "lab": attached,
    "labs": attached,
    "outcome": _follow_up,
    "preflight": waived,
    "starts": begun,
    "reader": _readers,
    "reading": _readers,
    "recording": recorded,
}
"""Whole families of events that a sub-room folds by itself: by the first word of their kind."""
