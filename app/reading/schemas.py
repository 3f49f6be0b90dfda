"""What a viewer reports: of each series the frames that were on the screen, and at which quality."""

from typing import Annotated, NotRequired, TypedDict

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.base.errors import Invalid
from app.reading.runs import Runs, merged

MOST_FRAMES = 200_000
_MOST_SERIES = 500
_MOST_RUNS = 2000
_LONGEST = 7 * 86_400

Run = Annotated[list[Annotated[int, Field(ge=0, le=MOST_FRAMES)]], Field(min_length=2, max_length=2)]
RunList = Annotated[list[Run], Field(max_length=_MOST_RUNS)]
Seconds = Annotated[int, Field(ge=0, le=_LONGEST)]
Id = Annotated[str, Field(min_length=1, max_length=26)]


class PlanesSeen(TypedDict):
    """Seconds for which planes through the series were on the screen, those of them at which all values of one were
    there, and for which its body was seen in three dimensions.
    """

    shown: int
    full: int
    body: int


class Seen(TypedDict):
    """`frames`: how many the series had then; `shown` at any quality, `rendered` sharp on the screen, `full` in all
    stored values. No `planes`: none were made of it.
    """

    frames: int
    shown: Runs
    rendered: Runs
    full: Runs
    planes: NotRequired[PlanesSeen]


class PlanesReport(BaseModel):
    """Of one series, in seconds since the study was opened."""

    model_config = ConfigDict(extra="forbid", strict=True)

    shown: Seconds
    full: Seconds
    body: Seconds

    def seen(self) -> PlanesSeen:
        """What was seen in full was seen."""
        return {"shown": max(self.shown, self.full), "full": self.full, "body": self.body}


class SeriesReport(BaseModel):
    """One series; a better picture counts as a lesser one too."""

    model_config = ConfigDict(extra="forbid", strict=True)

    frames: Annotated[int, Field(ge=1, le=MOST_FRAMES)]
    shown: RunList
    rendered: RunList
    full: RunList
    planes: PlanesReport | None = None

    @model_validator(mode="after")
    def _within(self) -> "SeriesReport":
        for first, end in [*self.shown, *self.rendered, *self.full]:
            if not first < end <= self.frames:
                raise ValueError("a run outside the series")
        return self

    def seen(self) -> Seen:
        """Put in order, so that every level holds the better ones."""
        rendered = merged([*self.rendered, *self.full])
        shown = merged([*self.shown, *rendered])
        seen: Seen = {"frames": self.frames, "shown": shown, "rendered": rendered, "full": merged(self.full)}
        if self.planes is not None:
            seen["planes"] = self.planes.seen()
        return seen


class ReadingReport(BaseModel):
    """All that was on the screen since the study was opened; `leaving`: the page is being left."""

    model_config = ConfigDict(extra="forbid", strict=True)

    series: Annotated[dict[Id, SeriesReport], Field(max_length=_MOST_SERIES)]
    leaving: bool = False

    @classmethod
    def from_wire(cls, wire: object) -> "ReadingReport":
        """Raises Invalid("bad_reading")."""
        try:
            return cls.model_validate(wire)
        except ValidationError:
            raise Invalid("bad_reading", "What was read could not be understood.") from None
