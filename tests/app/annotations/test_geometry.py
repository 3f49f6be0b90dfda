"""A mark has the points of its kind, finite, on or near its image; its values are numbers."""

import math
from typing import Any

import pytest

from app.annotations.geometry import MOST_POINTS, SHAPES, GraphicType, Kind, Point, check_shape, check_within
from app.annotations.schemas import AnnotationInput
from app.base.errors import Invalid
from app.base.ids import new_id

MARK: dict[str, Any] = {
    "id": new_id(),
    "kind": "length",
    "graphic_type": "POLYLINE",
    "points": [[10, 20.5], [30, 40]],
    "text": "",
    "study_id": new_id(),
    "sop_instance_uid": "1.2.840.1",
    "frame_number": 1,
    "revision": 0,
    "values": {"length": 12.5, "unit": "mm", "at_detector": False},
}


def _refused(**change: Any) -> str:
    with pytest.raises(Invalid) as refused:
        AnnotationInput.from_wire(MARK | change)
    return str(refused.value.params.get("where", refused.value.code))


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_takes_its_own_number_of_points(kind: Kind) -> None:
    shape = SHAPES[kind]
    for many in (shape.fewest, shape.most):
        check_shape(kind, shape.graphic_type, _points(many))
    for wrong in (shape.fewest - 1, shape.most + 1):
        with pytest.raises(Invalid):
            check_shape(kind, shape.graphic_type, _points(wrong))
    for other in set(GraphicType) - {shape.graphic_type}:
        with pytest.raises(Invalid):
            check_shape(kind, other, _points(shape.fewest))


def _points(many: int) -> list[Point]:
    return [(float(n), float(n)) for n in range(many)]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_points_are_finite(bad: float) -> None:
    with pytest.raises(Invalid):
        check_shape(Kind.TEXT, GraphicType.POINT, [(0.0, bad)])


def test_points_may_lie_beside_the_image_but_not_far_away() -> None:
    check_within([(-100.0, 10.0), (612.0, 512.0)], rows=512, columns=512)
    for far in [(-129.0, 0.0), (0.0, 641.0), (1e9, 0.0)]:
        with pytest.raises(Invalid):
            check_within([far], rows=512, columns=512)


def test_what_the_server_gives_is_put_aside_and_the_rest_kept_as_given() -> None:
    sent = MARK | {"author": {"id": "x"}, "created_at": "yesterday", "deleted": False}
    mark = AnnotationInput.from_wire(sent)
    assert mark.points == ((10.0, 20.5), (30.0, 40.0))
    assert mark.values == MARK["values"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"id": "short"}, "id"),
        ({"kind": "heart"}, "kind"),
        ({"points": []}, "points"),
        ({"points": [[1, 2]] * (MOST_POINTS + 1)}, "points"),
        ({"points": [[1, 2, 3], [1, 2, 3]]}, "points.0"),
        ({"points": [["a", 2], [1, 2]]}, "points.0.0"),
        ({"text": "x" * 501}, "text"),
        ({"sop_instance_uid": "../1"}, "sop_instance_uid"),
        ({"frame_number": 0}, "frame_number"),
        ({"revision": -1}, "revision"),
        ({"colour": "red"}, "colour"),
        ({"values": {"length": "12"}}, "bad_value"),
        ({"values": {"length": math.inf, "unit": "mm"}}, "bad_value"),
        ({"values": {"length": 1.0, "unit": "m" * 17}}, "bad_value"),
        ({"values": {"length": 1.0, "unit": "mm", "note": 1}}, "bad_value"),
        ({"kind": "arrow", "values": {"length": 1.0}}, "bad_value"),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused(change: dict[str, Any], where: str) -> None:
    assert _refused(**change) == where


def test_values_of_a_region_may_lack_an_area_but_not_a_number() -> None:
    region = {"count": 5, "area_mm2": None, "mean": -12.5, "sd": 3.0, "min": -20, "max": 4, "unit": "HU"}
    sent = MARK | {"kind": "ellipse", "graphic_type": "ELLIPSE", "points": [[0, 5], [10, 5], [5, 0], [5, 10]]}
    assert AnnotationInput.from_wire(sent | {"values": region}).values == region
    with pytest.raises(Invalid):
        AnnotationInput.from_wire(sent | {"values": region | {"mean": None}})


FOUR_POINTS = [[0, 5], [10, 5], [5, 0], [5, 10]]
REGION = {"count": 5, "area_mm2": None, "mean": -12.5, "sd": 3.0, "min": -20, "max": 4, "unit": "HU"}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bidirectional", {"first": 21.0, "second": 9.5, "unit": "mm", "calibrated": True}),
        ("cobb", {"degrees": 31.5}),
        ("freehand", REGION | {"at_detector": True}),
        ("length", {"length": 0.5, "unit": "s", "down": 84.0, "down_unit": "cm/s"}),
        ("polyline", {"length": 120.25, "unit": "px"}),
        ("probe", {"value": None, "unit": ""}),
        ("length", {"length": 12.5, "unit": "mm", "uncertain": True}),
        ("ratio", {"first": 130.0, "second": 250.0, "ratio": 0.52, "unit": "mm", "at_detector": True}),
        ("rectangle", REGION | {"unit": "BQML", "suv_factor": 0.0002}),
    ],
)
def test_each_kind_carries_its_own_figures(kind: str, values: dict[str, Any]) -> None:
    shape = SHAPES[Kind(kind)]
    points = FOUR_POINTS[: min(4, shape.most)] if shape.fewest != 2 else FOUR_POINTS[:2]
    sent = MARK | {"kind": kind, "graphic_type": shape.graphic_type.value, "points": points}
    assert AnnotationInput.from_wire(sent | {"values": values}).values == values
    with pytest.raises(Invalid):
        AnnotationInput.from_wire(sent | {"values": values | {"opinion": "benign"}})
