"""Planes and curves through a series travel to whoever opened its study, and to nobody else."""

import io
import time
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from werkzeug.test import TestResponse

from app.base.db import Database
from tests.doors.stream.test_frames_travel_to_the_viewer import Opened, open_page
from tests.factories import Browser
from tests.volumes import COLUMNS, ROWS, images, positions, ramp
from tests.website import Website

PLANE = "centre={centre}&right=1,0,0&down=0,1,0&spacing=0.5&size=24x20"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def ready(opened: Opened) -> dict[str, Any]:
    """Asks as the viewer does, until the volume is there."""
    for _ in range(200):
        answer = opened.browser.get_json(opened.path(f"volume/{opened.series['id']}"))
        assert answer.status_code == 200
        assert answer.json is not None
        found: dict[str, Any] = answer.json
        if found["state"] == "ready":
            return found
        assert 0 <= found["progress"] <= 1
        time.sleep(0.02)
    raise AssertionError("the volume was not made")


def code_of(answer: TestResponse) -> object:
    assert answer.json is not None
    return answer.json["code"]


def address(opened: Opened, facts: dict[str, Any], more: str = "") -> str:
    centre = ",".join(str(part) for part in facts["centre"])
    return opened.path(f"plane/{opened.series['id']}?{PLANE.format(centre=centre)}{more}")


def unpacked(answer: Any) -> NDArray[np.int16]:
    """What the viewer does with stored values."""
    assert answer.headers["Content-Encoding"] == "zstd"
    plain = np.frombuffer(bytes(imagecodecs.zstd_decode(answer.data)), np.uint8)
    width, height = map(int, answer.headers["X-Hoichan-Size"].split(","))
    rows = plain.reshape(2, -1).T.copy().view("<u2").reshape(height, width)
    return np.cumsum(rows, axis=1, dtype=np.uint16).view(np.int16)


def full(browser: Browser, path: str, body: object = None) -> Any:
    headers = {"Accept-Encoding": "zstd"}
    if body is None:
        return browser.client.get(path, headers=headers)
    return browser.client.post(path, json=body, headers=headers | {"X-CSRF-Token": browser.csrf})


@pytest.fixture
def opened(site: Website) -> Opened:
    study_id = site.store(site.cast.ct_a, images(positions(range(9), lean=0.1)))
    return open_page(site.signed_in(site.cast.alice), study_id)


def test_a_volume_is_made_when_asked_for_and_says_what_it_is(opened: Opened) -> None:
    early = opened.browser.get_json(
        opened.path(f"plane/{opened.series['id']}?{PLANE.format(centre='0,0,0')}")
    )
    assert (early.status_code, code_of(early)) == (503, "volume_loading")
    facts = ready(opened)
    assert facts["shape"] == [9, ROWS, COLUMNS]
    assert facts["notes"] == ["Gantry tilt of 5.7° is corrected."]
    assert facts["unit"] == "HU"
    assert facts["windows"] == [{"center": 40, "width": 400}]


def test_full_planes_are_the_values_and_previews_their_picture(opened: Opened) -> None:
    facts = ready(opened)
    answer = full(opened.browser, address(opened, facts, "&quality=full"))
    values = unpacked(answer)
    points = np.array(facts["centre"]) + np.stack(
        [*np.meshgrid((np.arange(24) - 11.5) * 0.5, (np.arange(20) - 9.5) * 0.5), np.zeros((20, 24))], axis=-1
    )
    inside = np.s_[4:16, 2:22]
    assert np.abs(values - ramp(points))[inside].max() <= 1
    picture = opened.browser.get(address(opened, facts, "&window=100,200"))
    shown = np.asarray(Image.open(io.BytesIO(picture.data)), float)
    expected = np.clip((values.astype(float) - 100) / 200 * 255 + 127.5, 0, 255)
    assert np.abs(shown - expected)[inside].mean() < 3


