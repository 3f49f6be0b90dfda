"""A case begins with its key images: those saved with the study are offered, the room keeps and shows the chosen."""

from typing import Any

import pytest
from flask import Flask

from app.base.actor import Actor
from app.base.errors import Conflict, NotFound
from app.evidence.saving import Evidence
from app.evidence.schemas import SaveInput
from tests import dicomgen
from tests.consults.conftest import Clinic
from tests.consults.folding import fold
from tests.factories import browser


def _place(clinic: Clinic, **change: Any) -> dict[str, Any]:
    mark = clinic.mark()
    place = {name: mark[name] for name in ("study_id", "sop_instance_uid", "frame_number")}
    return {**place, **change}


def _choose(clinic: Clinic, actor: Actor, consult_id: str, *places: dict[str, Any]) -> None:
    clinic.wish(actor, "starts.choose", consult_id=consult_id, places=list(places))


def test_chosen_images_are_kept_in_order_and_shown_to_both_sides(clinic: Clinic) -> None:
    first = _place(clinic)
    other = clinic.store(dicomgen.ct_slice(study="study-2"))
    elsewhere = _place(clinic, study_id=other)
    consult_id = clinic.accepted(starts=[first, first, _place(clinic, frame_number=2), elsewhere])
    old = clinic.state(clinic.cast.bob, consult_id)
    assert old["starts"] == [first]  # once, and only what is among the images of the case

    _choose(clinic, clinic.cast.alice, consult_id)
    fresh = clinic.state(clinic.cast.bob, consult_id)
    assert fresh["starts"] == []
    assert fold(old, clinic.events(clinic.cast.bob, consult_id, old["head"])) == fresh

    clinic.wish(clinic.cast.alice, "consult.cancel", consult_id=consult_id, reason="không cần nữa")
    for who, refusal in ((clinic.cast.alice, Conflict), (clinic.cast.chi, NotFound)):
        with pytest.raises(refusal):
            _choose(clinic, who, consult_id, first)


def test_key_images_saved_with_the_study_are_offered_on_the_form(clinic: Clinic, app: Flask) -> None:
    alice, place = clinic.cast.alice, _place(clinic)
    wanted = {"form": "ko", "code": "113000", "frames": [[place["sop_instance_uid"], 1]]}
    Evidence(clinic.db, clinic.blobs).save(alice, clinic.study_id, SaveInput.from_wire(wanted))
    start = f"{clinic.study_id}/{place['sop_instance_uid']}/1"
    there = browser(app, clinic.db, alice)
    assert f'name="start" value="{start}"' in there.get(f"/consults/new?study={clinic.study_id}").text

    asked = {
        "study": clinic.study_id,
        "question": "Có xuất huyết không?",
        "whom": f"hospital:{clinic.cast.b.id}",
        "urgency": "urgent",
        "access_days": "7",
        "start": [start, "không/phải/ảnh"],
        "begin": "1",
        "do": "keep",
    }
    assert there.post(f"/consults/new?study={clinic.study_id}", asked).status_code == 303
    draft = there.get("/consults?box=sent").text.partition("/consults/01")[2][:24]
    assert clinic.state(alice, f"01{draft}")["starts"] == [place]
    again = {name: value for name, value in asked.items() if name != "begin"}
    assert there.post(f"/consults/01{draft}/edit", again).status_code == 303
    assert clinic.state(alice, f"01{draft}")["starts"] == []
