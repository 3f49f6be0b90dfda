"""The case as a ZIP: made by a job, with objects that other programs read, a page without scripts, nothing that was
said in private; kept for a day, in the archive too where that is wished.
"""

import math
import re
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from pydicom import dcmread

from app.archive.queries import manifest
from app.base import clock
from app.base.actor import Actor
from app.base.errors import TooMany
from app.base.ids import new_id
from app.base.jobs import JobRunner
from app.edge.services import Services
from app.evidence.subjects import Mark
from app.identity.models import Person
from consults.actions import enter_room
from consults.minutes import actions
from consults.papers.actions import MAKE, ask_for_package, cancel_package
from consults.papers.course import fail_package, note_progress
from consults.papers.lifecycle import Phase
from consults.papers.making import forget_packages
from consults.papers.models import ConsultPackage
from consults.papers.outlines import outlines
from consults.papers.queries import PackageInfo, package_page
from tests.consults.attachments.files import photo
from tests.consults.conftest import Clinic
from tests.consults.papers.what_came import jointly_completed, tell_what_came_of_it
from tests.factories import browser


@pytest.fixture
def db(sqlite_clinic: Clinic) -> object:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


@pytest.fixture
def worker(services: Services) -> JobRunner:
    """Makes packages; what the archive has to do is none of its business here."""
    others = ("previews.make", "routing.arrived", "routing.completed")
    own = {MAKE: services.platform.jobs[MAKE](services)}
    return JobRunner(services.db, own | dict.fromkeys(others, lambda _: None))


@pytest.fixture
def case(sqlite_clinic: Clinic) -> tuple[Clinic, str]:
    """Marks of both, a line with a script in it, one for Bob alone, and minutes that have gone round."""
    clinic, alice, bob = sqlite_clinic, sqlite_clinic.cast.alice, sqlite_clinic.cast.bob
    consult_id = clinic.answered()
    for who in (alice, bob):
        clinic.wish(who, "annotation.put", consult_id=consult_id, annotation=clinic.mark())
        with clinic.db.transaction() as tx:
            enter_room(tx, who, consult_id=consult_id)
    clinic.say(alice, consult_id, "<script>alert(1)</script>")
    private = {"client_id": new_id(), "text": "chỉ mình anh", "recipients": [bob.id]}
    clinic.wish(alice, "message.post", consult_id=consult_id, **private)
    with clinic.db.transaction() as tx:
        actions.take_minutes(tx, bob, consult_id=consult_id)
        actions.circulate_minutes(tx, bob, consult_id=consult_id, version=1)
    return clinic, consult_id


def _info(clinic: Clinic, actor: Actor, consult_id: str) -> PackageInfo | None:
    with clinic.db.reading() as tx:
        return package_page(tx, actor, consult_id).package


def _package(
    clinic: Clinic, app: Flask, worker: JobRunner, actor: Actor, consult_id: str, **wish: str
) -> dict[str, bytes]:
    """Asked for in a browser, made by the worker, fetched."""
    at = browser(app, clinic.db, actor)
    assert at.post(f"/consults/{consult_id}/package", wish).status_code == 303
    assert "<progress" in at.get(f"/consults/{consult_id}/package").text
    worker.run_waiting()
    found = re.search(r'href="(/consults/[^"]+\.zip)"', at.get(f"/consults/{consult_id}/package").text)
    assert found
    with at.get(found.group(1)) as answer:
        assert answer.status_code == 200
        data = answer.data
    with ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_asking_hospital_s_package_holds_objects_of_its_study(
    case: tuple[Clinic, str], app: Flask, worker: JobRunner, tmp_path: Path
) -> None:
    clinic, consult_id = case
    files = _package(clinic, app, worker, clinic.cast.alice, consult_id)

    objects: dict[str, Any] = {
        name: dcmread(BytesIO(data)) for name, data in files.items() if name.endswith(".dcm")
    }
    assert {name[6:8] for name in objects} == {"KO", "SR", "PR", "DO"}
    assert len({str(one.PatientName) for one in objects.values()}) == 1
    assert len({one.StudyInstanceUID for one in objects.values()}) == 1
    assert len({one.SOPInstanceUID for one in objects.values()}) == len(objects)
    document = objects["DICOM/DOC001.dcm"]
    assert document.EncapsulatedDocument[: document.EncapsulatedDocumentLength] == files["minutes.pdf"]
    for name in objects:
        _valid(tmp_path / Path(name).name, files[name])


