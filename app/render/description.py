"""What a header says about the pixels of an image (PS3.3, C.7.6.3, C.11, C.7.6.16): a small frozen object."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.archive.elements import DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, Walker
from app.archive.header import Header
from app.archive.nameless import may_show_name
from app.archive.uids import EXPLICIT_LITTLE, transfer_syntax
from app.base.errors import HoichanError, Invalid, Unsupported
from app.render.lut import Lut, read_lut, read_palette
from app.render.params import WINDOW_FUNCTIONS, Window

_MODALITY, _UNITS, _RESCALE_TYPE, _MODALITY_LUT_TYPE = 0x00080060, 0x00541001, 0x00281054, 0x00283004
_SPACINGS = (0x00280030, 0x00181164, 0x00182010)
"""Pixel Spacing, Imager Pixel Spacing, Nominal Scanned Pixel Spacing, in this order (PS3.3, 10.7)."""
_PADDING, _PADDING_LIMIT = 0x00280120, 0x00280121
_CENTER, _WIDTH, _FUNCTION = 0x00281050, 0x00281051, 0x00281056
_INTERCEPT, _SLOPE, _MODALITY_LUT, _VOI_LUT = 0x00281052, 0x00281053, 0x00283000, 0x00283010
_SHARED, _PER_FRAME = 0x52009229, 0x52009230
_PIXEL_MEASURES, _FRAME_VOI_LUT, _VALUE_TRANSFORMATION = 0x00289110, 0x00289132, 0x00289145
_NOTED = MappingProxyType(
    {
        "RescaleIntercept": _INTERCEPT,
        "RescaleSlope": _SLOPE,
        "WindowCenter": _CENTER,
        "WindowWidth": _WIDTH,
    }
)
_UNSPECIFIED = frozenset({"US", "UNSPECIFIED"})
_LARGEST = 1e12
_LARGEST_FRAME_BITS = 8 * (512 << 20)
_PIXELS = MappingProxyType({FLOAT_PIXEL_DATA: "float", DOUBLE_FLOAT_PIXEL_DATA: "double"})
SAMPLES_OF = MappingProxyType(
    {
        "MONOCHROME1": 1,
        "MONOCHROME2": 1,
        "PALETTE COLOR": 1,
        "RGB": 3,
        "YBR_FULL": 3,
        "YBR_FULL_422": 3,
        "YBR_ICT": 3,
        "YBR_RCT": 3,
    }
)


@dataclass(frozen=True)
class Grey:
    """How one frame's stored values become real-world values and grey levels; where its pixels lie."""

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""
    modality_lut: Lut | None = None
    windows: tuple[Window, ...] = ()
    voi_luts: tuple[Lut, ...] = ()
    spacing: tuple[float, float] | None = None
    """Millimetres between rows and between columns."""


@dataclass(frozen=True, eq=False)
class ImageDescription:
    """Facts for rendering. Values that make no sense are left out, with a line in `notes`."""

    rows: int
    columns: int
    samples: int
    photometric: str
    planar: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    frames: int
    pixels: str
    """`integer`, `float` or `double`: which of the three pixel data elements follows."""
    big_endian: bool
    words: bool
    """The pixel data's VR is OW: 8-bit cells of a big endian file come swapped in pairs (PS3.5, 8.1.1)."""
    inverse: bool
    padding: tuple[int, int] | None
    """Stored values, lowest and highest, that are no image (C.7.5.1.1.2)."""
    palette: tuple[Lut, Lut, Lut] | None
    grey: Grey
    may_name: bool = False
    """Whether the patient's name may be written in the picture, by what the header says."""
    notes: tuple[str, ...] = ()
    per_frame: Mapping[int, Grey] = field(default_factory=dict)

    @classmethod
    def from_header(
        cls, data: bytes, header_length: int | None = None, transfer_syntax_uid: str = EXPLICIT_LITTLE
    ) -> "ImageDescription":
        """From the bytes up to the pixel data; what follows `header_length` tells that element's tag and VR.

        Raises Unsupported("undecodable") when the image cannot be shown whatever its pixels are.
        """
        length = len(data) if header_length is None else header_length
        syntax = transfer_syntax(transfer_syntax_uid)
        walker = Walker(data[:length], implicit=syntax.implicit, big_endian=syntax.big_endian)
        try:
            elements, _ = walker.top_level(dataset_start(data))
        except HoichanError as error:
            raise Unsupported("undecodable", "The header of this image cannot be read.") from error
        header = Header(data, elements, big_endian=syntax.big_endian)
        description = _read(header, data[length : length + 6])
        _check(description)
        return description

    def grey_of(self, frame_number: int) -> Grey:
        """The transformations of a frame, from 1."""
        return self.per_frame.get(frame_number, self.grey)

    @property
    def monochrome(self) -> bool:
        """One sample whose value is a brightness."""
        return self.photometric.startswith("MONOCHROME")

    @property
    def frame_bits(self) -> int:
        """Length of one uncompressed frame; 4:2:2 has two samples for each pixel (C.7.6.3.1.2)."""
        samples = 2 if self.photometric == "YBR_FULL_422" else self.samples
        return self.rows * self.columns * samples * self.bits_allocated


