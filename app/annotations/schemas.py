"""A mark as a browser sends it, checked once here."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from app.annotations.geometry import MOST_POINTS, GraphicType, Kind, Point, check_shape
from app.base.errors import HoichanError, Invalid

MAX_TEXT = 500
_GIVEN_BY_US = frozenset({"author", "created_at", "deleted"})

Uid = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)*$", max_length=64)]
OurId = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{26}$")]
Unit = Annotated[str, StringConstraints(max_length=16)]


class _Values(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class _Measured(_Values):
    """How far the scale may be believed. `at_detector`: measured on the detector of a projection image, in the body
    it may be smaller; `calibrated`: the spacing was corrected for that, by whoever made the image or by a known length;
    `uncertain`: a projection image that does not say which of both.
    """

    at_detector: bool = False
    calibrated: bool = False
    uncertain: bool = False


class LengthValues(_Measured):
    """`unit` is mm, px, or what a region of an ultrasound image counts in (PS3.3 C.8.5.5.1.14). Where such a region
    counts its two directions in different units, `length` is the step along the row and `down` that along the column.
    """

    length: float
    unit: Unit
    down: float | None = None
    down_unit: Unit = ""


class TwoLengthsValues(_Measured):
    """The longer axis and the one across, or the two lines of a ratio."""

    first: float
    second: float
    unit: Unit


class RatioValues(TwoLengthsValues):
    ratio: float


class AngleValues(_Values):
    degrees: float


class _Worth(_Values):
    """`unit` is that of the stored values; times `suv_factor` they are standardised uptake values by body weight."""

    unit: Unit
    suv_factor: float | None = None
    colour: tuple[float, float, float] | None = None
    """Means of red, green and blue, where they differ; other figures are then those of their mean."""


class ProbeValues(_Worth):
    """The value of the pixel a point lies in; None where there is none."""

    value: float | None


class RegionValues(_Worth, _Measured):
    """Statistics of the values inside a region; the area is None where the spacing is unknown."""

    count: int
    area_mm2: float | None
    mean: float
    sd: float
    min: float
    max: float


VALUES: dict[Kind, type[_Values]] = {
    Kind.ANGLE: AngleValues,
    Kind.BIDIRECTIONAL: TwoLengthsValues,
    Kind.CIRCLE: RegionValues,
    Kind.COBB: AngleValues,
    Kind.ELLIPSE: RegionValues,
    Kind.FREEHAND: RegionValues,
    Kind.LENGTH: LengthValues,
    Kind.POLYLINE: LengthValues,
    Kind.PROBE: ProbeValues,
    Kind.RATIO: RatioValues,
    Kind.RECTANGLE: RegionValues,
}


class AnnotationInput(BaseModel):
    """One mark to be put. `revision` is the one the change started from; 0 for a new mark.

    `values` were computed by whoever had the stored pixel values; they are kept as given, but have to be numbers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: OurId
    kind: Kind
    graphic_type: GraphicType
    points: Annotated[tuple[Point, ...], Field(min_length=1, max_length=MOST_POINTS)]
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)] = ""
    study_id: OurId
    sop_instance_uid: Uid
    frame_number: Annotated[int, Field(ge=1, le=1_000_000)]
    revision: Annotated[int, Field(ge=0, lt=2**31)] = 0
    values: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_shape(self.kind, self.graphic_type, self.points)
        if self.values is not None:
            _check_values(self.kind, self.values)
        return self

    @classmethod
    def from_wire(cls, sent: object) -> Self:
        """What a browser sent; the fields only the server gives are put aside. Raises Invalid."""
        if not isinstance(sent, Mapping):
            raise Invalid("bad_annotation", "A mark was expected.")
        own: dict[str, Any] = {name: value for name, value in sent.items() if name not in _GIVEN_BY_US}
        try:
            return cls.model_validate(own)
        except ValidationError as error:
            raise _invalid(error) from error


def _check_values(kind: Kind, values: dict[str, Any]) -> None:
    if kind not in VALUES:
        raise Invalid("bad_value", "This kind of mark carries no measured values.")
    try:
        VALUES[kind].model_validate(values)
    except ValidationError as error:
        raise Invalid("bad_value", "A measured value has to be a number.") from error


def _invalid(error: ValidationError) -> HoichanError:
    where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "annotation"
    return Invalid("bad_annotation", "This mark cannot be kept: {where} is wrong.", where=where)
