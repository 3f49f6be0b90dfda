"""The Image Pixel module (PS3.3 C.7.6.3): how many bits a frame has, and whether the file can hold them."""

from dataclasses import dataclass

from app.archive.elements import DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, PixelElement
from app.archive.header import Header
from app.base.errors import Invalid, TooLarge

MAX_SIDE = 65535
MAX_FRAMES = 100_000

_SAMPLES, _PHOTOMETRIC, _PLANAR, _FRAMES = 0x00280002, 0x00280004, 0x00280006, 0x00280008
_ROWS, _COLUMNS = 0x00280010, 0x00280011
_ALLOCATED, _STORED, _HIGH_BIT, _SIGNED = 0x00280100, 0x00280101, 0x00280102, 0x00280103

# Chroma stored for every second pixel, of every line or of every second line (PS3.3 C.7.6.3.1.2).
_HALF_CHROMA = {"YBR_FULL_422": 2.0, "YBR_PARTIAL_422": 2.0, "YBR_PARTIAL_420": 1.5}


@dataclass(frozen=True, slots=True)
class PixelLayout:
    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar: bool
    photometric: str
    frames: int
    floating: bool

    @property
    def frame_bits(self) -> int:
        """Bits of one frame when it is not compressed; frames follow each other without a gap (PS3.5 8.1.1)."""
        samples = _HALF_CHROMA.get(self.photometric, self.samples) if self.samples == 3 else self.samples
        return int(self.rows * self.columns * samples * self.bits_allocated)


def pixel_layout(header: Header, pixels: PixelElement) -> PixelLayout:
    """The module of a data set that has pixels; raises Invalid with `bad_dimensions`, `bad_frames`, `bad_bits`."""
    allocated = _whole(header, _ALLOCATED, 1, 64, "bad_bits", "BitsAllocated")
    stored = header.integer(_STORED) or allocated
    high_bit = header.integer(_HIGH_BIT)
    return PixelLayout(
        rows=_whole(header, _ROWS, 1, MAX_SIDE, "bad_dimensions", "Rows"),
        columns=_whole(header, _COLUMNS, 1, MAX_SIDE, "bad_dimensions", "Columns"),
        samples=_whole(header, _SAMPLES, 1, 4, "bad_dimensions", "SamplesPerPixel", absent=1),
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=stored - 1 if high_bit is None else high_bit,
        signed=header.integer(_SIGNED) == 1,
        planar=header.integer(_PLANAR) == 1,
        photometric=header.code(_PHOTOMETRIC),
        frames=_frames(header),
        floating=pixels.tag in {FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA},
    )


def _whole(
    header: Header, tag: int, low: int, high: int, code: str, keyword: str, absent: int | None = None
) -> int:
    found = header.integer(tag)
    if found is None and absent is not None:
        return absent
    if found is None or not low <= found <= high:
        raise Invalid(
            code,
            "{keyword} of the image is missing or impossible. Export it again from the source.",
            keyword=keyword,
        )
    return found


def _frames(header: Header) -> int:
    if not header.raw(_FRAMES).strip(b" \0"):
        return 1
    found = header.integer(_FRAMES)
    if found is None or found < 0:
        raise Invalid("bad_frames", "NumberOfFrames is not a count. Export the image again from the source.")
    return found or 1


def check_frame_count(frames: int) -> None:
    """After the data have been found to be there: a limit of ours."""
    if frames > MAX_FRAMES:
        raise TooLarge(
            "too_many_frames",
            "More than {limit} frames in one file. Export it in several parts.",
            limit=MAX_FRAMES,
        )