def dataset_start(data: bytes) -> int:
    """Where the data set begins: after preamble and meta group (PS3.10, 7.1); 0 when there are none."""
    start = 132 if data[128:132] == b"DICM" else 0
    return Walker(data, implicit=False).meta_group(start)[1]


def _read(header: Header, pixel_element: bytes) -> ImageDescription:
    pixels = _PIXELS.get(_tag(pixel_element, big_endian=header.big_endian), "integer")
    signed = header.integer(0x00280103) == 1 and pixels == "integer"
    samples = header.integer(0x00280002) or 1
    allocated = {"float": 32, "double": 64}.get(pixels) or header.integer(0x00280100) or 0
    stored = header.integer(0x00280101) if pixels == "integer" else None
    high_bit = header.integer(0x00280102)
    photometric = header.code(0x00280004).upper() or ("MONOCHROME2" if samples == 1 else "RGB")
    shared = header.item(_SHARED)
    grey = _grey(header, Grey(unit=_unit(header)), signed=signed)
    if shared is not None:
        grey = _functional(shared, grey, signed=signed)
    frames = enumerate(header.items(_PER_FRAME), start=1)
    return ImageDescription(
        rows=header.integer(0x00280010) or 0,
        columns=header.integer(0x00280011) or 0,
        samples=samples,
        photometric=photometric,
        planar=header.integer(0x00280006) or 0,
        bits_allocated=allocated,
        bits_stored=stored or allocated,
        high_bit=(stored or allocated) - 1 if high_bit is None or not stored else high_bit,
        signed=signed,
        frames=max(1, header.integer(0x00280008) or 1),
        pixels=pixels,
        big_endian=header.big_endian,
        words=pixel_element[4:6] == b"OW",
        inverse=photometric == "MONOCHROME1" or header.code(0x20500020) == "INVERSE",
        padding=_padding(header, signed=signed),
        palette=read_palette(header) if photometric == "PALETTE COLOR" else None,
        grey=grey,
        may_name=may_show_name(header),
        per_frame={number: _functional(item, grey, signed=signed) for number, item in frames},
        notes=tuple(_notes(header)),
    )


def _tag(pixel_element: bytes, *, big_endian: bool) -> int:
    group, element = struct.unpack(">HH" if big_endian else "<HH", pixel_element[:4].ljust(4, b"\0"))
    return int(group << 16 | element)


def _unit(header: Header) -> str:
    """Counts of a PET in its Units; CT's values are Hounsfield units unless it says otherwise (C.8.2.1)."""
    hounsfield = header.code(_MODALITY) == "CT" and _SLOPE in header
    return header.code(_UNITS) or ("HU" if hounsfield else "")


