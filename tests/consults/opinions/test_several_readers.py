"""Several specialists: each with a conclusion per question, or of one mind by consent, or blind until theirs is given."""

from typing import Any

import pytest

from app.archive.queries import study_info
from app.base.actor import Actor
from app.base.errors import Conflict, Forbidden, HoichanError, Invalid, NotFound
from consults.queries import Box, list_consults
from tests.consults.conftest import Clinic
from tests.consults.folding import fold


def _invite(clinic: Clinic, by: Actor, who: Actor, consult_id: str, kind: str) -> None:
    clinic.wish(by, "reader.invite", consult_id=consult_id, person_id=who.id, kind=kind)


def _read(
    clinic: Clinic, who: Actor, consult_id: str, text: str = "Theo tôi có xuất huyết.", version: int = 0
) -> None:
    questions = clinic.state(who, consult_id)["consult"]["questions"]
    said = [{"question_id": one["id"], "text": f"Tôi nghĩ {one['number']}"} for one in questions]
    clinic.wish(who, "reading.give", consult_id=consult_id, conclusions=said, text=text, version=version)


def _sees_images(clinic: Clinic, who: Actor) -> bool:
    with clinic.db.reading() as tx:
        try:
            return bool(study_info(tx, who, clinic.study_id))
        except NotFound:
            return False


def _reader(clinic: Clinic, by: Actor, consult_id: str) -> dict[str, Any]:
    (reader,) = clinic.state(by, consult_id)["opinions"]["readers"]
    told: dict[str, Any] = reader
    return told


def test_a_reader_of_a_third_hospital_sees_the_case_while_invited(clinic: Clinic) -> None:
    alice, chi = clinic.cast.alice, clinic.cast.chi
    consult_id = clinic.accepted()
    assert not _sees_images(clinic, chi)
    _invite(clinic, alice, chi, consult_id, "separate")
    assert _sees_images(clinic, chi)
    with clinic.db.reading() as tx:
        assert [line.id for line in list_consults(tx, chi, Box.INBOX).consults] == [consult_id]

    clinic.wish(chi, "reader.leave", consult_id=consult_id)
    assert not _sees_images(clinic, chi)
    with pytest.raises(NotFound):
        clinic.state(chi, consult_id)
    assert clinic.state(alice, consult_id)["opinions"]["readers"] == []


def test_each_reader_concludes_on_every_question_beside_the_first(clinic: Clinic) -> None:
    alice, binh = clinic.cast.alice, clinic.cast.binh
    consult_id = clinic.answered()
    _invite(clinic, clinic.cast.bob, binh, consult_id, "separate")
    first = clinic.state(binh, consult_id)["consult"]["questions"][0]
    with pytest.raises(Conflict):
        said = [{"question_id": first["id"], "text": "Chỉ một câu"}]
        clinic.wish(binh, "reading.give", consult_id=consult_id, conclusions=said, text="Thiếu")
    _read(clinic, binh, consult_id)
    with pytest.raises(Conflict) as refused:  # another window of Bình's, opened before the first was given
        _read(clinic, binh, consult_id, "Không có.")
    assert refused.value.code == "text_changed"
    _read(clinic, binh, consult_id, "Xem lại: nghi ngờ.", version=1)

    reading = _reader(clinic, alice, consult_id)["reading"]
    assert (reading["text"], reading["version"]) == ("Xem lại: nghi ngờ.", 2)
    assert [one["text"] for one in reading["conclusions"]] == ["Tôi nghĩ 1", "Tôi nghĩ 2"]
    assert first["answer"] == "Trả lời 1"
    with pytest.raises(Conflict):
        clinic.wish(alice, "reader.dismiss", consult_id=consult_id, person_id=binh.id)


