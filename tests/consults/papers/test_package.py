"""The case as a ZIP: objects that other programs read, a page without scripts, nothing that was said in private."""

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from pydicom import dcmread

from app.base.actor import Actor
from app.base.ids import new_id
from app.edge.services import Services
from consults import web
from consults.actions import enter_room
from consults.minutes import actions
from tests.consults.conftest import Clinic
from tests.factories import browser, make_app


@pytest.fixture
def db(sqlite_clinic: Clinic) -> object:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, web.blueprint(services))


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


def _package(clinic: Clinic, app: Flask, actor: Actor, consult_id: str) -> dict[str, bytes]:
    answer = browser(app, clinic.db, actor).get(f"/consults/{consult_id}/package")
    assert answer.status_code == 200
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_asking_hospital_s_package_holds_objects_of_its_study(
    case: tuple[Clinic, str], app: Flask, tmp_path: Path
) -> None:
    clinic, consult_id = case
    files = _package(clinic, app, clinic.cast.alice, consult_id)

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


def test_the_page_opens_without_a_server_and_runs_nothing(case: tuple[Clinic, str], app: Flask) -> None:
    clinic, consult_id = case
    files = _package(clinic, app, clinic.cast.bob, consult_id)

    page = files["index.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "chỉ mình anh" not in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?/", page)
    for name in re.findall(r"(?:src|href)=\"([^\"#]+)\"", page):
        assert name in files
    assert files["pictures/01.jpg"].startswith(b"\xff\xd8\xff")


def test_the_other_hospital_s_package_has_pictures_and_papers_but_no_objects_of_a_foreign_study(
    case: tuple[Clinic, str], app: Flask
) -> None:
    clinic, consult_id = case
    files = _package(clinic, app, clinic.cast.bob, consult_id)

    assert not [name for name in files if name.endswith(".dcm")]
    assert {"index.html", "minutes.json", "minutes.pdf", "pictures/01.jpg"} <= set(files)


def test_strangers_get_no_package(case: tuple[Clinic, str], app: Flask) -> None:
    clinic, consult_id = case
    for stranger in (clinic.cast.chi, clinic.cast.vinh, clinic.cast.root, clinic.cast.tam):
        answer = browser(app, clinic.db, stranger).get(f"/consults/{consult_id}/package")
        assert answer.status_code in {403, 404}
    assert app.test_client().get(f"/consults/{consult_id}/package").status_code in {302, 303, 401}
