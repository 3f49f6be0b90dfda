"""Somebody of a third hospital, or of the wrong role, learns nothing: every address answers like one that never was."""

from typing import Any

import pytest
from flask import Flask

from app.base.actor import Actor
from app.base.errors import HoichanError, NotFound
from app.base.ids import new_id
from consults import web
from consults.queries import list_consults
from consults.wishes import WISHES
from tests.consults.conftest import Clinic
from tests.factories import browser

PAGES = ["", "/edit", "/state", "/events?after=0", "/readers"]
RECORDING = ("agree", "refuse", "stop", "withdraw")
POSTS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "POST",
        f"/{verb}",
        {"reason": "không", "text": "x", "question_id": new_id(), "due_at": "2030-01-01T00:00Z"},
    )
    for verb in web.WISH_OF
]


def _sent(clinic: Clinic, name: str, consult_id: str) -> dict[str, Any]:
    """A well-formed wish of this name, so that only the right is in question."""
    mark = clinic.mark()
    fields: dict[str, dict[str, Any]] = {
        "annotation.delete": {"id": mark["id"]},
        "annotation.put": {"annotation": mark},
        "attachment.withdraw": {"attachment_id": new_id()},
        "basis.complete": {"basis": clinic.content()["basis"]},
        "consult.cancel": {"reason": "không cần nữa"},
        "consult.edit": {"content": clinic.content()},
        "consult.hold": {"code": "missing-series", "reason": "thiếu phim"},
        "consult.pass": {"reason": "không nhận được"},
        "consult.reject": {"reason": "không thuộc chuyên khoa"},
        "consult.reopen": {"reason": "có câu hỏi mới"},
        "consult.resubmit": {"note": "đã gửi thêm"},
        "consult.reschedule": {"due_at": "2030-01-01T00:00:00Z"},
        "decision.record": {"follows": "fully", "text": "chuyển tuyến"},
        "lab.remove": {"lab_id": new_id()},
        "labs.add": {"text": "Hb;130;g/L;120-160"},
        "outcome.report": {"agreement": "agree", "diagnosis": "không thấy u"},
        "message.post": {"client_id": new_id(), "text": "nghe lén"},
        "opinion.give": {"text": "x"},
        "question.answer": {"question_id": new_id(), "text": "x"},
        "reader.dismiss": {"person_id": new_id()},
        "reader.invite": {"person_id": clinic.cast.chi.id, "kind": "separate"},
        "reading.give": {"conclusions": [{"question_id": new_id(), "text": "x"}], "text": "x"},
        "starts.choose": {"places": []},
        **{f"recording.{verb}": {"recording_id": new_id()} for verb in RECORDING},
        "study.share": {"study_id": clinic.study_id},
    }
    return {"consult_id": consult_id, **fields.get(name, {})}


def _refusal(clinic: Clinic, actor: Actor, name: str, consult_id: str) -> tuple[str, str]:
    with pytest.raises(HoichanError) as refused:
        clinic.wish(actor, name, **_sent(clinic, name, consult_id))
    return refused.value.code, str(refused.value)


def test_no_wish_tells_a_real_consult_from_one_that_never_was(clinic: Clinic) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    before = clinic.events(cast.alice, consult_id)

    for name in sorted(set(WISHES) - {"consult.create"}):
        for stranger in (cast.chi, cast.vinh, cast.root, cast.giang, cast.tam):
            assert _refusal(clinic, stranger, name, consult_id) == _refusal(clinic, stranger, name, new_id())
        assert _refusal(clinic, cast.chi, name, consult_id)[0] == NotFound().code
    assert clinic.events(cast.alice, consult_id) == before


def test_no_address_tells_a_real_consult_from_one_that_never_was(clinic: Clinic, app: Flask) -> None:
    consult_id, unknown = clinic.accepted(), new_id()
    chi = browser(app, clinic.db, clinic.cast.chi)

    for path in PAGES:
        for ask in (chi.get, chi.get_json):
            real, made_up = ask(f"/consults/{consult_id}{path}"), ask(f"/consults/{unknown}{path}")
            assert (real.status_code, real.data.replace(consult_id.encode(), b"")) == (
                404,
                made_up.data.replace(unknown.encode(), b""),
            )
    for method, path, body in [*POSTS, ("POST", "/messages", {"client_id": new_id(), "text": "nghe lén"})]:
        wish = {key: value for key, value in body.items() if key in _fields_of(path)}
        real = chi.send_json(method, f"/consults/{consult_id}{path}", wish)
        made_up = chi.send_json(method, f"/consults/{unknown}{path}", wish)
        assert (real.status_code, real.data) == (made_up.status_code, made_up.data)
        assert real.status_code in {400, 404}
    mark = clinic.mark()
    assert chi.send_json("PUT", f"/consults/{consult_id}/annotations/{mark['id']}", mark).status_code == 404
    assert chi.send_json("DELETE", f"/consults/{consult_id}/annotations/{mark['id']}").status_code == 404


def _fields_of(path: str) -> set[str]:
    name = web.WISH_OF.get(path.removeprefix("/"), "message.post")
    return set(WISHES[name].schema.model_fields)


def test_lists_and_counts_of_strangers_are_empty(clinic: Clinic) -> None:
    clinic.accepted()
    with clinic.db.reading() as tx:
        for stranger in (
            clinic.cast.chi,
            clinic.cast.vinh,
            clinic.cast.root,
            clinic.cast.giang,
            clinic.cast.tam,
        ):
            assert list_consults(tx, stranger).consults == ()


def test_studies_of_another_hospital_cannot_be_sent_on(clinic: Clinic) -> None:
    """Bob may see the study through the consult, but it is not his to give."""
    clinic.accepted()
    wish = clinic.content(hospital_id=clinic.cast.c.id)

    with pytest.raises(HoichanError) as refused:
        clinic.wish(clinic.cast.bob, "consult.create", **wish)

    assert refused.value.code == "foreign_study"
