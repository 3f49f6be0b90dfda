"""Papers, videos, reports, curves, attributes and clips, through the key of an opened study and through nothing else."""

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.encaps import encapsulate

from app.base.db import Database
from tests.dicomgen import H264, base, ct_slice, file, pdf_document, phantom, text_report
from tests.doors.stream.test_frames_travel_to_the_viewer import Opened, open_page
from tests.mp4 import mp4
from tests.website import Website

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
VIDEO = "1.2.840.10008.5.1.4.1.1.77.1.1.1"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def video(stream: bytes, transfer_syntax: str = H264) -> bytes:
    ds = base(sop_class=VIDEO, modality="ES", series="video")
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_PARTIAL_420", 0
    ds.Rows, ds.Columns, ds.NumberOfFrames, ds.FrameTime = 360, 640, 50, 40
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = encapsulate([stream + b"\0" * (len(stream) % 2)], has_bot=False)
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    return file(ds, transfer_syntax)


def opened(site: Website, *files: bytes) -> Opened:
    return open_page(site.signed_in(site.cast.alice), site.store(site.cast.ct_a, files))


def told(page: Opened, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.browser.get_json(path).data)
    return found


def only(page: Opened) -> dict[str, Any]:
    ((instance,),) = [series["instances"] for series in page.manifest["series"]]
    return dict(instance)


def test_a_pdf_comes_as_it_was_and_cannot_act(site: Website) -> None:
    page = opened(site, pdf_document(PDF))
    answer = page.browser.get(page.path(f"document/{only(page)['id']}"))
    assert (answer.data.rstrip(b"\0"), answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    saved = page.browser.get(page.path(f"document/{only(page)['id']}?download=1"))
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_what_only_calls_itself_a_pdf_is_never_shown(site: Website) -> None:
    page = opened(site, pdf_document(b"<html><script>alert(1)</script></html>"))
    answer = page.browser.get(page.path(f"document/{only(page)['id']}"))
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert not told(page, page.path(f"document/{only(page)['id']}/facts"))["playable"]


def test_an_mp4_is_played_by_ranges(site: Website) -> None:
    stream = mp4()
    page = opened(site, video(stream))
    address = page.path(f"document/{only(page)['id']}")
    facts = told(page, f"{address}/facts")
    assert (facts["media_type"], facts["coding"], facts["playable"]) == ("video/mp4", "H.264", True)
    part = page.browser.client.get(address, headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.data) == (206, stream[100:300])
    assert part.headers["Content-Range"].startswith("bytes 100-299/")


@pytest.mark.parametrize("language", ["text/html", "*/*"])
def test_a_part_that_is_not_there_is_told_with_the_length(site: Website, language: str) -> None:
    stream = mp4()
    page = opened(site, video(stream))
    address = page.path(f"document/{only(page)['id']}")
    length = page.browser.get(address).content_length or 0
    asked = {"Range": f"bytes={length}-", "Accept": language}
    beyond = page.browser.client.get(address, headers=asked)
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{length}")
    for several in ("bytes=0-1,4-5", "lines=1-2"):  # the standard lets us answer with the whole
        whole = page.browser.client.get(address, headers={"Range": several})
        assert (whole.status_code, whole.content_length) == (200, length)
        assert whole.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("stream", "transfer_syntax", "media_type", "coding"),
    [
        ((b"\x47" + bytes(187)) * 4, H264, "video/mp2t", "H.264"),
        (b"\0\0\0\1\x67" + bytes(99), H264, "video/h264", "H.264"),
        (b"\0\0\1\xb3" + bytes(100), "1.2.840.10008.1.2.4.100", "video/mpeg", "MPEG-2"),
        (b"\0\0\0\1\x40" + bytes(99), "1.2.840.10008.1.2.4.107", "video/h265", "H.265"),
    ],
)
def test_what_browsers_do_not_play_is_saved(
    site: Website, stream: bytes, transfer_syntax: str, media_type: str, coding: str
) -> None:
    page = opened(site, video(stream, transfer_syntax))
    address = page.path(f"document/{only(page)['id']}")
    facts = told(page, f"{address}/facts")
    assert (facts["media_type"], facts["coding"], facts["playable"]) == (media_type, coding, False)
    assert page.browser.get(address).headers["Content-Disposition"].startswith("attachment")


def test_a_report_and_its_attributes_are_told(site: Website) -> None:
    page = opened(site, text_report("Không thấy tổn thương."))
    instance = only(page)
    assert instance["sop_class_uid"] == "1.2.840.10008.5.1.4.1.1.88.11"
    report = told(page, page.path(f"report/{instance['id']}"))
    assert report["root"]["children"][0]["text"] == "Không thấy tổn thương."
    rows = told(page, page.path(f"tags/{instance['id']}"))["rows"]
    assert {"PatientName", "ContentSequence"} <= {row.get("keyword") for row in rows}


def test_no_other_session_and_no_other_study_reaches_them(site: Website) -> None:
    page = opened(site, pdf_document(PDF))
    other = site.ct(site.cast.ct_a, "two", 1)
    elsewhere = open_page(page.browser, other)
    instance = only(page)["id"]
    for what in ("document/{}", "document/{}/facts", "report/{}", "waveform/{}", "tags/{}"):
        path = what.format(instance)
        assert page.browser.get_json(elsewhere.path(path)).status_code == 404
        assert site.signed_in(site.cast.bob).get_json(page.path(path)).status_code == 404


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_a_clip_has_the_images_asked_for_in_their_window(site: Website, kind: str) -> None:
    page = opened(site, *(ct_slice(n) for n in range(1, 7)))
    wish = {"kind": kind, "first": 1, "last": 5, "step": 2, "rate": 10, "side": 64}
    wish["window"] = {"center": 0, "width": 4000}
    answer = page.browser.send_json("POST", page.path(f"clip/{page.series['id']}"), wish)
    assert (answer.status_code, answer.mimetype) == (200, f"image/{kind}")
    clip = Image.open(io.BytesIO(answer.data))
    assert (clip.n_frames, clip.size) == (3, (64, 64))  # type: ignore[attr-defined]  # of animated files only
    clip.seek(1)
    seen = np.asarray(clip.convert("L"), float)
    wanted = (phantom(seed=4).astype(float) + 2000) / 4000 * 255
    assert np.abs(seen - wanted).mean() < 3


@pytest.mark.parametrize(
    "change", [{"last": 9}, {"rate": 0}, {"side": 5000}, {"kind": "exe"}, {"step": 0}, {"first": "x"}]
)
def test_clips_without_sense_are_refused(site: Website, change: dict[str, Any]) -> None:
    page = opened(site, *(ct_slice(n) for n in range(1, 3)))
    wish = {"kind": "gif", "first": 0, "last": 1, "step": 1, "rate": 10, "side": 64} | change
    answer = page.browser.send_json("POST", page.path(f"clip/{page.series['id']}"), wish)
    assert answer.status_code in {400, 404}


def test_the_corpus_ecg_is_told_in_microvolts(site: Website, corpus: Path) -> None:
    page = opened(site, (corpus / "synthetic/mod/ECG_12lead_500Hz.dcm").read_bytes())
    found = told(page, page.path(f"waveform/{only(page)['id']}"))
    (group,) = found["groups"]
    assert (group["rate"], group["samples"], len(group["channels"])) == (500, 5000, 12)
    assert re.search("Lead I", group["channels"][0]["name"])
