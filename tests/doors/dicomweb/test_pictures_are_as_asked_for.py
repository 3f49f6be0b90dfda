"""Rendered resources with every parameter of PS3.18 8.3.5, and WADO-URI (PS3.18 section 9)."""

import io
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from werkzeug.test import TestResponse

from app.base.db import Database
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep, parts_of

STUDY, SERIES = dicomgen.uid("study-1"), dicomgen.uid("study-1", "series-1")
SERIES_PATH = f"/studies/{STUDY}/series/{SERIES}"
INSTANCE = dicomgen.uid("study-1", "series-1", 1)
RENDERED = f"{SERIES_PATH}/instances/{INSTANCE}/rendered"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


@pytest.fixture
def filled(dicomweb: Dicomweb, cast: Cast) -> Dicomweb:
    keep(dicomweb.services, cast.ct_a, *dicomgen.series(2))
    return dicomweb


def pixels(answer: TestResponse) -> NDArray[Any]:
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.data)) as image:
        return np.asarray(image)


def test_each_media_type_is_what_it_says(filled: Dicomweb) -> None:
    for media_type, name in (
        ("image/jpeg", "JPEG"),
        ("image/png", "PNG"),
        ("image/gif", "GIF"),
        ("image/jp2", "JPEG2000"),
    ):
        answer = filled.get(RENDERED, media_type)
        assert answer.content_type == media_type
        with Image.open(io.BytesIO(answer.data)) as image:
            assert (image.format, image.size) == (name, (64, 64))
    refused = filled.get(RENDERED, "image/webp")
    assert refused.status_code == 406
    assert "image/png" in refused.text


def test_a_viewport_shows_a_region_enlarged_and_mirrored(filled: Dicomweb) -> None:
    whole = pixels(filled.get(RENDERED, "image/png"))
    assert pixels(filled.get(f"{RENDERED}?viewport=32,16", "image/png")).shape == (16, 16)
    assert pixels(filled.get(f"{RENDERED}?viewport=128,128", "image/png")).shape == (128, 128)
    part = pixels(filled.get(f"{RENDERED}?viewport=16,16,10,20,16,16", "image/png"))
    assert np.array_equal(part, whole[20:36, 10:26])
    mirrored = pixels(filled.get(f"{RENDERED}?viewport=16,16,10,20,-16,-16", "image/png"))
    assert np.array_equal(mirrored, part[::-1, ::-1])
    usual = pixels(filled.get(f"{RENDERED}?viewport=64,64,,,64,64", "image/png"))
    assert np.array_equal(usual, whole)


@pytest.mark.parametrize("function", ["linear", "linear-exact", "sigmoid"])
def test_a_window_has_its_function(filled: Dicomweb, function: str) -> None:
    shown = pixels(filled.get(f"{RENDERED}?window=0,2000,{function}", "image/png"))
    assert {"linear": 127, "linear-exact": 128, "sigmoid": 128}[function] == pytest.approx(
        int(shown[32, 10]), abs=1
    )


NO_PICTURES = [
    "window=1",
    "window=a,b",
    "window=1,2,cubic",
    "window=1,0",
    "viewport=0,0",
    "viewport=64",
    "viewport=64,64,0,0,65,64",
    "viewport=64,64,-1,0,10,10",
    "viewport=99999,99999",
    "viewport=64,64,0,0,nan,1",
    "quality=0",
    "quality=101",
    "annotation=everything",
    "iccprofile=srgb",
]


def test_what_makes_no_picture_is_refused_with_a_sentence(filled: Dicomweb) -> None:
    for query in NO_PICTURES:
        answer = filled.get(f"{RENDERED}?{query}", "image/png")
        assert answer.status_code == 400, query
        assert json.loads(answer.text)["detail"]


def test_words_are_written_into_the_picture_when_asked_for(filled: Dicomweb) -> None:
    plain = pixels(filled.get(f"{RENDERED}?viewport=512,512", "image/png"))
    for kinds in ("patient", "technique", "patient,technique"):
        written = pixels(filled.get(f"{RENDERED}?viewport=512,512&annotation={kinds}", "image/png"))
        changed = np.argwhere(written != plain)
        assert changed.size
        assert changed.max() < 400


def test_a_series_comes_as_several_pictures_and_one_frame_alone(filled: Dicomweb) -> None:
    several = parts_of(filled.get(f"{SERIES_PATH}/rendered", 'multipart/related; type="image/png"'))
    assert [kind for kind, _ in several] == ["image/png"] * 2
    assert len(parts_of(filled.get(f"/studies/{STUDY}/rendered"))) == 2
    assert pixels(filled.get(f"{SERIES_PATH}/rendered", "image/jpeg")).shape == (64, 64)
    frame = RENDERED.replace("/rendered", "/frames/1/rendered")
    assert pixels(filled.get(frame, "image/png")).shape == (64, 64)
    assert filled.get(RENDERED.replace("/rendered", "/frames/2/rendered")).status_code == 404


