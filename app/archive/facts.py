"""One instance as the viewer's manifest tells it: geometry, windows and units from the header, JSON as it goes out.

Nonsense (no number, a width of zero, half a position) reads as absent, so that the viewer never divides by it.
"""

from typing import Any, TypeAlias

from app.archive.facts_planes import plane_facts
from app.archive.facts_spacing import is_projection, lengths, spacing_of
from app.archive.facts_suv import suv_facts
from app.archive.facts_ultrasound import ultrasound_regions
from app.archive.facts_view import view_of
from app.archive.frame_order import frame_order
from app.archive.frames_index import FrameIndex
from app.archive.header import Header
from app.archive.pixels import PixelLayout
from app.archive.uids import TransferSyntax, is_uid

Facts: TypeAlias = dict[str, Any]

# Why frames cannot be shown; the viewer translates these sentences.
REASONS = {
    "frames_unknown": "The file does not say where its frames begin.",
    "no_pixel_data": "This object has no images.",
    "not_encapsulated": "The image is not encoded as its transfer syntax demands.",
    "unknown_transfer_syntax": "The compression of this image is unknown here.",
    "video": "This is a video; it is kept but cannot be shown frame by frame.",
}
_MONOCHROME = frozenset({"MONOCHROME1", "MONOCHROME2"})
_FUNCTIONS = frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"})
_SHARED_GROUPS, _FRAME_GROUPS = 0x52009229, 0x52009230
_IN_FRAME = ("position", "orientation", "spacing", "slope", "intercept", "windows", "laterality")
_LARGEST = 1e12  # as app/render/description: what arithmetic on pixels can bear


def instance_facts(
    header: Header, layout: PixelLayout | None, frames: FrameIndex, syntax: TransferSyntax
) -> Facts:
    """The part of the manifest that is known when the file arrives; ids and UIDs are added from the row."""
    found = _pixels(layout, header)
    found |= {"frames": frames.count, "renderable": not frames.reason, "reason": REASONS.get(frames.reason)}
    found |= _geometry(header) | _values(header) | _acquisition(header) | suv_facts(header)
    found |= plane_facts(header, syntax)
    if regions := ultrasound_regions(header):
        found["ultrasound_regions"] = regions
    if view := view_of(header):
        found["view"] = view
    found["padding"] = _padding(header, signed=layout is not None and layout.signed)
    found["lossy"] = _lossy(header, syntax)
    found["frame_overrides"] = None
    if _FRAME_GROUPS in header or _SHARED_GROUPS in header:
        _functional_groups(header, found)
    return found


def _pixels(layout: PixelLayout | None, header: Header) -> Facts:
    if layout is None:
        return {"rows": 0, "columns": 0, "photometric": "", "samples": 1, "bits_stored": 0, "signed": False,
                "stored": False, "stored_bytes": 0, "inverse": False}  # fmt: skip
    narrow = layout.bits_stored <= 16 and layout.bits_allocated <= 16 and not layout.floating
    grey = layout.photometric in _MONOCHROME and layout.samples == 1
    return {
        "rows": layout.rows,
        "columns": layout.columns,
        "photometric": layout.photometric,
        "samples": layout.samples,
        "bits_stored": layout.bits_stored,
        "signed": layout.signed,
        "stored": grey and narrow and 0x00283000 not in header,
        "stored_bytes": layout.rows * layout.columns * (1 if layout.bits_stored <= 8 else 2),
        # PS3.3 C.7.6.3.1.2, C.11.6: smallest value white, by the pixels or by the presentation LUT.
        "inverse": layout.photometric == "MONOCHROME1" or header.code(0x20500020) == "INVERSE",
    }


def _numbers(header: Header, tag: int, count: int) -> list[float] | None:
    found = header.numbers(tag)
    return list(found[:count]) if len(found) >= count else None


def _geometry(header: Header) -> Facts:
    spacing, source = spacing_of(header)
    frame_of_reference = header.uid(0x00200052)
    return {
        "position": _numbers(header, 0x00200032, 3),
        "orientation": _numbers(header, 0x00200037, 6),
        "spacing": spacing,
        "spacing_source": source,
        "aspect": lengths(header, 0x00280034),
        "slice_thickness": header.number(0x00180050),
        "slice_location": header.number(0x00201041),
        "frame_of_reference_uid": frame_of_reference if is_uid(frame_of_reference) else None,
        "patient_orientation": [code for code in header.codes(0x00200020) if code] or None,
        "laterality": header.code(0x00200062) or header.code(0x00200060) or None,
    }


def _values(header: Header) -> Facts:
    slope, intercept = _sane(header.number(0x00281053)), _sane(header.number(0x00281052))
    tables = header.items(0x00283010)
    return {
        "slope": slope or 1,
        "intercept": intercept or 0,
        "unit": _unit(header),
        "windows": _windows(header),
        "has_voi_lut": bool(tables),
        "has_modality_lut": bool(header.items(0x00283000)),
    } | ({"voi_luts": [table.text(0x00283003, 64) for table in tables]} if tables else {})


