"""What names the patient in pictures is covered for guests who may not know it, by every way, and for nobody else."""

import re
import threading
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from numpy.typing import NDArray
from PIL import Image
from werkzeug.serving import make_server

from app.base.db import Database
from app.base.errors import Forbidden, Invalid, NotFound
from app.edge.actor import session_cookie_name
from app.edge.services import Services
from app.stream import blueprint as stream
from consults import web
from consults.guests.masks import open_case_to_cover
from tests.consults.conftest import Clinic
from tests.consults.guests.inviting import client_of, covered, guest_actor, guest_client
from tests.dicomfiles import add_pixels, ct_dataset, file
from tests.doors.stream.channel_client import Channel
from tests.doors.stream.test_frames_travel_to_the_viewer import unpacked
from tests.factories import Browser, browser, make_app

NAME_AT = (4, 0, 28, 6)  # left, top, right, bottom
ROWS, COLUMNS, DARK, BRIGHT = 24, 32, 40, 900
SIZE = f"{COLUMNS}/{ROWS}"


def _burned(number: int = 1, *, rows: int = ROWS, said: str = "YES") -> bytes:
    """Bright letters in the upper rows, and something else below that has to stay."""
    ds = ct_dataset(number, study="burned", patient="p")
    pixels = np.full((rows, COLUMNS), DARK, np.uint16)
    pixels[1:5, 5:27] = BRIGHT
    pixels[12:20, 12:20] = BRIGHT // 2
    add_pixels(ds, pixels)
    ds.RescaleIntercept, ds.WindowCenter, ds.WindowWidth, ds.BurnedInAnnotation = 0, 500, 1000, said
    return file(ds)


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Pictures do not know which database they came from."""
    return sqlite_db


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, web.blueprint(services), stream(services))


class _Screen:
    """What one browser gets of the only series of the case."""

    def __init__(self, client: FlaskClient, consult_id: str) -> None:
        self.client = client
        state = client.get(f"/consults/{consult_id}/state").get_json()
        self.key = state["consult"]["studies"][0]["key"]
        told = client.get(f"/stream/{self.key}/manifest").get_json()["series"][0]
        self.series = told["id"]
        self.images = [image["id"] for image in told["instances"]]

    def stored(self, image: int = 0) -> NDArray[np.int16] | None:
        answer = self.client.get(
            f"/stream/{self.key}/stored/{self.images[image]}/1", headers={"Accept-Encoding": "identity"}
        )
        return unpacked(answer.data, ROWS, COLUMNS) if answer.status_code == 200 else None

    def drawn(self, wish: str = "type=png", image: int = 0) -> NDArray[np.uint8] | None:
        answer = self.client.get(f"/stream/{self.key}/rendered/{self.images[image]}/1?{wish}")
        return None if "X-Hoichan-Reason" in answer.headers else _grey(answer.data)

    def preview(self) -> NDArray[np.uint8] | None:
        """Of the first image."""
        answer = self.client.get(f"/stream/{self.key}/previews/{self.series}").data
        length = int.from_bytes(answer[4:8], "little")
        return _grey(answer[8 : 8 + length]) if length else None

    def brightest(self) -> float:
        """By the server's measuring."""
        region = {"instance_id": self.images[0], "frame": 1, "graphic_type": "POLYLINE"}
        points = [[0, 0], [COLUMNS, 0], [COLUMNS, 8], [0, 8], [0, 0]]
        told = self.client.post(f"/stream/{self.key}/statistics", json=region | {"points": points})
        return float(told.get_json()["max"])


def _grey(picture: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(picture)).convert("L"))


def _names(pixels: NDArray[Any] | None) -> bool:
    """Whether the letters' place is bright."""
    assert pixels is not None
    return float(pixels[1:5, 5:27].max()) > float(pixels[8, 2]) + 60


def _case(clinic: Clinic, app: Flask, *files: bytes) -> tuple[str, _Screen]:
    """The case with these pictures, and what a guest gets of them."""
    studies = {clinic.store(data) for data in files}
    consult_id = clinic.accepted(study_ids=sorted(studies))
    return consult_id, _Screen(guest_client(clinic, app, consult_id), consult_id)


