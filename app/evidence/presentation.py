"""Marks as presentation states: grayscale (PS3.3 A.33.1) for grey images, colour (A.33.2) for the others.

One for each series and each way its values become real ones, because a state has one Modality LUT for all its images.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from app.evidence.marks import lines_of, words_of
from app.evidence.modules import by_series, object_of, person_name, reference, short
from app.evidence.subjects import Mark, Pictured, Point, Wish

GRAYSCALE = "1.2.840.10008.5.1.4.1.1.11.1"
COLOUR = "1.2.840.10008.5.1.4.1.1.11.2"
_RED = (34885, 53485, 50171)  # CIELab of a signal red, as PS3.3 C.10.7.1.1 encodes it
_LABEL = 16


@dataclass(frozen=True)
class Look:
    """How a series was looked at when it was saved."""

    window: tuple[float, float, str] | None = None  # centre, width, function
    rotation: int = 0
    flip: bool = False
    invert: bool = False


def presentation_states(
    wish: Wish, marks: Sequence[Mark], looks: Mapping[str, Look], *, title: str, icc_profile: bytes
) -> list[Dataset]:
    """`looks` by SOP Instance UID of a series' images, or by its Series Instance UID."""
    marked = {mark.sop_instance_uid for mark in marks}
    made: list[Dataset] = []
    for series_uid, images in by_series(wish.images[uid] for uid in marked):
        look = looks.get(series_uid, Look())
        for alike in _alike(images):
            about = [
                mark for mark in marks if mark.sop_instance_uid in {one.sop_instance_uid for one in alike}
            ]
            made.append(_state(wish, alike, about, look, title, len(made) + 1))
            if not alike[0].grey:
                made[-1].ICCProfile = icc_profile
    return made


def _alike(images: Sequence[Pictured]) -> list[list[Pictured]]:
    """Images whose stored values mean the same."""
    groups: dict[tuple[object, ...], list[Pictured]] = {}
    for image in images:
        facts = image.facts
        own_lut = image.sop_instance_uid if image.modality_lut is not None else ""
        same = (facts["slope"], facts["intercept"], facts["unit"], facts["inverse"])
        key = (image.grey, *same, own_lut, _varies(image))
        groups.setdefault(key, []).append(image)
    return list(groups.values())


def _varies(image: Pictured) -> bool:
    """Whether its frames have rescales of their own, which one Modality LUT cannot say."""
    return any({"slope", "intercept"} & frame.keys() for frame in image.facts.get("frame_overrides") or ())


def _state(
    wish: Wish, images: Sequence[Pictured], marks: Sequence[Mark], look: Look, title: str, number: int
) -> Dataset:
    grey = images[0].grey
    data = object_of(wish, GRAYSCALE if grey else COLOUR, "PR", title, number)
    data.ContentLabel, data.ContentDescription = "MARKS", short(title)
    data.ContentCreatorName = person_name(wish.author.name)
    data.PresentationCreationDate = wish.at.strftime("%Y%m%d")
    data.PresentationCreationTime = wish.at.strftime("%H%M%S")
    series = Dataset()
    series.SeriesInstanceUID = images[0].series_instance_uid
    series.ReferencedImageSequence = Items([reference(image) for image in images])
    data.ReferencedSeriesSequence = Items([series])
    if grey:
        _grey_values(data, images, look)
    data.ImageRotation, data.ImageHorizontalFlip = look.rotation, "Y" if look.flip else "N"
    data.DisplayedAreaSelectionSequence = Items(_areas(images, look))
    _add_graphics(data, wish, marks)
    return data


def _grey_values(data: Dataset, images: Sequence[Pictured], look: Look) -> None:
    """Modality LUT, window, presentation LUT (PS3.3 C.11.1, C.11.8, C.11.6): what is absent would be identity."""
    first = images[0]
    inverse = bool(first.facts["inverse"]) != look.invert
    data.PresentationLUTShape = "INVERSE" if inverse else "IDENTITY"
    if _varies(first):  # a window of rescaled values would be taken for one of stored values
        return
    if first.modality_lut is not None:
        data.ModalityLUTSequence = Items([first.modality_lut])
    else:
        data.RescaleIntercept, data.RescaleSlope = _ds(first.facts["intercept"]), _ds(first.facts["slope"])
        data.RescaleType = first.facts["unit"] or "US"
    windows: dict[tuple[float, float, str], list[Pictured]] = {}
    for image in images:
        window = look.window or _own_window(image)
        if window:
            windows.setdefault(window, []).append(image)
    if windows:
        data.SoftcopyVOILUTSequence = Items([_voi(window, some) for window, some in windows.items()])


def _ds(value: float) -> str:
    """At most 16 characters (PS3.5 6.2, DS)."""
    text = f"{value:.10g}"
    return text if len(text) <= 16 else f"{value:.8g}"


def _own_window(image: Pictured) -> tuple[float, float, str] | None:
    found = image.facts["windows"]
    return (found[0]["center"], found[0]["width"], found[0]["function"]) if found else None