def _sane(found: float | None) -> float | None:
    return found if found is not None and abs(found) < _LARGEST else None


def _unit(header: Header) -> str:
    """PS3.3 C.11.1.1.2; CT's values are Hounsfield units unless it says otherwise (C.8.2.1)."""
    declared = header.text(0x00281054, 16) or header.text(0x00541001, 16)
    if declared:
        return "" if declared in {"US", "UNSPECIFIED"} else declared
    return "HU" if header.code(0x00080060) == "CT" and 0x00281053 in header else ""


def _windows(header: Header) -> list[Facts]:
    """PS3.3 C.11.2.1.2: LINEAR needs a width of at least 1, the others one above 0."""
    function = header.code(0x00281056)
    function = function if function in _FUNCTIONS else "LINEAR"
    least = 1.0 if function == "LINEAR" else 1e-9
    explanations = [text.strip() for text in header.text(0x00281055).split("\\")]
    pairs = zip(header.numbers(0x00281050), header.numbers(0x00281051), strict=False)
    return [
        {
            "center": center,
            "width": width,
            "function": function,
            "explanation": explanations[number][:64] if number < len(explanations) else "",
        }
        for number, (center, width) in enumerate(pairs)
        if least <= width <= _LARGEST and abs(center) <= _LARGEST
    ]


def _padding(header: Header, *, signed: bool) -> float | list[float] | None:
    """The stored value that is no image, or the range of such values (PS3.3 C.7.5.1.1.2)."""
    found = [header.number(tag) for tag in (0x00280120, 0x00280121)]
    # Implicit encodings do not say that the value is SS; Pixel Representation does.
    value, limit = (n - 65536 if signed and n is not None and n > 32767 else n for n in found)
    if value is None or limit is None or value == limit:
        return value
    return sorted((value, limit))


def _acquisition(header: Header) -> Facts:
    return {"frame_time_ms": _frame_time(header)}


def _frame_time(header: Header) -> float | None:
    """Milliseconds a frame: Frame Time, the mean of Frame Time Vector, or from a rate (PS3.3 C.7.6.5)."""
    if (time := header.number(0x00181063)) and time > 0:
        return time
    vector = header.numbers(0x00181065)[1:]
    if vector and sum(vector) > 0:
        return sum(vector) / len(vector)
    rate = header.number(0x00180040) or header.number(0x00082144)
    return 1000 / rate if rate and rate > 0 else None


def _lossy(header: Header, syntax: TransferSyntax) -> Facts | None:
    """PS3.3 C.7.6.1.1.5, or the transfer syntax itself where the header is silent."""
    if header.code(0x00282110) != "01" and syntax.uid not in _LOSSY:
        return None
    ratios, methods = header.numbers(0x00282112), header.codes(0x00282114)
    return {"ratio": ratios[-1] if ratios else None, "method": methods[-1] if methods else None}


_LOSSY = frozenset({"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"})


def _functional_groups(header: Header, found: Facts) -> None:
    """Enhanced multi-frame objects (PS3.3 C.7.6.16): what all frames share, and where single frames differ."""
    shared = header.item(_SHARED_GROUPS)
    if shared is not None:
        found |= _in_groups(shared)
    frames = [_in_groups(item) for item in header.items(_FRAME_GROUPS)[: found["frames"]]]
    if not frames:
        return
    places = [dict(frame) for frame in frames]
    for name in _IN_FRAME:
        values = [frame.get(name) for frame in frames]
        if values[0] is not None and all(value == values[0] for value in values):
            found[name] = values[0]
            for frame in frames:
                del frame[name]
    if "spacing" in found and found["spacing"] and found["spacing_source"] == "none":
        found["spacing_source"] = "uncertain" if is_projection(header) else "pixel"
    if any(frames):
        found["frame_overrides"] = frames
    if len(frames) == found["frames"] and (order := frame_order(places, found["orientation"])):
        found["frame_order"] = order


def _in_groups(groups: Header) -> Facts:
    """Position, orientation, spacing, rescale and windows of one item, as far as it has them."""
    found: Facts = {}
    if (plane := groups.item(0x00209113)) is not None:
        found["position"] = _numbers(plane, 0x00200032, 3)
    if (plane := groups.item(0x00209116)) is not None:
        found["orientation"] = _numbers(plane, 0x00200037, 6)
    if (measures := groups.item(0x00289110)) is not None:
        found["spacing"] = lengths(measures, 0x00280030)
        if (thickness := measures.number(0x00180050)) is not None:
            found["slice_thickness"] = thickness
    if (rescale := groups.item(0x00289145)) is not None:
        values = _values(rescale)
        found |= {name: values[name] for name in ("slope", "intercept")}
        if unit := _unit(rescale):
            found["unit"] = unit
    if (anatomy := groups.item(0x00209071)) and (side := anatomy.code(0x00209072)) in {"L", "R", "B"}:
        found["laterality"] = side  # tomosynthesis of the breast says it nowhere else
    if (voi := groups.item(0x00289132)) is not None:
        found["windows"] = _windows(voi)
    return {name: value for name, value in found.items() if value is not None}
