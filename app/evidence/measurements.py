"""Marks as a report of measurements (PS3.16 TID 1500): a group of measurements for each mark."""

from collections import Counter
from collections.abc import Sequence

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from app.evidence import codes, content
from app.evidence.codes import Code
from app.evidence.marks import WORTH, lines_of, words_of, worth_of
from app.evidence.modules import object_of, uid_of
from app.evidence.subjects import Mark, Pictured, Point, Wish

COMPREHENSIVE = "1.2.840.10008.5.1.4.1.1.88.33"
_REGIONS = frozenset({"circle", "ellipse", "freehand", "rectangle"})
_STATISTICS = {
    "max": codes.MAXIMUM,
    "mean": codes.MEAN,
    "min": codes.MINIMUM,
    "sd": codes.STANDARD_DEVIATION,
    "value": codes.MEAN,
}
_AT_DETECTOR = "Measured at the detector; in the body it may be smaller."
_UNCERTAIN = "The image does not say whether its scale is that of the body or of the detector."


def measurement_report(wish: Wish, marks: Sequence[Mark], *, title: str) -> Dataset:
    """A Comprehensive SR of all marks, partial and unverified: nobody has signed it."""
    used = list(dict.fromkeys(mark.sop_instance_uid for mark in marks))
    images = [wish.images[uid] for uid in used]
    data = object_of(wish, COMPREHENSIVE, "SR", title)
    data.CompletionFlag, data.VerificationFlag = "PARTIAL", "UNVERIFIED"
    data.PerformedProcedureCodeSequence = Items()
    library = content.container(
        "CONTAINS",
        codes.IMAGE_LIBRARY_GROUP,
        [content.image("CONTAINS", image) for image in images],
    )
    groups = [_group(wish, mark, name) for mark, name in zip(marks, _names(marks), strict=True)]
    tree = content.container(
        "",
        codes.REPORT,
        [
            content.coded("HAS CONCEPT MOD", codes.LANGUAGE, codes.ENGLISH),
            *content.observer(wish.author),
            content.coded("HAS CONCEPT MOD", codes.PROCEDURE_REPORTED, codes.IMAGING_PROCEDURE),
            content.container("CONTAINS", codes.IMAGE_LIBRARY, [library]),
            content.container("CONTAINS", codes.MEASUREMENTS, groups),
        ],
        template="1500",
    )
    return content.as_document(data, wish, images, tree)


def _names(marks: Sequence[Mark]) -> list[str]:
    """Kind and number within the report, as other programs show a lesion's name: "Rectangle 1"."""
    counted: Counter[str] = Counter()
    names = []
    for mark in marks:
        counted[mark.kind] += 1
        names.append(f"{mark.kind.replace('_', ' ').capitalize()} {counted[mark.kind]}")
    return names


def _group(wish: Wish, mark: Mark, name: str) -> Dataset:
    """TID 1410 for a region, 1501 for all else."""
    image = wish.images[mark.sop_instance_uid]
    is_region = mark.kind in _REGIONS
    children = [
        content.text("HAS OBS CONTEXT", codes.TRACKING_ID, name),
        content.uid_reference("HAS OBS CONTEXT", codes.TRACKING_UID, uid_of(wish, mark.id)),
    ]
    if mark.author.id != wish.author.id:
        children += content.observer(mark.author)
    if is_region:
        children.append(_region(mark, image))
    children += _numbers(mark, image)
    said = mark.text if _is_distance(mark) else words_of(mark)
    comment = "\n".join(part for part in (said, _warning(mark)) if part)
    if comment:
        children.append(content.text("CONTAINS", codes.COMMENT, comment))
    if not is_region and (mark.kind == "probe" or not _has_numbers(mark)):
        children.append(_place(mark, image))
    template = "1410" if is_region else "1501"
    return content.container("CONTAINS", codes.MEASUREMENT_GROUP, children, template)


def _warning(mark: Mark) -> str:
    if mark.values.get("uncertain"):
        return _UNCERTAIN
    return _AT_DETECTOR if mark.values.get("at_detector") else ""


def _region(mark: Mark, image: Pictured) -> Dataset:
    points = lines_of(mark)[0] if mark.graphic_type == "POLYLINE" else mark.points
    return content.outline(
        "CONTAINS", mark.graphic_type, points, image, mark.frame_number, codes.IMAGE_REGION
    )


def _place(mark: Mark, image: Pictured) -> Dataset:
    """Where a mark without figures points."""
    return content.outline(
        "CONTAINS", mark.graphic_type, mark.points, image, mark.frame_number, codes.IMAGE_REGION
    )


def _is_distance(mark: Mark) -> bool:
    """Times, velocities and frequencies of ultrasound are no lengths: they are said in words, beside their place."""
    return (mark.unit() or "mm") in {"mm", "cm", "px"} or mark.number("length") is None


def _has_numbers(mark: Mark) -> bool:
    names = (*_FIGURES, *WORTH, "area_mm2") if _is_distance(mark) else ()
    return any(mark.number(name) is not None for name in names)


# Name of a value: its concept, its unit (None: as the mark says, a length), which of the mark's lines it comes from.
_FIGURES: dict[str, tuple[Code, Code | None, int]] = {
    "degrees": (codes.ANGLE, codes.DEGREE, 0),
    "first": (codes.LENGTH, None, 0),
    "length": (codes.LENGTH, None, 0),
    "ratio": (codes.RATIO, codes.NO_UNITS, 0),
    "second": (codes.LENGTH, None, 1),
}
_OF_KIND = {
    ("bidirectional", "first"): codes.LONG_AXIS,
    ("bidirectional", "second"): codes.SHORT_AXIS,
    ("cobb", "degrees"): codes.COBB_ANGLE,
}


def _numbers(mark: Mark, image: Pictured) -> list[Dataset]:
    found = []
    for name, (general, given, line) in _FIGURES.items() if _is_distance(mark) else ():
        if (value := mark.number(name)) is not None:
            concept = _OF_KIND.get((mark.kind, name), general)
            unit = given or codes.unit_code(mark.unit() or "mm")
            found.append(content.number(concept, value, unit, [_drawn(mark, image, name, line)]))
    if (area := mark.number("area_mm2")) is not None:
        found.append(content.number(codes.AREA, area, codes.SQUARE_MILLIMETRE))
    worth, said = worth_of(mark)
    unit = codes.unit_code(said)
    return found + [content.number(_STATISTICS[name], value, unit) for name, value in worth.items()]


def _drawn(mark: Mark, image: Pictured, name: str, line: int) -> Dataset:
    """The line a figure was taken from (TID 320); what two lines give together, from both as one."""
    own = name in {"first", "second"}
    points: Sequence[Point] = lines_of(mark)[line] if own else mark.points
    return content.outline("INFERRED FROM", mark.graphic_type, points, image, mark.frame_number)