def _valid(path: Path, data: bytes) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dicom3tools' dciodvfy is not installed")
    path.write_bytes(data)
    said = subprocess.run(
        [program, "-new", str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert not re.findall(r"^Error.*", said.stdout + said.stderr, re.MULTILINE)


def test_the_page_opens_without_a_server_and_runs_nothing(
    case: tuple[Clinic, str], app: Flask, worker: JobRunner
) -> None:
    clinic, consult_id = case
    files = _package(clinic, app, worker, clinic.cast.bob, consult_id)

    page = files["index.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "chỉ mình anh" not in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?/", page)
    for name in re.findall(r"(?:src|href)=\"([^\"#]+)\"", page):
        assert name in files
    assert files["pictures/01.jpg"].startswith(b"\xff\xd8\xff")
    assert page.count('<polyline points="10.0,10.0 20.5,20.5"/>') == 2


def test_the_page_tells_who_signed_what_was_decided_and_what_came_of_it(
    sqlite_clinic: Clinic, app: Flask, worker: JobRunner
) -> None:
    clinic = sqlite_clinic
    consult_id = jointly_completed(clinic)
    tell_what_came_of_it(clinic, consult_id)
    page = _package(clinic, app, worker, clinic.cast.bob, consult_id)["index.html"].decode()

    binh = clinic.cast.binh
    for said in ("Follows it in part", "Theo dõi thêm", "Disagrees with the opinion", "Máu tụ", "Mổ"):
        assert said in page
    assert f"<b>Joint opinion:</b> {binh.name}," in page


def test_the_page_tells_what_an_opinion_said_before_it_was_revised(
    sqlite_clinic: Clinic, app: Flask, worker: JobRunner
) -> None:
    clinic, bob = sqlite_clinic, sqlite_clinic.cast.bob
    consult_id = clinic.answered()
    revised = {"text": "Có xuất huyết nhỏ.", "version": clinic.version(consult_id)}
    clinic.wish(bob, "opinion.give", consult_id=consult_id, **revised)
    page = _package(clinic, app, worker, bob, consult_id)["index.html"].decode()

    assert '<p class="said">Có xuất huyết nhỏ.</p>' in page
    assert f"Revised: {bob.name}" in page
    assert f"<summary>Earlier text: {bob.name}" in page
    assert page.index("Earlier text") < page.index("Không thấy xuất huyết.")
    assert page.count("Earlier text") == 1


def test_files_of_the_case_go_with_it_under_names_of_ours_those_for_chosen_people_do_not(
    case: tuple[Clinic, str], app: Flask, worker: JobRunner
) -> None:
    clinic, consult_id = case
    alice = clinic.cast.alice
    there = browser(app, clinic.db, alice)
    for name, recipients in (("vet%20thuong.html", ""), ("rieng.jpg", clinic.cast.bob.id)):
        more = {"X-File-Name": name, "X-Client-Id": new_id(), "X-Recipients": recipients}
        answer = there.client.post(
            f"/consults/{consult_id}/attachments",
            data=photo(),
            headers={"X-CSRF-Token": there.csrf, **more},
        )
        assert answer.status_code == 201
    files = _package(clinic, app, worker, alice, consult_id)

    assert [name for name in files if name.startswith("files/")] == ["files/01.jpg"]
    assert files["files/01.jpg"].startswith(b"\xff\xd8\xff")
    assert b"SecretPhone" not in files["files/01.jpg"]
    assert '<a href="files/01.jpg">vet thuong.html</a>' in files["index.html"].decode()


def test_a_closed_shape_is_drawn_through_the_ends_of_its_axes(sqlite_clinic: Clinic) -> None:
    ends = [[0.0, 5.0], [20.0, 5.0], [10.0, 0.0], [10.0, 10.0]]
    told = sqlite_clinic.mark(kind="ellipse", graphic_type="ELLIPSE", points=ends)
    author = {"id": sqlite_clinic.cast.alice.id, "name": "Alice", "hospital": "A"}
    (drawn,) = outlines(Mark.from_json(told | {"author": author, "values": None}), 100)
    assert drawn[0] == pytest.approx(drawn[-1])
    for end in ends:
        assert min(math.dist(end, point) for point in drawn) < 1e-6


def test_the_other_hospital_s_package_has_pictures_and_papers_but_no_objects_of_a_foreign_study(
    case: tuple[Clinic, str], app: Flask, worker: JobRunner
) -> None:
    clinic, consult_id = case
    files = _package(clinic, app, worker, clinic.cast.bob, consult_id)

    assert not [name for name in files if name.endswith(".dcm")]
    assert {"index.html", "minutes.json", "minutes.pdf", "pictures/01.jpg"} <= set(files)
    at = browser(app, clinic.db, clinic.cast.bob)
    assert at.post(f"/consults/{consult_id}/package", {"keep": "1"}).status_code == 403


def test_its_objects_are_kept_in_the_archive_where_that_is_wished(
    case: tuple[Clinic, str], app: Flask, worker: JobRunner
) -> None:
    clinic, consult_id = case
    files = _package(clinic, app, worker, clinic.cast.alice, consult_id, keep="1")

    with clinic.db.reading() as tx:
        told = manifest(tx, clinic.cast.alice, clinic.study_id)
    archived = {one["sop_instance_uid"] for series in told["series"] for one in series["instances"]}
    archived |= {one["sop_instance_uid"] for one in told.get("objects", [])}
    carried = [dcmread(BytesIO(data)) for name, data in files.items() if name.endswith(".dcm")]
    info = _info(clinic, clinic.cast.alice, consult_id)
    assert info is not None
    assert info.kept == len(carried) > 0
    assert {one.SOPInstanceUID for one in carried} <= archived


def test_asked_for_twice_it_is_one_and_a_cancelled_one_is_not_made(
    case: tuple[Clinic, str], worker: JobRunner
) -> None:
    clinic, consult_id = case
    alice = clinic.cast.alice
    with clinic.db.transaction() as tx:
        package_id = ask_for_package(tx, alice, consult_id=consult_id, language="vi", keeps=False)
        again = ask_for_package(tx, alice, consult_id=consult_id, language="vi", keeps=False)
        assert again == package_id
        cancel_package(tx, alice, consult_id=consult_id, package_id=package_id)
        assert not note_progress(tx, package_id, 1, 2)
    worker.run_waiting()
    assert _info(clinic, alice, consult_id) is None


def test_after_a_day_it_is_gone_with_its_file(
    case: tuple[Clinic, str],
    services: Services,
    app: Flask,
    worker: JobRunner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clinic, consult_id = case
    alice = clinic.cast.alice
    _package(clinic, app, worker, alice, consult_id)
    before = set(services.blobs.objects.glob("??/*"))

    assert forget_packages(clinic.db, services.blobs) == 0
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert forget_packages(clinic.db, services.blobs) == 1
    assert len(before - set(services.blobs.objects.glob("??/*"))) == 1
    assert _info(clinic, alice, consult_id) is None


def test_it_is_not_made_for_somebody_whose_account_was_closed_meanwhile(
    case: tuple[Clinic, str], worker: JobRunner
) -> None:
    clinic, consult_id = case
    bob = clinic.cast.bob
    with clinic.db.transaction() as tx:
        package_id = ask_for_package(tx, bob, consult_id=consult_id, language="vi", keeps=False)
    with clinic.db.transaction() as tx:
        tx.session.get_one(Person, bob.id).active = False
    worker.run_waiting()
    with clinic.db.reading() as tx:
        assert tx.session.get_one(ConsultPackage, package_id).phase == Phase.CANCELLED


def test_why_it_could_not_be_made_is_told_in_whole_sentences(case: tuple[Clinic, str], app: Flask) -> None:
    clinic, consult_id = case
    bob = clinic.cast.bob
    why = TooMany("too_many_tries", "Too many tries. Wait {seconds} seconds and try again.", seconds=41)
    with clinic.db.transaction() as tx:
        package_id = ask_for_package(tx, bob, consult_id=consult_id, language="vi", keeps=False)
        fail_package(tx, package_id, why)
    page = browser(app, clinic.db, bob).get(f"/consults/{consult_id}/package")
    assert str(why) in page.text  # in English, as this browser asks


def test_strangers_and_the_other_side_get_no_package(
    case: tuple[Clinic, str], app: Flask, worker: JobRunner
) -> None:
    clinic, consult_id = case
    _package(clinic, app, worker, clinic.cast.alice, consult_id)
    info = _info(clinic, clinic.cast.alice, consult_id)
    assert info is not None
    at = f"/consults/{consult_id}/package"
    for stranger in (clinic.cast.chi, clinic.cast.vinh, clinic.cast.root, clinic.cast.tam):
        theirs = browser(app, clinic.db, stranger)
        answers = [theirs.get(at), theirs.post(at), theirs.get(f"{at}/{info.id}.zip")]
        answers.append(theirs.post(f"{at}/{info.id}/cancel"))
        assert {one.status_code for one in answers} <= {403, 404}
    assert browser(app, clinic.db, clinic.cast.bob).get(f"{at}/{info.id}.zip").status_code == 404
    assert app.test_client().get(f"{at}/{info.id}.zip").status_code in {302, 303, 401}
