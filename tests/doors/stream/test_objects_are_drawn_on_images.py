"""What the viewer draws on images comes as it was made: outlines, masks, overlays, shutters, windows, key images."""

import json
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pytest

from app.base.db import Database
from tests import dicomgen, evidencefiles
from tests.doors.stream.test_frames_travel_to_the_viewer import Opened, open_page
from tests.factories import Browser
from tests.website import Website

SLICE = dicomgen.uid("study-1", "series-1", 1)


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def opened_with(site: Website, *files: bytes) -> Opened:
    study_id = site.store(site.cast.ct_a, files)
    return open_page(site.signed_in(site.cast.alice), study_id)


def instance_of(opened: Opened, modality: str) -> dict[str, Any]:
    series = next(one for one in opened.manifest["series"] if one["modality"] == modality)
    found: dict[str, Any] = series["instances"][0]
    return found


def read(opened: Opened, path: str) -> Any:
    answer = opened.browser.get_json(opened.path(path))
    assert answer.status_code == 200, answer.text
    return answer.json


def octets(browser: Browser, path: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    answer = browser.client.get(path)
    assert answer.status_code == 200
    return np.frombuffer(answer.data, np.uint8)


def test_contours_come_with_name_colour_and_the_image_they_were_drawn_on(site: Website) -> None:
    corners = [[-10.0, -10.0, 1.0], [5.0, -10.0, 1.0], [5.0, 7.125, 1.0]]
    opened = opened_with(site, *dicomgen.series(2), evidencefiles.structures(corners))
    told = read(opened, f"objects/{instance_of(opened, 'RTSTRUCT')['id']}")
    (region,) = told["regions"]
    assert (region["name"], region["colour"]) == ("U <b>phổi</b>", "#ff8000")
    (contour,) = region["contours"]
    assert contour["uid"] == SLICE
    assert contour["points"] == [value for corner in corners for value in corner]


@pytest.mark.parametrize("fractional", [False, True])
def test_a_mask_holds_every_pixel_of_its_frame(site: Website, *, fractional: bool) -> None:
    mask = np.zeros((3, 64, 64), bool)
    mask[1, 10:20, 30:50] = mask[2, 5:9, 2:61] = True
    made = evidencefiles.segmentation(mask, fractional=fractional)
    opened = opened_with(site, *dicomgen.series(3), made)
    segmentation = instance_of(opened, "SEG")
    told = read(opened, f"objects/{segmentation['id']}")
    assert [one["name"] for one in told["segments"]] == ["Gan"]
    by_image = {one["uid"]: one["number"] for one in told["frames"]}
    for slice_ in (2, 3):
        frame = by_image[dicomgen.uid("study-1", "series-1", slice_)]
        got = octets(opened.browser, opened.path(f"mask/{segmentation['id']}/{frame}"))
        assert np.array_equal(got.reshape(64, 64) > 0, mask[slice_ - 1])


def test_a_presentation_state_of_another_maker_is_told_whole(site: Website) -> None:
    opened = opened_with(site, *dicomgen.series(2), _state())
    told = read(opened, f"objects/{instance_of(opened, 'PR')['id']}")
    assert [(one["center"], one["width"]) for one in told["windows"]] == [(50, 350)]
    assert told["inverse"] is True
    assert told["partly"] is False
    assert (told["rotation"], told["flip"]) == (90, True)
    (annotation,) = told["annotations"]
    assert annotation["graphics"][0]["points"] == [[1.5, 2.5], [10, 20]]
    assert annotation["texts"][0]["text"] == "nốt"
    assert annotation["images"][0]["uid"] == SLICE


def _state() -> bytes:
    images = evidencefiles.datasets(2)
    layer = hd.pr.GraphicLayer("LAYER1", order=1)
    line = hd.pr.GraphicObject(
        hd.pr.GraphicTypeValues.POLYLINE, graphic_data=np.array([[1.5, 2.5], [10, 20]]), units="PIXEL"
    )
    words = hd.pr.TextObject("nốt", anchor_point=(3, 4), units="PIXEL")
    state = hd.pr.GrayscaleSoftcopyPresentationState(
        referenced_images=images,
        series_instance_uid=dicomgen.uid("study-1", "state"),
        series_number=7,
        sop_instance_uid=dicomgen.uid("study-1", "state", 1),
        instance_number=1,
        manufacturer="Other",
        manufacturer_model_name="Maker",
        software_versions="1",
        device_serial_number="1",
        content_label="LABEL",
        graphic_layers=[layer],
        graphic_annotations=[
            hd.pr.GraphicAnnotation(
                referenced_images=images[:1],
                graphic_layer=layer,
                graphic_objects=[line],
                text_objects=[words],
            )
        ],
        voi_lut_transformations=[hd.pr.SoftcopyVOILUTTransformation(window_center=50, window_width=350)],
    )
    state.PresentationLUTShape = "INVERSE"
    state.ImageRotation, state.ImageHorizontalFlip = 90, "Y"
    return dicomgen.file(state)


def test_what_was_saved_here_is_shown_as_it_was_drawn(site: Website) -> None:
    study_id = site.store(site.cast.ct_a, dicomgen.series(2))
    browser = site.signed_in(site.cast.alice)
    wish = {"form": "ko", "frames": [[SLICE, 1]], "code": "113004", "description": "Ca hay"}
    assert browser.send_json("POST", f"/studies/{study_id}/objects", wish).status_code == 201
    opened = open_page(browser, study_id)
    told = read(opened, f"objects/{instance_of(opened, 'KO')['id']}")
    assert (told["label"], told["description"]) == ("For Teaching", "Ca hay")
    assert told["author"] == site.cast.alice.name
    assert told["images"] == [{"uid": SLICE, "frames": []}]


def test_an_overlay_beside_the_pixels_and_one_in_their_words(site: Website) -> None:
    bits = np.random.default_rng(4).random((48, 40)) > 0.5
    for number, made in enumerate(
        (evidencefiles.overlay(bits, origin=(3, 5)), evidencefiles.embedded_overlay(bits))
    ):
        made.StudyInstanceUID = dicomgen.uid("study", number)
        made.SOPInstanceUID = dicomgen.uid("overlay", number)
        made.SeriesInstanceUID = dicomgen.uid("series", number)
        opened = opened_with(site, dicomgen.file(made))
        image = instance_of(opened, "CT")
        (overlay,) = image["overlays"]
        assert (overlay["rows"], overlay["columns"]) == bits.shape
        assert overlay["origin"] == ([3, 5] if number == 0 else [1, 1])
        got = octets(opened.browser, opened.path(f"overlay/{image['id']}/1?group={overlay['group']}"))
        assert np.array_equal(got.reshape(bits.shape), bits)
        for path in ("1?group=24578", "2?group=24576", "1?group=24577"):
            assert opened.browser.get(opened.path(f"overlay/{image['id']}/{path}")).status_code == 404


def test_each_frame_of_an_overlay_has_its_own_points(site: Website) -> None:
    bits = np.random.default_rng(5).random((2, 7, 9)) > 0.5  # 63 points: frames begin inside a byte
    opened = opened_with(site, dicomgen.file(evidencefiles.overlay(bits, frames=2)))
    image = instance_of(opened, "CT")
    got = octets(opened.browser, opened.path(f"overlay/{image['id']}/1"))
    assert np.array_equal(got.reshape(7, 9), bits[0])


def test_a_shutter_is_told_in_image_coordinates(site: Website) -> None:
    ds = dicomgen.ct_dataset(1)
    ds.ShutterShape = ["RECTANGULAR", "CIRCULAR", "POLYGONAL"]
    ds.ShutterLeftVerticalEdge, ds.ShutterRightVerticalEdge = 5, 60
    ds.ShutterUpperHorizontalEdge, ds.ShutterLowerHorizontalEdge = 9, 50
    ds.CenterOfCircularShutter, ds.RadiusOfCircularShutter = [32, 30], 20
    ds.VerticesOfThePolygonalShutter = [1, 1, 1, 64, 64, 64]
    ds.ShutterPresentationValue = 65535
    opened = opened_with(site, dicomgen.file(ds))
    assert instance_of(opened, "CT")["shutter"] == {
        "rectangle": [4, 8, 60, 50],
        "circle": [29.5, 31.5, 20],
        "polygon": [[0.5, 0.5], [63.5, 0.5], [63.5, 63.5]],
        "grey": 255,
    }


def test_images_without_them_say_nothing_of_overlays_and_shutters(site: Website) -> None:
    image = instance_of(opened_with(site, dicomgen.ct_slice()), "CT")
    assert not {"overlays", "shutter"} & image.keys()


def test_an_image_is_no_object_to_draw_and_strangers_find_none(site: Website) -> None:
    opened = opened_with(site, *dicomgen.series(2), _state())
    image, state = instance_of(opened, "CT")["id"], instance_of(opened, "PR")["id"]
    assert opened.browser.get_json(opened.path(f"objects/{image}")).status_code == 415
    stranger = site.signed_in(site.cast.bob)
    for path in (f"objects/{state}", f"mask/{image}/1", f"overlay/{image}/1"):
        assert stranger.get_json(opened.path(path)).status_code == 404


@pytest.mark.parametrize(
    ("file", "modality"),
    [
        ("synthetic/derived/PR_gsps.dcm", "PR"),
        ("synthetic/derived/KO_of_interest.dcm", "KO"),
        ("synthetic/derived/RTSTRUCT.dcm", "RTSTRUCT"),
        ("synthetic/derived/SEG_binary_2seg.dcm", "SEG"),
        ("synthetic/derived/SEG_fractional.dcm", "SEG"),
        ("pydicom/rtstruct.dcm", "RTSTRUCT"),
        ("pydicom-data/liver.dcm", "SEG"),
        ("highdicom/seg_image_ct_binary.dcm", "SEG"),
        ("highdicom/seg_image_sm_control_labelmap_palette_color.dcm", "SEG"),
    ],
)
def test_public_samples_are_read(site: Website, corpus: Path, file: str, modality: str) -> None:
    opened = opened_with(site, (corpus / file).read_bytes())
    found = instance_of(opened, modality)
    told = read(opened, f"objects/{found['id']}")
    assert json.dumps(told)
    if modality == "SEG":
        assert len(told["frames"]) == found["frames"]
        mask = octets(opened.browser, opened.path(f"mask/{found['id']}/1"))
        assert len(mask) == told["rows"] * told["columns"]
