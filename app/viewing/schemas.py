"""Every setting of the viewer by its name, with the shape its value must have."""

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, ValidationError

from app.base.errors import Invalid, NotFound
from app.viewing.hanging import HangingRules

LARGEST = 64 << 10  # bytes of one value as JSON

CommandId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,60}$")]
ModalityCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_]{1,16}$")]  # PS3.3 C.7.3.1.1.1
KeyName = Annotated[str, StringConstraints(min_length=0, max_length=24)]


class Shortcuts(RootModel[dict[CommandId, KeyName]]):
    """The key of a command as KeyboardEvent.key has it; empty: the command has no key. Others keep theirs."""


class DataSaver(RootModel[bool]):
    """Previews and pictures of the screen's size; full quality of an image only when it is asked for."""


class WindowPreset(BaseModel):
    """A named window in the unit of the modality LUT's output."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    center: Annotated[float, Field(ge=-1e6, le=1e6)]
    width: Annotated[float, Field(ge=0.001, le=2e6)]


class WindowPresets(RootModel[dict[ModalityCode, Annotated[list[WindowPreset], Field(max_length=20)]]]):
    """Instead of the usual presets of a modality, in their order; modalities not named keep the usual ones."""


PREFERENCES: dict[str, type[BaseModel]] = {
    "data_saver": DataSaver,
    "hanging": HangingRules,
    "shortcuts": Shortcuts,
    "window_presets": WindowPresets,
}


def checked(name: str, value: object) -> Any:
    """The value as plain JSON data. NotFound for a setting there is not, Invalid for a value that is none of it."""
    schema = PREFERENCES.get(name)
    if schema is None:
        raise NotFound
    try:
        kept = schema.model_validate(value).model_dump(mode="json")
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or name
        raise Invalid(
            "bad_preference", "This setting cannot be kept: {where} is wrong.", where=where
        ) from error
    if len(json.dumps(kept)) > LARGEST:
        raise Invalid("large_preference", "This setting is too large to be kept.")
    return kept
