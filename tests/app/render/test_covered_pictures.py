"""What is covered is covered in every form of a picture, and never taken from what was made for others."""

from dataclasses import replace

import imagecodecs
import numpy as np
import pytest

from app.archive.nameless import Cover, Veil
from app.base.errors import Unsupported
from app.render.params import EXACT, FrameParams
from tests.decoding import Darkroom, compressed, pixels_of
from tests.dicomgen import ct_dataset

BASELINE = "1.2.840.10008.1.2.4.50"
SIDE = 64
COVERED = Veil((Cover(SIDE, SIDE, ((8, 8, 40, 24),)),))
CLEAN = Veil((Cover(SIDE, SIDE, ()),))
OTHER_SIZE = Veil((Cover(SIDE, SIDE + 1, ()),))
OUTDATED = Veil(outdated=((SIDE, SIDE),))


def _photo(said: str = "YES") -> bytes:
    """A colour JPEG that travels as it lies in its file, white where a name would be."""
    pixels = np.full((SIDE, SIDE, 3), (90, 20, 20), np.uint8)
    pixels[8:24, 8:40] = 255
    ds = ct_dataset(1)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_FULL_422", 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.Rows, ds.Columns, ds.HighBit, ds.PixelRepresentation = SIDE, SIDE, 7, 0
    ds.BurnedInAnnotation = said
    return compressed(ds, BASELINE, [bytes(imagecodecs.jpeg8_encode(pixels, level=95))])


@pytest.mark.parametrize("params", [FrameParams(), FrameParams(media_type=EXACT), FrameParams(box=(32, 32))])
def test_a_stream_that_would_be_passed_on_is_drawn_and_covered(
    darkroom: Darkroom, params: FrameParams
) -> None:
    renderer, (location,) = darkroom.renderer, darkroom.keep(_photo())
    covered, clean = replace(location, veil=COVERED), replace(location, veil=CLEAN)
    for _ in range(2):  # the second time what the caches hold
        assert pixels_of(renderer.rendered_frame(location, params)).max() > 240
        assert pixels_of(renderer.rendered_frame(covered, params)).max() < 140
        assert pixels_of(renderer.rendered_frame(clean, params)).max() > 240
    assert pixels_of(renderer.preview(location)).max() > 240
    assert pixels_of(renderer.preview(covered)).max() < 140
    assert not renderer.draws_quickly(covered, params) or renderer.values(covered).max() < 250


@pytest.mark.parametrize(("veil", "said"), [(Veil(), "YES"), (OTHER_SIZE, "YES"), (OUTDATED, "NO")])
def test_nothing_is_given_before_somebody_has_looked(darkroom: Darkroom, veil: Veil, said: str) -> None:
    renderer, (location,) = darkroom.renderer, darkroom.keep(_photo(said))
    renderer.rendered_frame(location, FrameParams())
    renderer.preview(location)
    held = replace(location, veil=veil)
    for ask in (
        lambda: renderer.rendered_frame(held, FrameParams()),
        lambda: renderer.kept_frame(held, FrameParams()),
        lambda: renderer.preview(held),
        lambda: renderer.values(held),
        lambda: renderer.packed_stored(held, "identity"),
        lambda: renderer.kept_stored(held, "identity"),
    ):
        with pytest.raises(Unsupported) as refused:
            ask()
        assert refused.value.code == "held_back"
