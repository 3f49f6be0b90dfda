"""Whoever has read the first opinion, by whatever way, is not asked to read blind."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.base.errors import Conflict
from app.edge.services import Services
from consults import web
from consults.minutes.actions import circulate_minutes, take_minutes
from consults.papers.actions import ask_for_package, open_package
from consults.papers.lifecycle import Phase
from consults.papers.models import ConsultPackage, PackageFile
from consults.recordings.joining import join_pieces
from tests.consults.attachments.files import attach
from tests.consults.conftest import Clinic
from tests.consults.recordings.recorded import walk_through
from tests.factories import browser, make_app


@pytest.fixture
def db(sqlite_clinic: Clinic) -> object:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, web.blueprint(services))


def _package(clinic: Clinic, consult_id: str) -> None:
    """Binh carries the case away."""
    binh = clinic.cast.binh
    with clinic.db.transaction() as tx:
        made = ask_for_package(tx, binh, consult_id=consult_id, language="vi", keeps=False)
        tx.session.get_one(ConsultPackage, made).phase = Phase.READY
        tx.session.add(PackageFile(package_id=made, digest="0" * 64, size=1))
    with clinic.db.transaction() as tx:
        open_package(tx, binh, consult_id=consult_id, package_id=made)


def _get(path: str) -> Callable[[Clinic, Flask, str], None]:
    def read(clinic: Clinic, app: Flask, consult_id: str) -> None:
        with browser(app, clinic.db, clinic.cast.binh).get(f"/consults/{consult_id}/{path}") as answer:
            assert answer.status_code == 200

    return read


def _file(clinic: Clinic, app: Flask, consult_id: str) -> None:
    _get(f"attachments/{attach(clinic, clinic.cast.bob, consult_id)}")(clinic, app, consult_id)


def _recording(clinic: Clinic, app: Flask, consult_id: str) -> None:
    made = walk_through(clinic, consult_id)
    clinic.wish(clinic.cast.bob, "recording.stop", consult_id=consult_id, recording_id=made)
    join_pieces(clinic.db, clinic.blobs, made)
    _get(f"recordings/{made}/track")(clinic, app, consult_id)


WAYS = {
    **{path: _get(path) for path in ("events", "fhir", "minutes", "minutes.json", "minutes.pdf", "reading")},
    "file": _file,
    "package": lambda clinic, _app, consult_id: _package(clinic, consult_id),
    "recording": _recording,
}


@pytest.mark.parametrize("way", WAYS)
def test_who_has_read_the_case_outside_the_room_cannot_read_blind(
    sqlite_clinic: Clinic, app: Flask, way: str
) -> None:
    clinic, alice, binh = sqlite_clinic, sqlite_clinic.cast.alice, sqlite_clinic.cast.binh
    consult_id, other = clinic.answered(), clinic.answered()
    with clinic.db.transaction() as tx:
        take_minutes(tx, clinic.cast.bob, consult_id=consult_id)
        circulate_minutes(tx, clinic.cast.bob, consult_id=consult_id, version=1)

    WAYS[way](clinic, app, consult_id)

    asked = {"person_id": binh.id, "kind": "blind"}
    with pytest.raises(Conflict) as refused:
        clinic.wish(alice, "reader.invite", consult_id=consult_id, **asked)
    assert refused.value.code == "has_seen"
    clinic.wish(alice, "reader.invite", consult_id=other, **asked)  # of that case nothing was read