def test_a_covered_name_is_gone_by_every_way_and_the_rest_is_as_it_was(clinic: Clinic, app: Flask) -> None:
    consult_id, guest = _case(clinic, app, _burned())
    bob = _Screen(client_of(clinic, app, clinic.cast.bob), consult_id)
    whole = bob.stored()
    assert whole is not None
    assert all(_names(one) for one in (whole, bob.drawn(), bob.preview()))
    assert (guest.stored(), guest.drawn(), guest.preview()) == (None, None, None)

    covered(clinic, consult_id, [NAME_AT])
    seen = guest.stored()
    assert seen is not None
    left, top, right, bottom = NAME_AT
    assert (seen[top:bottom, left:right] == DARK).all()
    outside = np.ones((ROWS, COLUMNS), bool)
    outside[top:bottom, left:right] = False
    assert (seen[outside] == whole[outside]).all()
    for picture in (guest.drawn(), guest.drawn("type=exact"), guest.drawn("quality=90"), guest.preview()):
        assert not _names(picture)
    assert guest.brightest() == DARK
    assert all(_names(one) for one in (bob.stored(), bob.drawn(), bob.preview()))
    assert bob.brightest() == BRIGHT

    covered(clinic, consult_id, None)
    assert (guest.stored(), guest.drawn(), guest.preview()) == (None, None, None)


def test_the_channel_covers_as_http_does(clinic: Clinic, app: Flask) -> None:
    consult_id, guest = _case(clinic, app, _burned())
    bob = _Screen(client_of(clinic, app, clinic.cast.bob), consult_id)
    assert _names(bob.drawn())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    name = session_cookie_name(secure=app.extensions["hoichan"].settings.web.secure)
    cookie = guest.client.get_cookie(name)
    assert cookie is not None
    address = f"http://127.0.0.1:{server.server_port}"
    picture, values = (f"{what}/{guest.images[0]}/1" for what in ("rendered", "stored"))

    channel = Channel(address, guest.key, f"{name}={cookie.value}", accept="identity")
    assert "X-Hoichan-Reason" in channel.ask(f"{picture}?type=png").headers
    assert channel.ask(values, 2).status == 415
    channel.close()
    covered(clinic, consult_id, [NAME_AT])
    channel = Channel(address, guest.key, f"{name}={cookie.value}", accept="identity")
    assert not _names(_grey(channel.ask(f"{picture}?type=png").body))
    assert not _names(unpacked(channel.ask(values, 2).body, ROWS, COLUMNS))
    channel.close()
    server.shutdown()
    server.server_close()


def test_what_was_said_holds_for_the_images_looked_at_alone(clinic: Clinic, app: Flask) -> None:
    consult_id, guest = _case(clinic, app, _burned(1), _burned(2, rows=ROWS + 8))
    covered(clinic, consult_id, [])
    clinic.store(_burned(3))
    manifest = guest.client.get(f"/stream/{guest.key}/manifest").get_json()["series"][0]["instances"]
    shown = {
        image["number"]: "X-Hoichan-Reason"
        not in guest.client.get(f"/stream/{guest.key}/rendered/{image['id']}/1").headers
        for image in manifest
    }
    assert shown == {1: True, 2: False, 3: False}
    with clinic.db.transaction() as tx:
        pictures = open_case_to_cover(tx, clinic.cast.alice, consult_id).studies[0].pictures
    assert [(one.rows, len(one.frames), one.newer) for one in pictures] == [(ROWS, 2, 1), (ROWS + 8, 1, 0)]


def test_where_something_was_covered_later_images_wait_though_their_header_names_nobody(
    clinic: Clinic, app: Flask
) -> None:
    consult_id, guest = _case(clinic, app, _burned(1, said="NO"))
    assert _names(guest.drawn())  # nothing holds it back
    covered(clinic, consult_id, [NAME_AT])
    clinic.store(_burned(2, said="NO"))
    clinic.store(_burned(3, said="NO", rows=ROWS + 8))
    later = _Screen(guest.client, consult_id)
    assert not _names(later.drawn())
    assert later.stored(1) is None
    assert later.drawn(image=1) is None
    assert later.drawn(image=2) is not None  # of a size in which nobody found anything
    page = browser(app, clinic.db, clinic.cast.alice).get(f"/consults/{consult_id}/masks").text
    assert "held back" in page
    assert "1 image arrived after you looked." in page

    covered(clinic, consult_id, [NAME_AT])
    assert not _names(later.drawn(image=1))

    covered(clinic, consult_id, None)
    assert (later.drawn(), later.drawn(image=1)) == (None, None)  # taken back, nothing is shown as it is