def test_several_frames_make_a_film(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.cine(3))
    cine = f"/studies/{STUDY}/series/{dicomgen.uid('study-1', 'cine')}"
    instance = f"{cine}/instances/{dicomgen.uid('study-1', 'cine', 1)}"
    film = dicomweb.get(f"{instance}/rendered", "image/gif")
    with Image.open(io.BytesIO(film.data)) as image:
        assert getattr(image, "n_frames", 1) == 3
    chosen = parts_of(dicomweb.get(f"{instance}/frames/3,1/rendered", 'multipart/related; type="image/png"'))
    assert len(chosen) == 2
    assert dicomweb.get(f"{instance}/rendered").content_type == "image/jpeg"
    plain, written = (
        dicomweb.get(f"{instance}/rendered?viewport=200,200{more}", "image/gif").data
        for more in ("", "&annotation=technique")
    )
    assert plain != written
    huge = dicomweb.get(f"{instance}/rendered?viewport=8192,8192", "image/gif")
    assert (huge.status_code, huge.get_json()["code"]) == (413, "film_too_large")


def test_thumbnails_may_be_asked_for_in_a_size(filled: Dicomweb) -> None:
    for path in (f"/studies/{STUDY}", SERIES_PATH, RENDERED.removesuffix("/rendered")):
        assert pixels(filled.get(f"{path}/thumbnail", "image/jpeg")).shape == (64, 64)
        assert pixels(filled.get(f"{path}/thumbnail?viewport=16,16", "image/png")).shape == (16, 16)


def test_an_object_without_picture_says_so(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.text_report())
    answer = dicomweb.get(f"/studies/{STUDY}/rendered")
    assert answer.status_code == 406
    assert json.loads(answer.text)["code"] == "no_picture"


def wado(filled: Dicomweb, **query: str) -> TestResponse:
    asked = {"requestType": "WADO", "studyUID": STUDY, "seriesUID": SERIES, "objectUID": INSTANCE, **query}
    headers = {"Authorization": f"Bearer {filled.token}"}
    return filled.client.get(f"{filled.root}/wado", query_string=asked, headers=headers)


def test_wado_uri_gives_pictures(filled: Dicomweb) -> None:
    assert wado(filled).content_type == "image/jpeg"
    whole = pixels(wado(filled, contentType="image/png"))
    same = pixels(filled.get(RENDERED, "image/png"))
    assert np.array_equal(whole, same)
    assert pixels(wado(filled, contentType="image/png", rows="16", columns="20")).shape == (16, 16)
    part = pixels(wado(filled, contentType="image/png", region="0.25,0.5,0.5,1"))
    assert np.array_equal(part, whole[32:64, 16:32])
    darker = wado(filled, contentType="image/png", windowCenter="2000", windowWidth="100")
    assert pixels(darker).max() == 0


def test_wado_uri_gives_files(filled: Dicomweb) -> None:
    answer = wado(filled, contentType="application/dicom")
    assert dcmread(io.BytesIO(answer.data)).SOPInstanceUID == INSTANCE
    packed = wado(filled, contentType="application/dicom", transferSyntax=dicomgen.JPEG_LS)
    assert dcmread(io.BytesIO(packed.data)).file_meta.TransferSyntaxUID == dicomgen.JPEG_LS


REFUSED: list[tuple[dict[str, str], int]] = [
    ({"requestType": "WADX"}, 400),
    ({"anonymize": "yes"}, 400),
    ({"presentationUID": "1.2"}, 400),
    ({"studyUID": "x y"}, 400),
    ({"objectUID": "1.2.3"}, 404),
    ({"frameNumber": "2"}, 404),
    ({"frameNumber": "one"}, 400),
    ({"frameNumber": "1e999"}, 400),
    ({"rows": "1e999"}, 400),
    ({"rows": "9000", "columns": "9000"}, 400),
    ({"windowCenter": "40"}, 400),
    ({"region": "0,0,2,2"}, 400),
    ({"contentType": "text/html"}, 406),
    ({"contentType": "application/dicom", "transferSyntax": "1.2.3"}, 406),
]


def test_wado_uri_refuses_what_it_cannot_do(filled: Dicomweb) -> None:
    for query, status in REFUSED:
        answer = wado(filled, **query)
        assert answer.status_code == status, query
        assert json.loads(answer.text)["detail"]
