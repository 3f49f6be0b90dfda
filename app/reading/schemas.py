"""What a viewer reports: of each series the frames that were on the screen, and at which quality."""

from typing import Annotated, TypedDict

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.base.errors import Invalid
from app.reading.runs import Runs, merged

MOST_FRAMES = 200_000
_MOST_SERIES = 500
_MOST_RUNS = 2000

Run = Annotated[list[Annotated[int, Field(ge=0, le=MOST_FRAMES)]], Field(min_length=2, max_length=2)]
RunList = Annotated[list[Run], Field(max_length=_MOST_RUNS)]
Id = Annotated[str, Field(min_length=1, max_length=26)]


class Seen(TypedDict):
    """`frames`: how many the series had then; `shown` at any quality, `rendered` sharp on the screen, `full` in all
    stored values.
    """

    frames: int
    shown: Runs
    rendered: Runs
    full: Runs


class SeriesReport(BaseModel):
    """One series; a better picture counts as a lesser one too."""

    model_config = ConfigDict(extra="forbid", strict=True)

    frames: Annotated[int, Field(ge=1, le=MOST_FRAMES)]
    shown: RunList
    rendered: RunList
    full: RunList

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
        return {"frames": self.frames, "shown": shown, "rendered": rendered, "full": merged(self.full)}


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
