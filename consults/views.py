"""What somebody looked at, as a message carries it and "follow" sends it: parameters, never pixels.

Whoever is shown it fetches the picture with their own rights. Fields with a default came later than the first
messages: what was kept without them means the same as before.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.annotations.schemas import OurId, Uid

_FARTHEST = 100_000.0
_SKEW = 1e-3
MOST_CURVE_POINTS = 100

Millimetres = Annotated[float, Field(ge=-_FARTHEST, le=_FARTHEST)]
Place = tuple[Millimetres, Millimetres, Millimetres]
_Share = Annotated[float, Field(ge=-1.001, le=1.001)]
Arrow = tuple[_Share, _Share, _Share]
Zoom = Annotated[float, Field(gt=0, le=1000)]
Cell = Literal["axial", "coronal", "last", "sagittal"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _dot(one: Arrow, other: Arrow) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


class ViewWindow(_Part):
    """`function` None: the one of the image's own first window."""

    center: float
    width: Annotated[float, Field(gt=0)]
    function: Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"] | None = None


class PlaneLie(_Part):
    """Unit arrows of the screen in the patient, and millimetres from the focus to the middle of the picture."""

    right: Arrow
    down: Arrow
    offset: tuple[Millimetres, Millimetres]

    @model_validator(mode="after")
    def _stands_upright(self) -> Self:
        lengths = (_dot(self.right, self.right), _dot(self.down, self.down))
        if any(abs(length - 1) > _SKEW for length in lengths) or abs(_dot(self.right, self.down)) > _SKEW:
            raise ValueError("two unit arrows at right angles")
        return self


class Trio(_Part):
    """Three planes through one point of the patient."""

    focus: Place
    axial: PlaneLie
    coronal: PlaneLie
    sagittal: PlaneLie


class Curve(_Part):
    """Points of a curve and how the sheet through them stands."""

    points: Annotated[tuple[Place, ...], Field(max_length=MOST_CURVE_POINTS)]
    upward: Arrow
    height: Annotated[float, Field(gt=0, le=1000)]


class Body(_Part):
    """The body in three dimensions: which tissue, seen from where (degrees), how near."""

    preset: Annotated[str, Field(pattern=r"^[a-z]{0,20}$")]
    azimuth: Annotated[float, Field(ge=-360, le=360)]
    elevation: Annotated[float, Field(ge=-90, le=90)]
    zoom: Zoom


class PlanesView(_Part):
    """A series in planes. `trio` and `window` None: they are not there yet, or as planes begin."""

    trio: Trio | None = None
    zoom: Zoom
    slab: Annotated[float, Field(ge=0, le=1000)]
    mode: Literal["max", "mean", "min"]
    window: ViewWindow | None = None
    invert: bool
    active: Cell
    alone: bool
    lines: bool
    last: Literal["curved", "rendering"]
    curve: Curve
    body: Body


class View(_Part):
    """`zoom` 1 = the image fits; `window` None = its own `own_window`-th; `planes` lie over the image."""

    study_id: OurId
    series_instance_uid: Uid
    sop_instance_uid: Uid
    frame_number: Annotated[int, Field(ge=1)]
    window: ViewWindow | None = None
    own_window: Annotated[int, Field(ge=0, le=100)] = 0
    zoom: Zoom
    centre: tuple[float, float]
    rotation: Literal[0, 90, 180, 270]
    flip: bool
    invert: bool
    colour_map: Annotated[str, Field(pattern=r"^[A-Z0-9_]{0,30}$")] = ""
    filter: Literal["none", "sharpen", "smooth"] = "none"
    planes: PlanesView | None = None
