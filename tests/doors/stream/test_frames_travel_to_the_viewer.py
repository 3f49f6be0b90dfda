"""What the viewer asks of an opened study: manifest, previews in one answer, pictures, stored values, figures."""

import gzip
import io
import json
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.base.db import Database
from tests.dicomgen import JPEG_LS, compressed, ct_dataset, file, phantom
from tests.factories import Browser
from tests.website import Website

UNDO: dict[str | None, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": lambda packed: bytes(imagecodecs.zstd_decode(packed)),
    None: bytes,
}
CONFIG = re.compile(r'<script type="application/json" id="hoichan-config">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Opened:
    """A study open in a browser."""

    browser: Browser
    key: str
    manifest: dict[str, Any]

    @property
    def series(self) -> dict[str, Any]:
        found: dict[str, Any] = self.manifest["series"][0]
        return found

    def path(self, rest: str) -> str:
        return f"/stream/{self.key}/{rest}"


def open_page(browser: Browser, study_id: str) -> Opened:
    page = browser.get(f"/studies/{study_id}")
    assert page.status_code == 200
    found = CONFIG.search(page.text)
    assert found
    config = json.loads(found.group(1))
    (study,) = config["studies"]
    return Opened(browser, study["key"], study["manifest"])


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Frames do not know which database they came from."""
    return sqlite_db


@pytest.fixture
def opened(site: Website) -> Opened:
    study_id = site.ct(site.cast.ct_a, count=5)
    return open_page(site.signed_in(site.cast.alice), study_id)


def records(body: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(body):
        index, length = struct.unpack_from("<II", body, at)
        found.append((index, body[at + 8 : at + 8 + length]))
        at += 8 + length
    return found


def unpacked(wire: bytes, rows: int, columns: int) -> NDArray[np.int16]:
    """The wire form undone, as the viewer does."""
    low, high = np.frombuffer(wire, np.uint8).reshape(2, rows, columns).astype(np.uint16)
    return np.cumsum(low | high << 8, axis=1, dtype=np.uint16).view(np.int16)


def test_the_page_carries_the_manifest_and_the_address_gives_the_same(opened: Opened) -> None:
    answer = opened.browser.get_json(opened.path("manifest"))
    assert answer.status_code == 200
    assert answer.json == opened.manifest
    assert opened.series["frame_count"] == 5


def test_previews_come_in_one_answer_from_the_asked_frame_outwards(opened: Opened) -> None:
    answer = opened.browser.get(opened.path(f"previews/{opened.series['id']}?start=1"))
    assert answer.status_code == 200
    got = records(answer.data)
    assert [index for index, _ in got] == [1, 2, 0, 3, 4]
    for _, picture in got:
        assert max(Image.open(io.BytesIO(picture)).size) <= 256


@pytest.mark.parametrize("start", ["", "-7", "999", "x"])
def test_any_start_gives_all_previews(opened: Opened, start: str) -> None:
    answer = opened.browser.get(opened.path(f"previews/{opened.series['id']}?start={start}"))
    assert sorted(index for index, _ in records(answer.data)) == [0, 1, 2, 3, 4]


def test_a_picture_has_the_asked_form_and_may_be_kept_for_an_hour(opened: Opened) -> None:
    image = opened.series["instances"][0]
    path = opened.path(f"rendered/{image['id']}/1")
    answer = opened.browser.get(path + "?center=40&width=400&function=LINEAR&box=32x32&quality=60")
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert max(Image.open(io.BytesIO(answer.data)).size) == 32
    assert opened.browser.get(path + "?type=png").mimetype == "image/png"
    assert opened.browser.get(path + "?type=exact").mimetype == "image/png", "what was no JPEG loses nothing"


@pytest.mark.parametrize("query", ["center=x&width=1", "box=0x0", "quality=101", "colour=mauve", "evil=1"])
def test_a_wrong_wish_is_refused_with_a_sentence(opened: Opened, query: str) -> None:
    image = opened.series["instances"][0]
    answer = opened.browser.get_json(opened.path(f"rendered/{image['id']}/1?{query}"))
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "zstd"), ("gzip", "gzip"), ("zstd;q=0, gzip", "gzip"), ("", None)],
)
def test_stored_values_arrive_exactly_in_an_encoding_the_browser_takes(
    opened: Opened, accepted: str, encoding: str | None
) -> None:
    image = opened.series["instances"][0]
    answer = opened.browser.client.get(
        opened.path(f"stored/{image['id']}/1"), headers={"Accept-Encoding": accepted}
    )
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    values = unpacked(UNDO[encoding](answer.data), image["rows"], image["columns"])
    assert np.array_equal(values * image["slope"] + image["intercept"], phantom(seed=image["number"]))


def test_figures_of_a_region_are_those_of_the_stored_values(opened: Opened) -> None:
    image = opened.series["instances"][0]
    square = [[10, 10], [20, 10], [20, 20], [10, 20]]
    wish = {"instance_id": image["id"], "frame": 1, "graphic_type": "POLYLINE", "points": square}
    answer = opened.browser.send_json("POST", opened.path("statistics"), wish)
    assert answer.status_code == 200
    values = phantom(seed=image["number"])[10:20, 10:20]
    assert answer.json is not None
    assert answer.json["count"] == 100
    assert answer.json["mean"] == pytest.approx(values.mean())
    assert answer.json["unit"] == "HU"
    assert answer.json["histogram"] == np.histogram(values, bins=64)[0].tolist()


@pytest.mark.parametrize("wish", [[], {}, {"graphic_type": "POLYLINE", "points": [[0, 0], [1, 1], [2, 0]]}])
def test_figures_of_nothing_are_refused(opened: Opened, wish: object) -> None:
    assert opened.browser.send_json("POST", opened.path("statistics"), wish).status_code == 400


def test_a_broken_frame_is_a_grey_tile_with_its_reason_and_is_not_kept(site: Website) -> None:
    ds = ct_dataset(1, study="torn", series="torn", patient_id="torn")
    whole = compressed(ds, [phantom().view(np.uint16)], JPEG_LS)
    stream = whole.index(b"\xff\xd8\xff")
    torn = whole[: stream + 40] + bytes(len(whole) - stream - 48) + whole[-8:]  # the end of the sequence
    study_id = site.store(site.cast.ct_a, [torn])
    opened = open_page(site.signed_in(site.cast.alice, language="vi"), study_id)
    answer = opened.browser.get(opened.path(f"rendered/{opened.series['instances'][0]['id']}/1"))
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.data)).size == (256, 256)
    assert "hỏng" in unquote(answer.headers["X-Hoichan-Reason"])
    assert answer.headers["Cache-Control"] == "no-store"
    previews = opened.browser.get(opened.path(f"previews/{opened.series['id']}"))
    assert records(previews.data) == [(0, b"")]


def test_a_frame_that_is_not_there_is_not_found(opened: Opened) -> None:
    image = opened.series["instances"][0]
    for rest in (
        f"rendered/{image['id']}/2",
        f"rendered/{image['id']}/0",
        "rendered/nothing/1",
        "previews/none",
    ):
        assert opened.browser.get_json(opened.path(rest)).status_code == 404


def test_colour_has_no_stored_values_and_says_so(site: Website) -> None:
    ds = ct_dataset(1, study="rgb", series="rgb", patient_id="rgb")
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = bytes(64 * 64 * 3)
    study_id = site.store(site.cast.ct_a, [file(ds)])
    opened = open_page(site.signed_in(site.cast.alice), study_id)
    image = opened.series["instances"][0]
    assert not image["stored"]
    answer = opened.browser.get_json(opened.path(f"stored/{image['id']}/1"))
    assert (answer.status_code, answer.json and answer.json["code"]) == (415, "not_stored")
