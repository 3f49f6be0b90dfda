"""A colour JPEG asked for as a JPEG of its own size is what the file holds, without what a machine wrote beside it."""

from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

from app.base.errors import Unsupported
from app.render.params import EXACT, FrameParams, Window, picture_type
from tests.decoding import Darkroom, compressed, pixels_of
from tests.dicomgen import ct_dataset

BASELINE = "1.2.840.10008.1.2.4.50"
PATIENT = b"\xff\xfe\x00\x0eNguyen Van A"
EXIF = b"\xff\xe1\x00\x0aExif\0\0\0\0"


@pytest.fixture
def colours() -> NDArray[np.uint8]:
    """Soft enough that a JPEG keeps it nearly."""
    across, down = np.meshgrid(np.arange(64), np.arange(64))
    return np.stack([across * 4, down * 4, 255 - across * 2 - down * 2], axis=-1).astype(np.uint8)


def file_of(stream: bytes, photometric: str = "YBR_FULL_422") -> bytes:
    ds = ct_dataset(1)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, photometric, 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.Rows, ds.Columns, ds.HighBit, ds.PixelRepresentation = 64, 64, 7, 0
    return compressed(ds, BASELINE, [stream])


def stream_of(picture: NDArray[np.uint8], **options: Any) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(picture, level=90, **options))


@pytest.mark.parametrize("params", [FrameParams(box=(64, 64)), FrameParams(media_type=EXACT)])
def test_the_stored_stream_is_given_without_comment_and_exif(
    darkroom: Darkroom, colours: NDArray[np.uint8], params: FrameParams
) -> None:
    stream = stream_of(colours)
    (location,) = darkroom.keep(file_of(stream[:2] + PATIENT + EXIF + stream[2:]))
    given = darkroom.renderer.rendered_frame(location, params)
    assert given.rstrip(b"\0") == stream
    assert picture_type(given, params) == "image/jpeg"
    drawn = darkroom.renderer.rendered_frame(location, FrameParams(media_type="image/png"))
    assert np.abs(pixels_of(given).astype(int) - pixels_of(drawn)).max() <= 2


@pytest.mark.parametrize(
    "params",
    [
        FrameParams(invert=True),
        FrameParams(box=(63, 64)),
        FrameParams(quality=60),
        FrameParams(enlarge=True, box=(128, 128)),
        FrameParams(lines=("text",)),
    ],
)
def test_whatever_changes_the_picture_is_drawn(
    darkroom: Darkroom, colours: NDArray[np.uint8], params: FrameParams
) -> None:
    stream = stream_of(colours)
    (location,) = darkroom.keep(file_of(stream))
    assert darkroom.renderer.rendered_frame(location, params).rstrip(b"\0") != stream


def test_a_window_does_not_change_colours(darkroom: Darkroom, colours: NDArray[np.uint8]) -> None:
    stream = stream_of(colours)
    (location,) = darkroom.keep(file_of(stream))
    assert (
        darkroom.renderer.rendered_frame(location, FrameParams(window=Window(1, 2))).rstrip(b"\0") == stream
    )


@pytest.mark.parametrize("case", ["red, green and blue", "another size", "cut"])
def test_a_stream_that_a_browser_would_take_otherwise_is_not_given(
    darkroom: Darkroom, colours: NDArray[np.uint8], case: str
) -> None:
    stream = stream_of(colours)
    if case == "red, green and blue":
        stream = stream_of(colours, colorspace="RGB", outcolorspace="RGB")
    elif case == "another size":
        stream = stream_of(colours[:32])
    else:
        stream = stream[:-40]
    (location,) = darkroom.keep(file_of(stream))
    if case != "red, green and blue":
        with pytest.raises(Unsupported):
            darkroom.renderer.rendered_frame(location, FrameParams())
        return
    given = darkroom.renderer.rendered_frame(location, FrameParams())
    drawn = darkroom.renderer.rendered_frame(location, FrameParams(media_type="image/png"))
    assert given.rstrip(b"\0") != stream
    exact = FrameParams(media_type=EXACT)
    assert darkroom.renderer.rendered_frame(location, exact) == drawn
    assert picture_type(drawn, exact) == "image/png"
    assert np.abs(pixels_of(given).astype(int) - pixels_of(drawn)).max() <= 12
