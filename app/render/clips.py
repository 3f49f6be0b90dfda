"""Frames as one moving picture, GIF or WebP, for a slide or a message: bounded, never for reading images."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.base.errors import Invalid

MOST_FRAMES = 200
LARGEST_SIDE = 640
RATES = (1, 60)
KINDS = {"gif": "image/gif", "webp": "image/webp"}
_QUALITY = 80


@dataclass(frozen=True)
class ClipWish:
    """Frames `first` to `last` of a series, from 0, each `step`-th, `rate` of them a second."""

    kind: str
    first: int
    last: int
    step: int
    rate: float
    side: int

    def __post_init__(self) -> None:
        is_range = 0 <= self.first <= self.last and self.step >= 1
        is_time = RATES[0] <= self.rate <= RATES[1]
        if self.kind not in KINDS or not is_range or not is_time or not 16 <= self.side <= LARGEST_SIDE:
            raise Invalid("bad_clip", "This clip cannot be made: choose other images, another rate or size.")
        if len(self.places) > MOST_FRAMES:
            raise Invalid("long_clip", "A clip has at most {most} images. Choose fewer.", most=MOST_FRAMES)

    @property
    def places(self) -> range:
        return range(self.first, self.last + 1, self.step)


def animated(pictures: Sequence[NDArray[np.uint8]], wish: ClipWish) -> bytes:
    """Pictures of grey or RGB, all shown for the same time, endlessly; smaller ones stand in the middle of the first's
    size.
    """
    frames = [Image.fromarray(picture) for picture in pictures]
    size = frames[0].size
    same = [frame if frame.size == size else _centred(frame, size) for frame in frames]
    colour = "RGB" if any(frame.mode == "RGB" for frame in same) else "L"
    first, *rest = [frame.convert(colour) for frame in same]
    out = io.BytesIO()
    duration = round(1000 / wish.rate)
    first.save(
        out,
        format=wish.kind.upper(),
        save_all=True,
        append_images=rest,
        duration=max(duration, 20) if wish.kind == "gif" else duration,  # players take less for "slowly"
        loop=0,
        quality=_QUALITY,
    )
    return out.getvalue()


def _centred(frame: Image.Image, size: tuple[int, int]) -> Image.Image:
    ground = Image.new(frame.mode, size)
    frame.thumbnail(size)
    ground.paste(frame, ((size[0] - frame.width) // 2, (size[1] - frame.height) // 2))
    return ground
