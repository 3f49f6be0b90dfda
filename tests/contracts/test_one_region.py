"""The server and the viewer count the same pixels into a region and tell the same figures: both are held to
tests/golden/regions.json (the other half is viewer_js/test/annotations/regions_of_the_server.test.ts), and the golden
file to rules written here a second time, in another way: an ellipse by its axes, an outline by winding angles.

After a wanted change: HOICHAN_WRITE_GOLDEN=1 python -m pytest tests/contracts/test_one_region.py
"""

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.render.description import Grey
from app.render.statistics import Region, region_statistics
from tests.decoding import description

GOLDEN = Path(__file__).parents[1] / "golden" / "regions.json"
ROWS, COLUMNS = 48, 64
GREY = Grey(slope=0.5, intercept=-100.0, unit="HU", spacing=(0.7, 0.4))
# made alike on both sides instead of being kept
STORED = np.array(
    [[(row * 37 + column * 11 + row * column) % 1013 for column in range(COLUMNS)] for row in range(ROWS)],
    np.uint16,
)


def _shapes() -> list[tuple[str, list[list[float]]]]:
    chance = np.random.default_rng(20261123)
    shapes: list[tuple[str, list[list[float]]]] = []
    for _ in range(12):
        x, y, turn = chance.uniform(0, COLUMNS), chance.uniform(0, ROWS), chance.uniform(0, math.pi)
        a, b = chance.uniform(1, 25, 2)
        along, across = (
            (a * math.cos(turn), a * math.sin(turn)),
            (-b * math.sin(turn), b * math.cos(turn)),
        )
        ends = [[x + s * dx, y + s * dy] for dx, dy in (along, across) for s in (-1, 1)]
        shapes.append(("ELLIPSE", ends))
    for corners in (3, 4, 5, 9, 40, 120):
        angles = np.sort(chance.uniform(0, 2 * math.pi, corners))
        reach = chance.uniform(4, 30, corners)
        points = np.stack([32 + reach * np.cos(angles), 24 + reach * np.sin(angles)], axis=1)
        shapes.append(("POLYLINE", points.tolist()))
    # corners on centres and edges of pixels
    shapes.append(("POLYLINE", [[10, 10], [20, 10], [20, 18], [10, 18]]))
    shapes.append(("POLYLINE", [[10.5, 10.5], [20.5, 10.5], [20.5, 18.5], [10.5, 18.5]]))
    return shapes


def _cases() -> list[dict[str, Any]]:
    cases = []
    for graphic_type, points in _shapes():
        region = Region(graphic_type, tuple((x, y) for x, y in points))
        found = region_statistics(description(rows=ROWS, columns=COLUMNS), GREY, STORED, region)
        told = {name: getattr(found, name) for name in ("count", "area_mm2", "mean", "sd", "min", "max")}
        told["histogram"] = list(found.histogram)
        cases.append({"graphic_type": graphic_type, "points": points, "told": told})
    return cases


def test_the_server_tells_the_golden_figures() -> None:
    cases = _cases()
    if os.environ.get("HOICHAN_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf-8")
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert [case["points"] for case in cases] == [case["points"] for case in golden]
    for case, kept in zip(cases, golden, strict=True):
        assert case["told"]["histogram"] == kept["told"].pop("histogram")
        assert {name: case["told"][name] for name in kept["told"]} == pytest.approx(kept["told"], rel=1e-12)


def test_the_golden_figures_are_numpy_s_of_the_pixels_inside() -> None:
    for case in json.loads(GOLDEN.read_text(encoding="utf-8")):
        inside = _inside_ellipse if case["graphic_type"] == "ELLIPSE" else _inside_outline
        mask = [[inside(case["points"], x + 0.5, y + 0.5) for x in range(COLUMNS)] for y in range(ROWS)]
        if case["points"][0] == [10.5, 10.5]:
            continue  # centres on the line itself: which of two neighbours has them is a rule, no fact
        values = STORED[np.array(mask)] * 0.5 - 100
        told = case["told"]
        assert told["count"] == values.size
        assert told["mean"] == pytest.approx(values.mean(), rel=1e-12)
        assert told["sd"] == pytest.approx(values.std(), rel=1e-9)
        assert told["histogram"] == np.histogram(values, bins=64)[0].tolist()


def _inside_ellipse(ends: list[list[float]], x: float, y: float) -> bool:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = ends
    turn = math.atan2(by - ay, bx - ax)
    off_x, off_y = x - (ax + bx) / 2, y - (ay + by) / 2
    along = off_x * math.cos(turn) + off_y * math.sin(turn)
    across = -off_x * math.sin(turn) + off_y * math.cos(turn)
    half, other = math.hypot(bx - ax, by - ay) / 2, math.hypot(dx - cx, dy - cy) / 2
    return (along / half) ** 2 + (across / other) ** 2 <= 1


def _inside_outline(points: list[list[float]], x: float, y: float) -> bool:
    angles = [math.atan2(py - y, px - x) for px, py in points]
    turns = (after - before for before, after in zip(angles, [*angles[1:], angles[0]], strict=True))
    return abs(sum((turn + math.pi) % (2 * math.pi) - math.pi for turn in turns)) > math.pi