def test_a_joint_opinion_counts_when_every_author_has_signed_these_words(clinic: Clinic) -> None:
    alice, bob, binh = clinic.cast.alice, clinic.cast.bob, clinic.cast.binh
    consult_id = clinic.accepted()
    _invite(clinic, bob, binh, consult_id, "joint")
    for question in clinic.state(bob, consult_id)["consult"]["questions"]:
        sent = {"question_id": question["id"], "text": "Không."}
        clinic.wish(bob, "question.answer", consult_id=consult_id, **sent)
    with pytest.raises(Conflict):
        clinic.wish(binh, "reader.consent", consult_id=consult_id)
    clinic.wish(bob, "opinion.give", consult_id=consult_id, text="Không thấy xuất huyết.")
    clinic.wish(binh, "reader.consent", consult_id=consult_id)
    revised = {"text": "Nghi xuất huyết nhỏ.", "version": clinic.version(consult_id)}
    clinic.wish(bob, "opinion.give", consult_id=consult_id, **revised)
    assert _reader(clinic, alice, consult_id)["consented_at"] is None
    with pytest.raises(Conflict) as refused:
        clinic.wish(alice, "consult.complete", consult_id=consult_id)
    assert refused.value.code == "not_consented"

    clinic.wish(binh, "reader.consent", consult_id=consult_id)
    clinic.wish(alice, "consult.complete", consult_id=consult_id)
    with pytest.raises(Conflict):
        clinic.wish(alice, "reader.dismiss", consult_id=consult_id, person_id=binh.id)


def test_a_blind_reader_sees_nothing_of_the_first_reading_until_theirs_is_given(clinic: Clinic) -> None:
    alice, chi = clinic.cast.alice, clinic.cast.chi
    consult_id = clinic.answered()
    clinic.say(clinic.cast.bob, consult_id, "Tôi không thấy xuất huyết")
    clinic.wish(alice, "annotation.put", consult_id=consult_id, annotation=clinic.mark())
    _invite(clinic, alice, chi, consult_id, "blind")
    before = clinic.state(chi, consult_id)
    clinic.say(alice, consult_id, "Cảm ơn anh")
    with pytest.raises(Forbidden):
        clinic.say(chi, consult_id, "Các anh nghĩ sao?")
    clinic.wish(alice, "consult.complete", consult_id=consult_id)
    clinic.wish(alice, "decision.record", consult_id=consult_id, follows="fully", text="Theo dõi")

    blind = clinic.state(chi, consult_id)
    assert fold(before, clinic.events(chi, consult_id, before["head"])) == blind
    told = str(blind) + str(clinic.events(chi, consult_id))
    assert not [
        word for word in ("Trả lời", "xuất huyết.", "không thấy", "ở đây", "Theo dõi") if word in told
    ]
    assert blind["consult"]["report_id"] is None

    _read(clinic, chi, consult_id)
    seen = clinic.state(chi, consult_id)
    assert seen["consult"]["questions"][0]["answer"] == "Trả lời 1"
    assert len(seen["messages"]) == 2
    with pytest.raises(Conflict):
        _read(clinic, chi, consult_id)


def test_only_the_hospital_of_the_images_shows_them_to_strangers(clinic: Clinic) -> None:
    alice, bob, chi, dao = clinic.cast.alice, clinic.cast.bob, clinic.cast.chi, clinic.cast.dao
    consult_id = clinic.accepted()
    with pytest.raises(Conflict):
        _invite(clinic, bob, chi, consult_id, "separate")
    with pytest.raises(Invalid):
        _invite(clinic, alice, dao, consult_id, "separate")
    with pytest.raises(Conflict):
        _invite(clinic, alice, bob, consult_id, "joint")
    for stranger in (chi, clinic.cast.tam, clinic.cast.giang, clinic.cast.root):
        for name, sent in (
            ("reader.invite", {"person_id": stranger.id, "kind": "separate"}),
            ("reader.dismiss", {"person_id": stranger.id}),
            ("reader.consent", {}),
            ("reader.leave", {}),
        ):
            with pytest.raises(HoichanError):
                clinic.wish(stranger, name, consult_id=consult_id, **sent)


def test_a_second_reading_after_completion_lasts_as_long_as_the_images(clinic: Clinic) -> None:
    alice, chi = clinic.cast.alice, clinic.cast.chi
    consult_id = clinic.completed()
    _invite(clinic, alice, chi, consult_id, "blind")
    assert _sees_images(clinic, chi)
    _read(clinic, chi, consult_id)
    assert _reader(clinic, alice, consult_id)["reading"]["version"] == 1
    ended = clinic.completed(access_days=0)
    with pytest.raises(Conflict):
        _invite(clinic, alice, chi, ended, "separate")