def test_images_that_arrive_while_somebody_looks_are_not_looked_at(clinic: Clinic, app: Flask) -> None:
    consult_id, guest = _case(clinic, app, _burned(1))
    alice = browser(app, clinic.db, clinic.cast.alice)
    one = f"/consults/{consult_id}/masks/{guest.series}/{SIZE}"
    shown = _shown(alice, one)
    clinic.store(_burned(2))
    later = _Screen(guest.client, consult_id)
    said = {"said": "nothing", "looked": "on"}

    for forged in ({}, {"until": ""}, {"until": "soon"}, {"until": "2026-01-01T00:00:00"}):
        assert alice.post(one, said | forged).status_code == 400
    assert alice.post(one, said | shown).status_code == 303
    assert later.drawn(image=0) is not None
    assert later.drawn(image=1) is None

    assert alice.post(one, said | {"until": "2999-01-01T00:00:00+00:00"}).status_code == 303
    assert later.drawn(image=1) is not None
    clinic.store(_burned(3))
    assert _Screen(guest.client, consult_id).drawn(image=2) is None


def _shown(somebody: Browser, page: str) -> dict[str, str]:
    """What the page says by itself: up to which image it was made."""
    found = re.search(r'name="until" value="([^"]+)"', somebody.get(page).text)
    assert found
    return {"until": found.group(1)}


def test_the_referring_side_alone_covers(clinic: Clinic, app: Flask) -> None:
    consult_id, guest = _case(clinic, app, _burned())
    cast = clinic.cast
    for actor in (cast.bob, cast.chi, guest_actor(clinic, consult_id), cast.tam):
        with pytest.raises((Forbidden, NotFound)):
            covered(clinic, consult_id, [], actor)
    page = f"/consults/{consult_id}/masks"
    one = f"{page}/{guest.series}/{SIZE}"
    for stranger in (cast.bob, cast.chi):
        seen = browser(app, clinic.db, stranger)
        assert {seen.get(page).status_code, seen.get(one).status_code} == {404}
        assert seen.post(one, {"said": "nothing", "looked": "on"}).status_code == 404
    assert guest.client.get(page).status_code == 404
    assert app.test_client().get(page).status_code in {302, 303, 401}
    assert guest.drawn() is None


def test_areas_lie_within_the_picture(clinic: Clinic, app: Flask) -> None:
    consult_id, _ = _case(clinic, app, _burned())
    for area in ((0, 0, COLUMNS + 1, 4), (4, 4, 4, 8), (8, 8, 4, 12)):
        with pytest.raises(Invalid):
            covered(clinic, consult_id, [area])


def test_by_the_pages_from_held_back_to_covered_and_back(clinic: Clinic, app: Flask) -> None:
    consult_id, guest = _case(clinic, app, _burned())
    alice = browser(app, clinic.db, clinic.cast.alice)
    page = f"/consults/{consult_id}/masks"
    one = f"{page}/{guest.series}/{SIZE}"
    found = alice.get(page).text
    assert one in found
    assert "held back" in found
    until = _shown(alice, one)
    area = until | {"left": ["4", ""], "top": ["0", ""], "width": ["24", ""], "height": ["6", ""]}

    unsaid = alice.post(one, area | {"said": "cover"})
    assert unsaid.status_code == 400
    assert "Look through all the images first" in unsaid.text
    assert 'value="24"' in unsaid.text
    assert alice.post(one, until | {"said": "cover", "looked": "on"}).status_code == 400
    assert alice.post(one, area | {"said": "cover", "looked": "on", "top": ["x", ""]}).status_code == 400
    assert guest.drawn() is None

    assert alice.post(one, area | {"said": "cover", "looked": "on"}).status_code == 303
    assert "parts are covered" in alice.get(page).text
    assert 'value="24"' in alice.get(one).text
    assert not _names(guest.drawn())
    assert alice.post(one, until | {"said": "back"}).status_code == 303
    assert guest.drawn() is None
    assert alice.post(one, until | {"said": "nothing", "looked": "on"}).status_code == 303
    assert "nothing is written in them" in alice.get(page).text
    assert _names(guest.drawn())