def test_a_curve_is_stretched_into_a_picture(opened: Opened) -> None:
    facts = ready(opened)
    x, y, z = facts["centre"]
    points = [[x - 6, y, z], [x, y, z], [x + 6, y, z]]
    body = {"points": points, "height": 6, "spacing": 0.5, "normal": [0, 1, 0], "quality": "full"}
    answer = full(opened.browser, opened.path(f"curved/{opened.series['id']}"), body)
    assert answer.headers["X-Hoichan-Size"] == "24,12"
    assert float(answer.headers["X-Hoichan-Length"]) == pytest.approx(12)
    straight = address(opened, facts, "&quality=full").replace("size=24x20", "size=24x12")
    assert np.abs(unpacked(answer).astype(int) - unpacked(full(opened.browser, straight))).max() <= 1


def test_the_body_is_seen_from_outside(opened: Opened) -> None:
    facts = ready(opened)
    path = opened.path(f"rendering/{opened.series['id']}?azimuth=30&elevation=20&size=96x64&preset=")
    for preset in facts["presets"]:
        answer = opened.browser.get(path + preset)
        assert np.asarray(Image.open(io.BytesIO(answer.data))).shape == (64, 96, 3)
    assert opened.browser.get_json(path + "gold").status_code == 400


def test_of_the_wishes_of_one_pane_the_newest_is_answered(opened: Opened) -> None:
    facts = ready(opened)
    wishes = [("a", 5, 200), ("a", 4, 204), ("b", 1, 200), ("a", 6, 200), ("a", 6, 200)]
    for pane, number, status in wishes:
        answer = opened.browser.get(address(opened, facts, f"&pane={pane}&wish={number}"))
        assert answer.status_code == status


def test_a_series_that_makes_no_volume_says_why_in_the_readers_language(site: Website) -> None:
    study_id = site.store(site.cast.ct_a, images(positions([0, 1])))
    opened = open_page(site.signed_in(site.cast.alice, language="vi"), study_id)
    for _ in range(100):
        answer = opened.browser.get_json(opened.path(f"volume/{opened.series['id']}"))
        if answer.status_code != 200:
            break
        time.sleep(0.02)
    assert (answer.status_code, code_of(answer)) == (422, "no_volume")
    assert (answer.json or {})["detail"].startswith("Có ít hơn 3 ảnh")


def test_an_image_that_comes_later_belongs_to_the_volume(site: Website, opened: Opened) -> None:
    facts = ready(opened)
    site.store(site.cast.ct_a, images(positions(range(10), lean=0.1))[9:])
    assert opened.browser.get_json(address(opened, facts)).status_code == 503
    assert ready(opened)["shape"][0] == 10


def test_nobody_else_reaches_a_volume(site: Website, opened: Opened) -> None:
    facts = ready(opened)
    names = [f"{name}/{opened.series['id']}" for name in ("volume", "rendering")]
    paths = [*map(opened.path, names), address(opened, facts)]
    curve = opened.path(f"curved/{opened.series['id']}")
    body = {"points": [[0, 0, 0], [9, 0, 0]], "height": 6}
    for other in (site.cast.alice, site.cast.bob, site.cast.chi):
        thief = site.signed_in(other)
        assert {thief.get_json(path).status_code for path in paths} == {404}
        assert thief.send_json("POST", curve, body).status_code == 404


def test_a_wish_that_makes_no_sense_is_refused(opened: Opened) -> None:
    fields = dict(part.split("=") for part in PLANE.format(centre="0,0,0").split("&"))
    wrong = {
        "centre": "1,2",
        "down": "1,0,0",
        "mode": "best",
        "quality": "fine",
        "size": "4000x4000",
        "slab": "-1",
        "spacing": "nan",
        "unheard": "1",
        "window": "1",
        "wish": "-3",
    }
    for name, value in wrong.items():
        query = "&".join(f"{key}={part}" for key, part in (fields | {name: value}).items())
        answer = opened.browser.get_json(opened.path(f"plane/{opened.series['id']}?{query}"))
        assert answer.status_code == 400, name
    curve = opened.path(f"curved/{opened.series['id']}")
    line = [[0, 0, 0], [9, 0, 0]]
    for body in (
        {},
        {"points": line},
        {"points": [[0, 0]], "height": 5},
        {"points": line * 101, "height": 5},
    ):
        assert opened.browser.send_json("POST", curve, body).status_code == 400
