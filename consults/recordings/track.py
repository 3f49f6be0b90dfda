"""Lines of a track: what one person's pointer and view did, and when. See the room's own words (__init__) for the kinds."""

import json
from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from app.annotations.schemas import OurId, Uid
from app.base.errors import Invalid
from consults.recordings.schemas import Milliseconds
from consults.views import View

MOST_LINES = 2000
_Coordinate = Annotated[float, Field(ge=-1e6, le=1e6)]
_Shown = tuple[Literal["v"], Milliseconds, dict[str, Any]]
_Over = tuple[Literal["i"], Milliseconds, OurId, Uid, Annotated[int, Field(ge=1)]]
_Pointed = tuple[Literal["p"], Milliseconds, _Coordinate, _Coordinate]
_Gone = tuple[Literal["g"], Milliseconds]
_Spoke = tuple[Literal["s"], Milliseconds, Literal[0, 1]]
Line = _Shown | _Over | _Pointed | _Gone | _Spoke
_LINES: TypeAdapter[list[Line]] = TypeAdapter(Annotated[list[Line], Field(max_length=MOST_LINES)])


def lines_of(body: bytes, study_ids: Collection[str]) -> list[Line]:
    """One piece as it was sent; raises Invalid for what is not a track of these studies.

    Its first view is whole, so that a piece means the same without those before it.
    """
    try:
        lines = _LINES.validate_python(json.loads(body))
        view: dict[str, Any] = {}
        for line in lines:
            if line[0] == "v":
                view |= line[2]
                _check_study(View.model_validate(view).study_id, study_ids)
            elif line[0] == "i":
                _check_study(line[2], study_ids)
    except (ValueError, RecursionError) as error:
        raise _refused() from error
    return lines


def _check_study(study_id: str, study_ids: Collection[str]) -> None:
    if study_id not in study_ids:
        raise ValueError(study_id)


def _refused() -> Invalid:
    return Invalid("bad_track", "This piece of the recording cannot be kept.")