def _grey(header: Header, base: Grey, *, signed: bool) -> Grey:
    """The transformations a data set or item states, the rest from `base`."""
    modality = header.item(_MODALITY_LUT)
    unit = header.code(_RESCALE_TYPE) or (modality.code(_MODALITY_LUT_TYPE) if modality else "")
    intercept = _sane(header, _INTERCEPT)
    luts = (read_lut(item, signed=signed) for item in header.items(_VOI_LUT))
    return Grey(
        slope=_sane(header, _SLOPE) or base.slope,
        intercept=base.intercept if intercept is None else intercept,
        unit="" if unit in _UNSPECIFIED else unit or base.unit,
        modality_lut=(read_lut(modality, signed=signed) if modality else None) or base.modality_lut,
        windows=_windows(header) or base.windows,
        voi_luts=tuple(lut for lut in luts if lut is not None) or base.voi_luts,
        spacing=_spacing(header) or base.spacing,
    )


def _sane(header: Header, tag: int) -> float | None:
    """A number that arithmetic on pixels can bear."""
    found = header.number(tag)
    return found if found is not None and abs(found) < _LARGEST else None


def _functional(groups: Header, base: Grey, *, signed: bool) -> Grey:
    """The same from functional group macros (C.7.6.16.2)."""
    for tag in (_VALUE_TRANSFORMATION, _FRAME_VOI_LUT, _PIXEL_MEASURES):
        item = groups.item(tag)
        if item is not None:
            base = _grey(item, base, signed=signed)
    return base


def _windows(header: Header) -> tuple[Window, ...]:
    function = header.code(_FUNCTION).upper()
    known = function if function in WINDOW_FUNCTIONS else "LINEAR"
    pairs = zip(header.numbers(_CENTER), header.numbers(_WIDTH), strict=False)
    found = (_window(center, width, known) for center, width in pairs)
    return tuple(window for window in found if window is not None)


def _window(center: float, width: float, function: str) -> Window | None:
    try:
        return Window(center, width, function)
    except Invalid:
        return None


def _spacing(header: Header) -> tuple[float, float] | None:
    for tag in _SPACINGS:
        found = header.numbers(tag)
        if len(found) == 2 and min(found) > 0:
            return found[0], found[1]
    return None


def _padding(header: Header, *, signed: bool) -> tuple[int, int] | None:
    """`US or SS`: the sign is that of the pixels, whatever VR was written."""
    ends = [_word(header, tag, signed=signed) for tag in (_PADDING, _PADDING_LIMIT)]
    known = [end for end in ends if end is not None]
    return (min(known), max(known)) if ends[0] is not None else None


def _word(header: Header, tag: int, *, signed: bool) -> int | None:
    raw = header.raw(tag)
    if len(raw) != 2:
        return None
    kind = "h" if signed else "H"
    return int(struct.unpack((">" if header.big_endian else "<") + kind, raw)[0])


def _notes(header: Header) -> Iterator[str]:
    """Attributes that are there and say nothing usable."""
    for keyword, tag in _NOTED.items():
        if header.raw(tag).strip(b" \0") and _sane(header, tag) is None:
            yield f"{keyword} ignored"
    if header.number(_SLOPE) == 0:
        yield "RescaleSlope ignored"
    if header.numbers(_WIDTH) and not _windows(header):
        yield "WindowWidth ignored"


def _check(description: ImageDescription) -> None:
    """Refuses what no pixel data could make sense of."""
    if description.rows == 0 or description.columns == 0:
        raise Unsupported(
            "undecodable", "This object has no picture: its rows or columns are zero or missing."
        )
    if SAMPLES_OF.get(description.photometric) != description.samples:
        raise Unsupported(
            "undecodable",
            "The colour model {photometric} with {samples} samples is not supported.",
            photometric=description.photometric[:20],
            samples=description.samples,
        )
    allocated, stored = description.bits_allocated, description.bits_stored
    fits = 0 < stored <= allocated and stored - 1 <= description.high_bit < allocated
    if (
        allocated not in {1, 8, 16, 32, 64}
        or not fits
        or (allocated == 64 and description.pixels != "double")
    ):
        raise Unsupported(
            "undecodable",
            "Pixels of {stored} bits in {allocated} are not supported.",
            stored=stored,
            allocated=allocated,
        )
    if description.frame_bits > _LARGEST_FRAME_BITS:
        raise Unsupported("undecodable", "This image is too large to be shown.")
    if description.photometric == "PALETTE COLOR" and description.palette is None:
        raise Unsupported("undecodable", "The colour table of this image is missing or broken.")
