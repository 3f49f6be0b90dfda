"""Of the files of a case a blind reader has those that came with it; what the others said or sent comes after."""

import json

from flask import Flask

from tests.consults.attachments.files import PDF, attach
from tests.consults.conftest import Clinic
from tests.consults.folding import fold
from tests.consults.guests.inviting import guest_actor
from tests.factories import browser

SOUND = b"\x1a\x45\xdf\xa3" + bytes(400)


def test_a_blind_reader_has_the_referring_side_s_papers_and_nobody_s_voice(
    clinic: Clinic, app: Flask
) -> None:
    alice, bob, chi = clinic.cast.alice, clinic.cast.bob, clinic.cast.chi
    consult_id = clinic.answered()
    guest = guest_actor(clinic, consult_id)
    paper = attach(clinic, alice, consult_id, PDF, "giấy của An.pdf")
    kept = [
        attach(clinic, alice, consult_id, SOUND, "tiếng của An.webm"),
        attach(clinic, bob, consult_id, SOUND, "tiếng của Bình.webm"),
        attach(clinic, bob, consult_id, PDF, "giấy của Bình.pdf"),
        attach(clinic, guest, consult_id, PDF, "giấy của khách.pdf"),
    ]
    clinic.wish(alice, "reader.invite", consult_id=consult_id, person_id=chi.id, kind="blind")
    before = clinic.state(chi, consult_id)
    late = attach(clinic, clinic.cast.dao, consult_id, PDF, "giấy của Đào.pdf")
    kept.append(attach(clinic, bob, consult_id, SOUND, "tiếng nữa.webm"))
    clinic.wish(bob, "attachment.withdraw", consult_id=consult_id, attachment_id=kept[-1])

    blind, there = clinic.state(chi, consult_id), browser(app, clinic.db, chi)
    assert [file["id"] for file in blind["attachments"]["files"]] == [paper, late]
    assert fold(before, clinic.events(chi, consult_id, before["head"])) == blind
    told = json.dumps([blind, clinic.events(chi, consult_id)])
    assert [file for file in kept if file in told] == []
    for file in (paper, late, *kept):
        answer = there.get(f"/consults/{consult_id}/attachments/{file}")
        assert answer.status_code == (404 if file in kept else 200)

    said = [{"question_id": one["id"], "text": "Có"} for one in blind["consult"]["questions"]]
    clinic.wish(chi, "reading.give", consult_id=consult_id, conclusions=said, text="Có xuất huyết.")
    files = clinic.state(chi, consult_id)["attachments"]["files"]
    assert {file["id"] for file in files} == {paper, late, *kept[:-1]}
    assert there.get(f"/consults/{consult_id}/attachments/{kept[0]}").status_code == 200