def _voi(window: tuple[float, float, str], images: Sequence[Pictured]) -> Dataset:
    item = Dataset()
    item.ReferencedImageSequence = Items([reference(image) for image in images])
    item.WindowCenter, item.WindowWidth = _ds(window[0]), _ds(window[1])
    item.VOILUTFunction = window[2]
    return item


def _areas(images: Sequence[Pictured], look: Look) -> list[Dataset]:
    """The whole image, fitted (PS3.3 C.10.4); images of one size and pixel shape share an item."""
    shapes: dict[tuple[object, ...], list[Pictured]] = {}
    for image in images:
        facts = image.facts
        true = facts["spacing"] if facts["spacing_source"] in {"pixel", "calibrated"} else None
        shape = (facts["rows"], facts["columns"], tuple(true or ()), tuple(facts["aspect"] or ()))
        shapes.setdefault(shape, []).append(image)
    return [_area(some, look) for some in shapes.values()]


def _area(images: Sequence[Pictured], look: Look) -> Dataset:
    facts, item = images[0].facts, Dataset()
    item.ReferencedImageSequence = Items([reference(image) for image in images])
    top_left, bottom_right = shown_corners(facts["rows"], facts["columns"], look.rotation, flip=look.flip)
    item.DisplayedAreaTopLeftHandCorner = list(top_left)
    item.DisplayedAreaBottomRightHandCorner = list(bottom_right)
    item.PresentationSizeMode = "SCALE TO FIT"
    if facts["spacing"] and facts["spacing_source"] in {"pixel", "calibrated"}:
        item.PresentationPixelSpacing = [_ds(value) for value in facts["spacing"]]
    else:
        item.PresentationPixelAspectRatio = _ratio(facts["spacing"] or facts["aspect"] or (1, 1))
    return item


def _ratio(pair: Sequence[float]) -> list[int]:
    return [1, 1] if pair[0] == pair[1] else [round(value * 1000) or 1 for value in pair]


def shown_corners(
    rows: int, columns: int, rotation: int, *, flip: bool
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Column and row, from 1, of the pixels that stand top left and bottom right once turned, then flipped."""
    corners = [(1, 1), (columns, 1), (columns, rows), (1, rows)]  # clockwise from the top left
    turns = rotation // 90 % 4
    turned = [corners[(place - turns) % 4] for place in range(4)]
    return (turned[1], turned[3]) if flip else (turned[0], turned[2])


def _add_graphics(data: Dataset, wish: Wish, marks: Sequence[Mark]) -> None:
    """A layer for each author (PS3.3 C.10.5, C.10.7): who said what stays visible."""
    authors = list({mark.author.id: mark.author for mark in marks}.values())
    data.GraphicAnnotationSequence, data.GraphicLayerSequence = Items(), Items()
    for order, author in enumerate(authors, 1):
        name = f"AUTHOR{order}"[:_LABEL]
        layer = Dataset()
        layer.GraphicLayer, layer.GraphicLayerOrder = name, order
        layer.GraphicLayerRecommendedDisplayCIELabValue = list(_RED)
        layer.GraphicLayerDescription = short(
            ", ".join(part for part in (author.name, author.hospital) if part)
        )
        data.GraphicLayerSequence.append(layer)
        places: dict[tuple[str, int], list[Mark]] = {}
        for mark in marks:
            if mark.author.id == author.id:
                places.setdefault((mark.sop_instance_uid, mark.frame_number), []).append(mark)
        for (uid, frame), some in places.items():
            data.GraphicAnnotationSequence.append(_annotation(wish.images[uid], frame, name, some))


def _annotation(image: Pictured, frame: int, layer: str, marks: Sequence[Mark]) -> Dataset:
    item = Dataset()
    item.ReferencedImageSequence = Items([reference(image, [frame])])
    item.GraphicLayer = layer
    graphics = [graphic for mark in marks for graphic in _graphics(mark)]
    texts = [_text(mark, words) for mark in marks if (words := words_of(mark))]
    if texts:
        item.TextObjectSequence = Items(texts)
    if graphics:
        item.GraphicObjectSequence = Items(graphics)
    return item


def _graphics(mark: Mark) -> list[Dataset]:
    if mark.graphic_type == "POLYLINE":
        return [_graphic("POLYLINE", line) for line in lines_of(mark)]
    return [_graphic(mark.graphic_type, mark.points)]


def _graphic(graphic_type: str, points: Sequence[Point]) -> Dataset:
    item = Dataset()
    item.GraphicAnnotationUnits, item.GraphicDimensions = "PIXEL", 2
    item.NumberOfGraphicPoints = len(points)
    item.GraphicData = [value for point in points for value in point]
    item.GraphicType = graphic_type
    if graphic_type != "POINT":
        item.GraphicFilled = "N"
    return item


def _text(mark: Mark, words: str) -> Dataset:
    item = Dataset()
    item.AnchorPointAnnotationUnits = "PIXEL"
    item.AnchorPoint, item.AnchorPointVisibility = list(_beside(mark)), "N"
    item.UnformattedTextValue = words.replace("\n", "\r\n")
    return item


def _beside(mark: Mark) -> Point:
    """Where its words stand: an arrow's at its tail, others' at their rightmost point."""
    return mark.points[0] if mark.kind in {"arrow", "text"} else max(mark.points)
