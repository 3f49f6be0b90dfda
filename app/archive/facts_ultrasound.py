"""Where an ultrasound image counts in which units (PS3.3 C.8.5.5, Sequence of Ultrasound Regions)."""

from typing import Any

from app.archive.header import Header

_REGIONS = 0x00186011
_MOST = 64
_CORNERS = {"x0": 0x00186018, "y0": 0x0018601A, "x1": 0x0018601C, "y1": 0x0018601E}
_UNIT_TAGS, _DELTA_TAGS = (0x00186024, 0x00186026), (0x0018602C, 0x0018602E)
# PS3.3 C.8.5.5.1.14 and 15; 0 is "none or not applicable"
_UNITS = {
    1: "%", 2: "dB", 3: "cm", 4: "s", 5: "Hz", 6: "dB/s", 7: "cm/s", 8: "cm²", 9: "cm²/s", 10: "cm³",
    11: "cm³/s", 12: "°",
}  # fmt: skip
# PS3.3 C.8.5.5.1.1: what kind of picture the region is
_TYPES = {1: "2D", 2: "M-Mode", 3: "spectral", 4: "waveform", 5: "graphics"}
_LOW_PRIORITY = 1  # bit 0 of the flags: it lies below a region that covers it (C.8.5.5.1.3)


def ultrasound_regions(header: Header) -> list[dict[str, Any]] | None:
    """Those with a usable unit in at least one direction ("" in the other), uppermost first; None when there are none.
    Corners are pixels from 0, inclusive; a delta is units per pixel.
    """
    items = header.items(_REGIONS)[:_MOST]
    items.sort(key=lambda item: _flags(item) & _LOW_PRIORITY)
    return [region for item in items if (region := _region(item)) is not None] or None


def _flags(item: Header) -> int:
    return item.integer(0x00186016) or 0


def _region(item: Header) -> dict[str, Any] | None:
    corners = {name: end for name, tag in _CORNERS.items() if (end := item.number(tag)) is not None}
    deltas = [item.number(tag) or 0 for tag in _DELTA_TAGS]
    units = [_UNITS.get(item.integer(tag) or 0, "") for tag in _UNIT_TAGS]
    units = [unit if delta else "" for unit, delta in zip(units, deltas, strict=True)]
    if len(corners) < 4 or not any(units):
        return None
    if corners["x1"] < corners["x0"] or corners["y1"] < corners["y0"]:
        return None
    kind = _TYPES.get(item.integer(0x00186012) or 0, "")
    found: dict[str, Any] = {**corners, "unit_x": units[0], "unit_y": units[1], "type": kind}
    found |= {"delta_x": deltas[0], "delta_y": deltas[1]}
    for axis, pixel, value in (("x", 0x00186020, 0x00186028), ("y", 0x00186022, 0x0018602A)):
        if (at := item.number(pixel)) is not None:
            # where the axis has its value: from the region's own corner (C.8.5.5.1.10)
            found |= {f"reference_{axis}": at, f"value_{axis}": item.number(value) or 0}
    return found
