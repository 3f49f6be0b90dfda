"""What a mark says in words and lines: for presentation states, which have no measured values of their own."""

from app.annotations.geometry import CLOSED, TWO_LINES
from app.evidence.subjects import Mark, Point

WORTH = ("mean", "sd", "min", "max", "value")
"""Values in the image's own unit, or where a factor is told in SUV."""


def lines_of(mark: Mark) -> list[tuple[Point, ...]]:
    """The polylines a mark is drawn with."""
    points = mark.points
    if mark.kind in TWO_LINES and len(points) == 4:
        return [points[:2], points[2:]]
    if mark.kind in CLOSED and points[0] != points[-1]:
        return [(*points, points[0])]
    return [points]


def worth_of(mark: Mark) -> tuple[dict[str, float], str]:
    """Statistics and the unit they are in: SUV by body weight where the image tells how (g/ml)."""
    if mark.values.get("colour"):
        return {}, ""  # colours are no quantity
    factor = mark.number("suv_factor")
    unit = mark.unit() if factor is None else "g/ml"
    found = {name: value * (factor or 1) for name in WORTH if (value := mark.number(name)) is not None}
    return found, unit


def words_of(mark: Mark) -> str:
    """The mark's own text and its values, a line each."""
    lines = [mark.text] if mark.text else []
    unit, down_unit = mark.unit() or "mm", str(mark.values.get("down_unit", ""))
    for name in ("length", "first", "second"):
        lines += _said(mark, name, _form(unit), unit, _trust(mark))
    lines += _said(mark, "down", _form(down_unit), down_unit)
    lines += _said(mark, "degrees", ".1f", "°")
    lines += _said(mark, "ratio", ".2f", "")
    return "\n".join(lines + _statistics(mark) + _said(mark, "area_mm2", ".1f", "mm²"))


def _said(mark: Mark, name: str, form: str, unit: str, behind: str = "") -> list[str]:
    value = mark.number(name)
    space = "" if unit in {"", "°"} else " "
    return [] if value is None else [f"{value:{form}}{space}{unit}{behind}"]


def _form(unit: str) -> str:
    """As many digits as the viewer shows (annotations/label.ts)."""
    return {"mm": ".1f", "px": ".0f", "s": ".3f", "cm/s": ".1f", "Hz": ".0f", "%": ".0f"}.get(unit, ".2f")


def _trust(mark: Mark) -> str:
    if mark.values.get("at_detector"):
        return " (at the detector)"
    if mark.values.get("uncertain"):
        return " (uncertain scale)"
    return " (calibrated)" if mark.values.get("calibrated") else ""


def _statistics(mark: Mark) -> list[str]:
    found, unit = worth_of(mark)
    lines = []
    if "value" in found:
        lines.append(f"{found['value']:.5g} {unit}".strip())
    if {"mean", "sd"} <= found.keys():
        lines.append(f"{found['mean']:.5g} ± {found['sd']:.4g} {unit}".strip())
    if {"min", "max"} <= found.keys():
        lines.append(f"{found['min']:.5g} ... {found['max']:.5g} {unit}".strip())
    return lines
