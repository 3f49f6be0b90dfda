"""How large a pixel is, and how far that may be believed."""

from app.archive.header import Header
from app.archive.uids import STANDARD_ROOT

_IMAGE = f"{STANDARD_ROOT}5.1.4.1.1."
# CR, digital X-ray, mammography, intra-oral, XA, RF: what they show is larger at the detector than in the body.
_PROJECTIONS = frozenset(
    f"{_IMAGE}{end}"
    for end in ("1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1", "12.1", "12.1.1", "12.2", "12.2.1", "12.3")
)  # fmt: skip
_CAPTURES = frozenset(f"{_IMAGE}{end}" for end in ("7", "7.1", "7.2", "7.3", "7.4"))
_XRAYS = frozenset({"CR", "DX", "IO", "MG", "PX", "RF", "RG", "XA"})


def lengths(header: Header, tag: int) -> list[float] | None:
    """Two lengths greater than zero: between rows and between columns."""
    found = list(header.numbers(tag)[:2])
    return found if len(found) == 2 and min(found) > 0 else None


def spacing_of(header: Header) -> tuple[list[float] | None, str]:
    """PS3.3 10.7.1.3: Pixel Spacing is at the patient, or calibrated where it differs from that at the detector or on
    the film. Of a projection that has nothing to compare it with, it says neither.
    """
    pixel = lengths(header, 0x00280030)
    detector = lengths(header, 0x00181164) or lengths(header, 0x00182010)
    if not pixel:
        return detector, "imager" if detector else "none"
    if detector:
        return pixel, "imager" if pixel == detector else "calibrated"
    if not is_projection(header):
        return pixel, "pixel"
    return pixel, "calibrated" if header.code(0x00280A02) else "uncertain"


def is_projection(header: Header) -> bool:
    """Whether its pixels are a shadow, larger at the detector than in the body."""
    sop_class = header.uid(0x00080016)
    return sop_class in _PROJECTIONS or (sop_class in _CAPTURES and header.code(0x00080060) in _XRAYS)
