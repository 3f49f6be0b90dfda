"""A file goes with a case to those in it and to nobody else; it is what its first bytes say, and it is kept."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.archive.integrity import referenced
from app.audit.models import AuditRecord
from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from app.base.ids import new_id
from app.main.backup import back_up
from app.main.reconcile import reconcile
from consults.attachments import kinds
from consults.attachments.models import Attachment
from consults.attachments.queries import attachment_for
from tests.consults.attachments.files import PDF, attach, photo, post
from tests.consults.conftest import Clinic
from tests.factories import browser


def test_a_file_added_by_one_side_is_read_by_the_other(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.asked()
    root = f"/consults/{consult_id}/attachments"
    alice, bob = (browser(app, clinic.db, who) for who in (clinic.cast.alice, clinic.cast.bob))

    beside = {"X-File-Name": "k%E1%BA%BFt%20qu%E1%BA%A3.png", "X-Description": "CTM%20s%C3%A1ng"}
    made = post(alice, consult_id, PDF, **beside)

    assert made.status_code == 201, made.data
    (file,) = clinic.state(clinic.cast.bob, consult_id)["attachments"]["files"]
    assert (file["kind"], file["media_type"], file["name"]) == ("pdf", "application/pdf", "kết quả.png")
    assert (file["by"]["id"], file["size"]) == (clinic.cast.alice.id, len(PDF))
    read = bob.get(f"{root}/{file['id']}")
    assert (read.status_code, read.data, read.headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert read.headers["Content-Disposition"].startswith("attachment")
    assert read.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    with clinic.db.reading() as tx:
        told = tx.session.scalars(select(AuditRecord.detail).where(AuditRecord.subject_id == consult_id))
        assert [detail for detail in told if file["id"] in detail and "attachment" in detail]


def test_strangers_get_and_give_nothing(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.asked()
    file_id = attach(clinic, clinic.cast.alice, consult_id)
    root = f"/consults/{consult_id}/attachments"

    for stranger, code in ((clinic.cast.chi, 404), (clinic.cast.vinh, 403), (clinic.cast.root, 403)):
        there = browser(app, clinic.db, stranger)
        assert there.get(f"{root}/{file_id}").status_code == code
        assert post(there, consult_id, PDF).status_code == code
    assert app.test_client().get(f"{root}/{file_id}").status_code in {302, 303, 401}
    other = clinic.asked()
    with clinic.db.reading() as tx, pytest.raises(NotFound):
        attachment_for(tx, clinic.cast.alice, other, file_id)


def test_what_is_no_such_file_or_too_large_is_refused(
    clinic: Clinic, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    consult_id = clinic.asked()
    alice = browser(app, clinic.db, clinic.cast.alice)
    monkeypatch.setattr("consults.doors.attachments.LARGEST", 100)

    for content, code in ((b"<svg onload=x>", 400), (b"", 400), (PDF + b"x" * 200, 413)):
        assert post(alice, consult_id, content).status_code == code
    assert clinic.state(clinic.cast.alice, consult_id)["attachments"]["files"] == []


def test_a_case_holds_so_many_and_whoever_added_one_takes_it_back(
    sqlite_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    monkeypatch.setitem(kinds.MOST, "pdf", 2)
    consult_id = clinic.accepted()
    first = attach(clinic, cast.alice, consult_id)
    attach(clinic, cast.bob, consult_id)
    with pytest.raises(Conflict):
        attach(clinic, cast.alice, consult_id)
    attach(clinic, cast.alice, consult_id, photo(), "ảnh.jpg")

    wish = {"consult_id": consult_id, "attachment_id": first}
    with pytest.raises(Forbidden):
        clinic.wish(cast.bob, "attachment.withdraw", **wish)
    clinic.wish(cast.alice, "attachment.withdraw", **wish)
    with clinic.db.reading() as tx, pytest.raises(NotFound):
        attachment_for(tx, cast.alice, consult_id, first)


def test_a_draft_takes_files_from_its_writer_and_a_closed_case_takes_none(sqlite_clinic: Clinic) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    draft = clinic.wish(cast.alice, "consult.create", **clinic.content())["id"]
    attach(clinic, cast.alice, draft)
    with pytest.raises(NotFound):
        attach(clinic, cast.bob, draft)
    clinic.wish(cast.alice, "consult.request", consult_id=draft)
    assert len(clinic.state(cast.bob, draft)["attachments"]["files"]) == 1
    clinic.wish(cast.alice, "consult.cancel", consult_id=draft, reason="Chuyển tuyến")
    with pytest.raises(Conflict):
        attach(clinic, cast.alice, draft)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_photo_is_shown_upright_and_without_where_it_was_taken(
    clinic: Clinic, app: Flask, form: str
) -> None:
    consult_id = clinic.asked()
    taken = photo(form=form)
    file_id = attach(clinic, clinic.cast.alice, consult_id, taken, "da.jpg")

    answer = browser(app, clinic.db, clinic.cast.bob).get(f"/consults/{consult_id}/attachments/{file_id}")

    assert b"SecretPhone" in taken
    assert b"Secret" not in answer.data
    shown = Image.open(BytesIO(answer.data))
    assert shown.getpixel((3, 3)) == Image.open(BytesIO(taken)).getpixel((3, 3))
    assert dict(shown.getexif()) == ({0x0112: 6} if form == "JPEG" else {})
    assert not shown.getexif().get_ifd(0x8825)


def test_a_broken_photo_is_cut_off_and_never_passed_on_whole(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.asked()
    there = browser(app, clinic.db, clinic.cast.alice)
    for content in (photo()[:30], b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\xff\xffSecret", photo(form="PNG")[:12]):
        file_id = attach(clinic, clinic.cast.alice, consult_id, content, "x")
        answer = there.get(f"/consults/{consult_id}/attachments/{file_id}")
        assert (answer.status_code, b"Secret" in answer.data) == (200, False)


def test_no_sweep_removes_a_file_and_a_backup_has_it(clinic: Clinic, tmp_path: Path) -> None:
    content = PDF + new_id().encode()
    file_id = attach(clinic, clinic.cast.alice, clinic.asked(), content)
    with clinic.db.reading() as tx:
        digest = tx.session.get_one(Attachment, file_id).digest
        assert referenced(tx, [digest, "0" * 64]) == {digest}

    assert reconcile(clinic.db, clinic.blobs, whole=True).orphans == 0
    assert clinic.blobs.read(digest) == content
    back_up(clinic.db, clinic.blobs, clinic.blobs.objects.parent, tmp_path / "backup")
    copies = [path for path in (tmp_path / "backup").rglob(digest) if path.read_bytes() == content]
    assert len(copies) == 1


def test_a_kind_is_told_by_the_first_bytes() -> None:
    told = {
        b"OggS": "audio/ogg",
        b"\x1a\x45\xdf\xa3": "audio/webm",
        b"\0\0\0\x20ftypM4A ": "audio/mp4",
        b"RIFF\0\0\0\0WAVEfmt ": "audio/wav",
    }
    assert {head: kinds.FileKind.of("", head).media_type for head in told} == told
    for wrong in (b"", b"MZ\x90\0", b"<html>", b"RIFF\0\0\0\0WEBP"):
        with pytest.raises(Invalid):
            kinds.FileKind.of("ảnh.jpg", wrong)
